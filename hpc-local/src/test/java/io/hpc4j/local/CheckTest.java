package io.hpc4j.local;

import static io.hpc4j.local.Bench.environment;
import static io.hpc4j.local.Bench.queue;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.Capability;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Resources;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CheckTest {
  @Test
  void an_unknown_queue_is_refused_with_the_known_ones() {
    try (Bench bench = Bench.nodes(1, 1)) {
      assertThat(bench.problems(work(1), r -> r.queue("nope")))
          .singleElement()
          .asString()
          .contains("nope")
          .contains("normal");
    }
  }

  @Test
  void any_queue_is_taken_when_told_so() {
    try (Bench bench =
        Bench.with(b -> b.queue(queue("normal", environment("c", 1, 1))).anyQueue())) {
      JobId job = bench.submit(work(1), r -> r.queue("gpu-long"));

      bench.advance(1);

      assertThat(bench.status(job).queue()).contains("gpu-long");
      assertThat(bench.endedAt(job)).isEqualTo(1);
    }
  }

  @Test
  void resources_that_no_node_has_are_refused() {
    try (Bench bench = Bench.nodes(2, 4)) {
      assertThat(bench.problems(Bench.cpus(5, 1), r -> r)).hasSize(1);
      assertThat(bench.problems(work(1).resources(Resources.cpus(1).memoryGiB(17)), r -> r))
          .hasSize(1);
      assertThat(bench.problems(work(1).resources(Resources.cpus(1).gpus(1)), r -> r)).hasSize(1);
      assertThat(bench.problems(work(1).resources(Resources.nodes(3)).launch(Launch.MAIN), r -> r))
          .hasSize(1);
      assertThat(
              bench.problems(work(1).resources(Resources.cpus(1).consumable("licence", 1)), r -> r))
          .hasSize(1);
    }
  }

  @Test
  void unknown_jobs_and_elements_cannot_be_waited_for() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId array = bench.submit(work(1), r -> r.array(2));
      JobId other = JobId.create("local", "elsewhere");

      assertThat(bench.problems(work(1), r -> r.after(other, array.element(2)))).hasSize(2);
    }
  }

  @Test
  void deadlines_in_the_past_are_refused() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.advance(100);

      assertThat(bench.problems(work(1), r -> r.deadline(Bench.at(100)))).hasSize(1);
    }
  }

  @Test
  void a_command_under_virtual_time_needs_a_rule() {
    try (Bench bench = Bench.nodes(1, 1)) {
      assertThat(bench.problems(JobDefinition.builder("echo").command("echo", "x"), r -> r))
          .singleElement()
          .asString()
          .contains("echo")
          .contains("simulate");
      assertThat(bench.backend.capabilities().has(Capability.COMMAND)).isFalse();
      assertThat(bench.backend.capabilities().note(Capability.COMMAND)).contains("simulate");
      assertThat(bench.backend.capabilities())
          .as("they are asked for at each submit")
          .isSameAs(bench.backend.capabilities());
    }
  }

  @Test
  void a_refused_submission_leaves_nothing_behind() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobRequest request = JobRequest.builder(Bench.cpus(9, 1).build()).build();
      JobId id = JobId.create("local", bench.backend.scope());
      Submission submission = new Submission(id, request, part -> {});

      assertThatThrownBy(() -> bench.backend.submit(submission)).hasMessageContaining("9 cpus");

      assertThat(bench.backend.list(JobFilter.all())).isEmpty();
      assertThat(bench.backend.find(submission)).isInstanceOf(Lookup.Absent.class);
    }
  }

  @Test
  void the_same_submission_twice_is_one_job() {
    try (Bench bench = Bench.nodes(1, 1)) {
      AtomicInteger accepted = new AtomicInteger();
      Submission submission =
          new Submission(
              JobId.create("local", bench.backend.scope()),
              JobRequest.of(work(1).build()),
              part -> accepted.addAndGet(Integer.parseInt(part.nativeId())));

      bench.backend.submit(submission);
      bench.backend.submit(submission);

      assertThat(bench.backend.list(JobFilter.all())).hasSize(1);
      assertThat(bench.backend.find(submission)).isEqualTo(new Lookup.Found("1"));
      assertThat(accepted).hasValue(2);
    }
  }

  @Test
  void listings_know_names_and_queues_and_keep_the_order() {
    try (Bench bench =
        Bench.with(
            b ->
                b.queue(queue("a", environment("c", 1, 1)))
                    .queue(queue("b", environment("d", 1, 1))))) {
      JobId first = bench.submit(work(1).name("one"));
      JobId second = bench.submit(work(1).name("two"), r -> r.queue("b"));

      assertThat(bench.backend.list(JobFilter.all()))
          .extracting(s -> s.id())
          .containsExactly(first, second);
      assertThat(bench.backend.list(JobFilter.all().queue("b")))
          .extracting(s -> s.id())
          .containsExactly(second);
      assertThat(bench.backend.list(JobFilter.all().name("one")))
          .extracting(s -> s.id())
          .containsExactly(first);
      assertThatThrownBy(() -> bench.backend.list(JobFilter.all().queue("z")))
          .isInstanceOf(NotFoundException.class);
      assertThat(bench.backend.defaultQueue()).contains("a");
    }
  }

  @Test
  void contradictions_are_refused_all_at_once() {
    assertThatThrownBy(
            () ->
                LocalBackend.builder()
                    .queue(queue("a", environment("c", 1, 1)))
                    .queue(queue("a", environment("c", 2, 1)))
                    .grace(Duration.ofSeconds(-1))
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("queues a")
        .hasMessageContaining("environments c")
        .hasMessageContaining("grace");
  }

  @Test
  void a_plan_names_variables_and_never_their_values() {
    try (Bench bench = Bench.nodes(1, 1)) {
      Plan plan =
          bench.backend.plan(
              JobRequest.of(
                  JobDefinition.builder("x")
                      .command("run", "a b")
                      .environment("TOKEN", "s3cret")
                      .image("registry/x")
                      .build()));

      assertThat(plan.toString()).contains("TOKEN").doesNotContain("s3cret").contains("image");
      assertThat(plan.notes())
          .extracting(Plan.Note::field)
          .contains("queue", "resources.cpusPerTask", "resources.memory", "timeout");
    }
  }

  @Test
  void a_plan_names_the_timeout_that_a_queue_gives() {
    JobQueue queue =
        queue("short", environment("c", 1, 1)).toBuilder()
            .defaultTimeout(Duration.ofMinutes(10))
            .build();

    try (LocalBackend backend = LocalBackend.builder().queue(queue).build()) {
      assertThat(backend.plan(JobRequest.of(JobDefinition.command("true"))).toString())
          .contains("timeout: PT10M");
    }
  }
}
