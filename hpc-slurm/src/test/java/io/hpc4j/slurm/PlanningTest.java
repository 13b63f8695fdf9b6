package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A plan is what is sent, and sends nothing. */
class PlanningTest extends SlurmCases {
  private List<String> notes(UnaryOperator<JobRequest.Builder> request) {
    Plan plan = backend.plan(request.apply(JobRequest.builder(WORK)).build());
    return plan.notes().stream().map(Plan.Note::toString).toList();
  }

  @Nested
  class The_command_that_is_shown_is_the_one_that_is_sent {
    private void assertSameAsSent(UnaryOperator<JobRequest.Builder> of, String... options) {
      JobRequest request = of.apply(JobRequest.builder(WORK)).build();
      int sent = slurm.sent.size();
      int before = asked();

      String shown = Objects.requireNonNull(backend.plan(request).artifacts().get("command"));
      assertThat(slurm.sent).hasSize(sent);
      int asked = asked() - before;
      JobId unused = submit(request);

      List<String> arguments = slurm.sent.get(sent).arguments();
      assertThat(named(shown.lines())).isEqualTo(named(arguments.stream())).contains(options);
      assertThat(asked).isLessThanOrEqualTo(request.dependencies().size());
    }

    private List<String> named(Stream<String> arguments) {
      return arguments.filter(argument -> !argument.startsWith("--job-name=")).toList();
    }

    private int asked() {
      return slurm.calls("squeue") + slurm.calls("sacct");
    }

    @Test
    void for_an_array_in_several_windows_which_is_held() {
      assertSameAsSent(r -> r.array(2500).throttle(5), "--array=0-1000%5", "--hold");
    }

    @Test
    void for_a_job_whose_dependency_slurm_is_told_of() {
      JobId first = submit(r -> r);
      seconds(1);

      assertSameAsSent(
          r -> r.after(() -> first), "--dependency=afterok:100", "--kill-on-invalid-dep=yes");
    }

    @Test
    void for_a_job_that_is_held_until_a_dependency_is_met() {
      JobId first = submit(r -> r.retry(RetryPolicy.attempts(3)));
      seconds(1);

      assertSameAsSent(r -> r.after(() -> first), "--hold");
      assertThat(notes(r -> r.after(() -> first)))
          .anyMatch(note -> note.startsWith("ENDS_WITH_CLIENT dependencies: it is held"));
    }

    @Test
    void for_a_job_whose_dependency_is_met() {
      JobId first = submit(r -> r);
      slurm.succeed("100");
      seconds(1);

      assertSameAsSent(r -> r.after(() -> first), "--no-requeue");
      assertThat(slurm.sent.get(1).has("--hold")).isFalse();
    }
  }

  @Test
  void a_plan_that_looks_at_dependencies_sends_no_further_attempt_of_theirs() {
    JobId first = submit(r -> r.retry(RetryPolicy.attempts(3)));
    slurm.fail("100", 1);
    seconds(1);

    assertThat(notes(r -> r.after(() -> first))).isNotEmpty();

    assertThat(slurm.sent).hasSize(1);
    assertThat(slurm.orders).isEmpty();
    assertThat(status(first).attempt()).isEqualTo(2);
  }

  @Test
  void every_value_that_is_rounded_is_named() {
    Instant begin = Instant.parse("2026-01-01T01:00:00.5Z");
    Resources some = Resources.cpus(1).memory(Memory.ofBytes((1 << 20) + 1));
    JobId unused = submit(r -> r.begin(begin));

    assertThat(notes(r -> r.resources(some).begin(begin).timeout(Duration.ofSeconds(61))))
        .contains(
            "ROUNDED timeout: PT1M1S to 2 whole minutes",
            "ROUNDED resources.memory: 1048577 B to 2 MiB",
            "ROUNDED begin: 2026-01-01T01:00:00.500Z to the next whole second");
    assertThat(slurm.sent.get(0).value("--begin")).isEqualTo("uts" + (begin.getEpochSecond() + 1));
    assertThat(notes(r -> r.begin(begin.minusMillis(500)).timeout(Duration.ofMinutes(2))))
        .noneMatch(note -> note.startsWith("ROUNDED"));
  }

  @Test
  void a_job_without_a_timeout_has_that_of_its_partition() {
    slurm.partition("PartitionName=short DefaultTime=00:10:00 MaxTime=01:00:00 State=UP");
    slurm.partition("PartitionName=endless DefaultTime=NONE MaxTime=UNLIMITED State=UP");

    assertThat(notes(r -> r.queue("short")))
        .contains("DEFAULT timeout: PT10M, the default of its queue");
    assertThat(notes(r -> r.options(SlurmOptions.create().partition("short"))))
        .contains("DEFAULT timeout: PT10M, the default of its queue");
    assertThat(notes(r -> r)).contains("DEFAULT timeout: PT24H, the default of its queue");
    assertThat(notes(r -> r.queue("endless"))).contains("DEFAULT timeout: none");
  }
}
