package io.hpc4j.local;

import static io.hpc4j.local.Bench.failing;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptTest {
  private static Bench simulating(SimulationRule rule) {
    return Bench.with(b -> b.queue(Bench.queue("q", Bench.environment("c", 2, 2))).simulate(rule));
  }

  private static JobDefinition.Builder command() {
    return JobDefinition.builder("c").command("x");
  }

  @Test
  void a_failed_attempt_is_repeated_and_remembered() {
    try (Bench bench =
        simulating((d, index, attempt) -> Simulated.exit(attempt < 3 ? attempt : 0, seconds(10)))) {
      JobId job = bench.submit(command().retry(RetryPolicy.attempts(5)));

      bench.advance(60);

      List<Attempt> attempts = bench.backend.attempts(job);
      assertThat(bench.state(job)).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.status(job).attempt()).isEqualTo(3);
      assertThat(attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
      assertThat(attempts)
          .extracting(Attempt::state)
          .containsExactly(JobState.FAILED, JobState.FAILED, JobState.SUCCEEDED);
      assertThat(attempts.get(1).exit().orElseThrow().code()).hasValue(2);
      assertThat(attempts.get(1).startedAt()).contains(Bench.at(10));
      assertThat(bench.startedAt(job)).isEqualTo(20);
    }
  }

  @Test
  void delays_grow_from_attempt_to_attempt() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job =
          bench.submit(failing(1).retry(RetryPolicy.attempts(3).delay(seconds(10)).backoff(3.0)));

      bench.advance(2);
      assertThat(bench.state(job)).isEqualTo(JobState.PENDING);
      assertThat(bench.status(job).attempt()).isEqualTo(2);
      assertThat(bench.why(job).kind()).isEqualTo(WaitReason.Kind.RETRY_DELAY);
      bench.advance(60);

      assertThat(bench.backend.attempts(job))
          .extracting(a -> a.startedAt().orElseThrow())
          .containsExactly(Bench.at(0), Bench.at(11), Bench.at(42));
      assertThat(bench.state(job)).isEqualTo(JobState.FAILED);
    }
  }

  @Test
  void others_may_run_while_a_retry_waits() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.submit(failing(1).retry(RetryPolicy.attempts(2).delay(seconds(10))));
      JobId other = bench.submit(work(3));

      bench.advance(5);

      assertThat(bench.startedAt(other)).isEqualTo(1);
      assertThat(bench.state(other)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void memory_grows_after_running_out_of_it() {
    try (Bench bench =
        simulating(
            (d, index, attempt) ->
                attempt == 1
                    ? Simulated.fails(Reason.OUT_OF_MEMORY, seconds(5))
                    : Simulated.success(seconds(5)))) {
      JobId job =
          bench.submit(
              command()
                  .resources(Resources.cpus(1).memoryGiB(3))
                  .retry(RetryPolicy.attempts(2).growMemoryOn(Reason.OUT_OF_MEMORY, 2.0)));
      bench.advance(0);
      assertThat(bench.backend.nodes().get(0).memoryInUse()).isEqualTo(Memory.ofGiB(3));

      bench.advance(5);

      assertThat(bench.state(job)).isEqualTo(JobState.RUNNING);
      assertThat(bench.backend.nodes().get(0).memoryInUse()).isEqualTo(Memory.ofGiB(6));
      bench.advance(10);
    }
  }

  @Test
  void memory_that_no_node_has_is_not_tried_and_said() {
    try (Bench bench =
        simulating((d, index, attempt) -> Simulated.fails(Reason.OUT_OF_MEMORY, seconds(5)))) {
      JobId job =
          bench.submit(
              command()
                  .resources(Resources.cpus(1).memoryGiB(5))
                  .retry(RetryPolicy.attempts(5).growMemoryOn(Reason.OUT_OF_MEMORY, 2.0)));

      bench.advance(60);

      assertThat(bench.status(job).reason()).contains(Reason.OUT_OF_MEMORY);
      assertThat(bench.status(job).message()).contains("10 GiB");
      assertThat(bench.backend.attempts(job)).hasSize(1);
    }
  }

  @Test
  void a_timeout_ends_an_attempt_and_is_retried_only_if_named() {
    try (Bench bench = Bench.nodes(1, 2)) {
      JobId once = bench.submit(work(100).timeout(seconds(10)).retry(RetryPolicy.attempts(3)));
      JobId again =
          bench.submit(
              work(100)
                  .timeout(seconds(10))
                  .retry(RetryPolicy.attempts(3).retryOn(Reason.TIMEOUT)));

      bench.advance(200);

      assertThat(bench.status(once).reason()).contains(Reason.TIMEOUT);
      assertThat(bench.endedAt(once)).isEqualTo(10);
      assertThat(bench.backend.attempts(again)).hasSize(3);
      assertThat(bench.endedAt(again)).isEqualTo(30);
    }
  }

  @Test
  void work_that_takes_no_longer_than_its_timeout_succeeds_and_ends_once() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(work(10).timeout(seconds(10)));

      bench.advance(60);

      assertThat(bench.state(job)).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.sink.of(job).stream().filter(s -> s.state().isEnded())).hasSize(1);
      assertThat(bench.endedAt(job)).isEqualTo(10);
    }
  }

  @Test
  void a_deadline_ends_what_runs_and_what_waits() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId runs = bench.submit(work(100), r -> r.deadline(Bench.at(10)));
      JobId waits = bench.submit(work(1), r -> r.deadline(Bench.at(10)));

      bench.advance(20);

      assertThat(bench.status(runs).describe()).contains("FAILED (DEADLINE");
      assertThat(bench.status(waits).describe()).contains("FAILED (DEADLINE");
      assertThat(bench.endedAt(waits)).isEqualTo(10);
    }
  }

  @Test
  void a_begin_time_keeps_a_job_pending() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(work(1), r -> r.begin(Bench.at(50)));

      bench.advance(49);
      assertThat(bench.state(job)).isEqualTo(JobState.PENDING);
      assertThat(bench.why(job).kind()).isEqualTo(WaitReason.Kind.BEGIN_TIME);
      bench.advance(1);

      assertThat(bench.state(job)).isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void a_job_that_finds_no_place_in_time_is_given_up() {
    try (Bench bench = Bench.nodes(1, 4)) {
      bench.submit(Bench.cpus(3, 1000));
      JobId job =
          bench.submit(Bench.cpus(2, 1), r -> r.failIfUnschedulableFor(Duration.ofSeconds(60)));

      bench.advance(59);
      assertThat(bench.state(job)).isEqualTo(JobState.RUNNABLE);
      bench.advance(1);

      assertThat(bench.status(job).reason()).contains(Reason.UNSCHEDULABLE);
      assertThat(bench.status(job).message()).contains("2 cpus");
    }
  }

  @Test
  void the_time_to_find_a_place_starts_anew_after_a_hold() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.submit(work(1000));
      JobId job = bench.submit(work(1), r -> r.failIfUnschedulableFor(Duration.ofSeconds(60)));
      bench.advance(50);
      bench.act(() -> bench.backend.hold(job)).advance(100);
      assertThat(bench.state(job)).isEqualTo(JobState.PENDING);

      bench.act(() -> bench.backend.release(job)).advance(59);
      assertThat(bench.state(job)).isEqualTo(JobState.RUNNABLE);
      bench.advance(1);

      assertThat(bench.status(job).reason()).contains(Reason.UNSCHEDULABLE);
    }
  }

  @Test
  void a_rule_that_throws_is_a_launch_failure() {
    try (Bench bench =
        simulating(
            (d, index, attempt) -> {
              throw new IllegalStateException("no rule for " + d.name());
            })) {
      JobId job = bench.submit(command());

      bench.advance(1);

      assertThat(bench.status(job).reason()).contains(Reason.LAUNCH_FAILURE);
      assertThat(bench.status(job).message()).contains("no rule for c");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the rule breaks its contract on purpose
  void a_rule_that_says_nothing_is_a_launch_failure() {
    try (Bench bench = simulating((d, index, attempt) -> null)) {
      JobId job = bench.submit(command());

      bench.advance(1);

      assertThat(bench.status(job).reason()).contains(Reason.LAUNCH_FAILURE);
    }
  }

  @Test
  void a_simulated_signal_is_a_signal() {
    try (Bench bench =
        simulating((d, index, attempt) -> Simulated.fails(Reason.SIGNALLED, seconds(1)))) {
      JobId job = bench.submit(command());

      bench.advance(1);

      assertThat(bench.status(job).reason()).contains(Reason.SIGNALLED);
    }
  }

  @Test
  void a_deadline_ends_what_waits_for_its_next_attempt() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job =
          bench.submit(
              failing(10).retry(RetryPolicy.attempts(9).delay(seconds(15))),
              r -> r.deadline(Bench.at(20)));

      bench.advance(100);

      assertThat(bench.status(job).reason()).contains(Reason.DEADLINE);
      assertThat(bench.endedAt(job)).isEqualTo(20);
      assertThat(bench.backend.attempts(job)).last().matches(a -> a.startedAt().isEmpty());
    }
  }

  private static Duration seconds(int count) {
    return Duration.ofSeconds(count);
  }
}
