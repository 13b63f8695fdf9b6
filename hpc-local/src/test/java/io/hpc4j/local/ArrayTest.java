package io.hpc4j.local;

import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArrayTest {
  /** Elements of these indices fail with exit code 3 after so many seconds. */
  private static Bench failing(int nodes, int seconds, Set<Integer> bad) {
    return Bench.with(
        b ->
            b.queue(Bench.queue("normal", Bench.environment("c", nodes, 1)))
                .simulate(
                    (definition, index, attempt) ->
                        bad.contains(index)
                            ? Simulated.exit(3, Duration.ofSeconds(seconds))
                            : Simulated.success(Duration.ofSeconds(10))));
  }

  private static JobDefinition.Builder command() {
    return JobDefinition.builder("c").command("x");
  }

  @Test
  void elements_start_in_ascending_order_as_places_come_free() {
    try (Bench bench = Bench.nodes(2, 1)) {
      JobId array = bench.submit(work(10), r -> r.array(IndexSet.parse("3,5,9")));

      bench.advance(0);
      assertThat(bench.status(array).counts())
          .containsOnly(Map.entry(JobState.RUNNING, 2), Map.entry(JobState.RUNNABLE, 1));
      assertThat(bench.backend.indices(array, EnumSet.of(JobState.RUNNABLE)).toString())
          .isEqualTo("9");
      bench.advance(20);

      assertThat(bench.status(array).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.startedAt(array.element(9))).isEqualTo(10);
      assertThat(bench.status(array.element(9)).nativeId()).contains("1_9");
      assertThat(bench.sink.states(array))
          .containsSubsequence(JobState.RUNNING, JobState.SUCCEEDED);
    }
  }

  @Test
  void a_throttle_limits_how_many_run_at_once() {
    try (Bench bench = Bench.nodes(1, 8)) {
      JobId array = bench.submit(work(10), r -> r.array(5).throttle(2));

      bench.advance(0);

      assertThat(bench.status(array).count(JobState.RUNNING)).isEqualTo(2);
      assertThat(bench.why(array).kind()).isEqualTo(WaitReason.Kind.THROTTLE);
      bench.advance(30);
      assertThat(bench.endedAt(array)).isEqualTo(30);
    }
  }

  @Test
  void a_throttled_array_lets_others_pass() {
    try (Bench bench = Bench.nodes(1, 2)) {
      bench.submit(work(10), r -> r.array(5).throttle(1).priority(9));
      JobId other = bench.submit(work(10));

      bench.advance(0);

      assertThat(bench.state(other)).isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void an_array_fails_as_its_lowest_failing_index() {
    try (Bench bench = failing(4, 5, Set.of(2, 3))) {
      JobId array = bench.submit(command(), r -> r.array(4));

      bench.advance(20);

      JobStatus status = bench.status(array);
      assertThat(status.state()).isEqualTo(JobState.FAILED);
      assertThat(status.reason()).contains(Reason.NON_ZERO_EXIT);
      assertThat(status.message()).contains("2");
      assertThat(status.count(JobState.SUCCEEDED)).isEqualTo(2);
    }
  }

  @Test
  void a_spent_failure_budget_cancels_what_waits_and_lets_run_what_runs() {
    try (Bench bench = failing(2, 1, Set.of(0))) {
      JobId array = bench.submit(command(), r -> r.array(10).maxFailures(0));

      bench.advance(5);

      assertThat(bench.status(array).count(JobState.CANCELLED)).isEqualTo(8);
      assertThat(bench.state(array.element(1))).isEqualTo(JobState.RUNNING);
      assertThat(bench.status(array.element(7)).message()).contains("budget");
      bench.advance(20);
      assertThat(bench.state(array.element(1))).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.status(array).state()).isEqualTo(JobState.FAILED);
      assertThat(bench.status(array).reason()).contains(Reason.NON_ZERO_EXIT);
    }
  }

  @Test
  void a_budget_of_two_is_spent_by_the_third_failure() {
    try (Bench bench = failing(1, 1, Set.of(0, 1, 3))) {
      JobId array = bench.submit(command(), r -> r.array(10).maxFailures(2));

      bench.advance(60);

      JobStatus status = bench.status(array);
      assertThat(status.count(JobState.FAILED)).isEqualTo(3);
      assertThat(status.count(JobState.SUCCEEDED)).isEqualTo(1);
      assertThat(status.count(JobState.CANCELLED)).isEqualTo(6);
    }
  }

  @Test
  void failing_fast_ends_running_elements_too() {
    try (Bench bench = failing(2, 1, Set.of(0))) {
      JobId array = bench.submit(command(), r -> r.array(10).failFast());

      bench.advance(1);

      JobStatus status = bench.status(array);
      assertThat(status.state()).isEqualTo(JobState.FAILED);
      assertThat(status.count(JobState.FAILED)).isEqualTo(1);
      assertThat(status.count(JobState.CANCELLED)).isEqualTo(9);
    }
  }

  @Test
  void elements_that_wait_to_be_repeated_end_once_when_the_budget_is_spent() {
    try (Bench bench = Bench.nodes(2, 1)) {
      JobId array =
          bench.submit(
              Bench.failing(1).retry(RetryPolicy.attempts(3).delay(Duration.ofSeconds(100))),
              r -> r.array(2).maxFailures(0).deadline(Bench.at(50)));

      bench.advance(200);

      JobStatus status = bench.status(array);
      assertThat(status.state()).isEqualTo(JobState.FAILED);
      for (int i = 0; i < 2; i++) {
        assertThat(bench.sink.of(array.element(i)).stream().filter(s -> s.state().isEnded()))
            .hasSize(1);
      }
    }
  }

  @Test
  void a_sequential_array_runs_one_element_after_the_other() {
    try (Bench bench = Bench.nodes(1, 8)) {
      JobId array = bench.submit(work(10), r -> r.array(3).sequential());

      bench.advance(5);
      assertThat(bench.status(array).count(JobState.RUNNING)).isEqualTo(1);
      assertThat(bench.state(array.element(2))).isEqualTo(JobState.PENDING);
      bench.advance(25);

      assertThat(bench.startedAt(array.element(1))).isEqualTo(10);
      assertThat(bench.startedAt(array.element(2))).isEqualTo(20);
      assertThat(bench.state(array)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void a_failure_in_a_sequence_fails_the_rest() {
    try (Bench bench = failing(4, 5, Set.of(1))) {
      JobId array = bench.submit(command(), r -> r.array(4).sequential());

      bench.advance(60);

      assertThat(bench.status(array.element(0)).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.status(array.element(2)).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(bench.status(array.element(3)).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(bench.status(array).reason()).contains(Reason.NON_ZERO_EXIT);
    }
  }

  @Test
  void a_sequence_waits_for_the_retry_of_an_element() {
    try (Bench bench =
        Bench.with(
            b ->
                b.queue(Bench.queue("q", Bench.environment("c", 1, 4)))
                    .simulate(
                        (d, index, attempt) ->
                            index == 0 && attempt == 1
                                ? Simulated.exit(1, Duration.ofSeconds(5))
                                : Simulated.success(Duration.ofSeconds(5))))) {
      JobId array =
          bench.submit(
              command().retry(RetryPolicy.attempts(2).delay(Duration.ofSeconds(20))),
              r -> r.array(2).sequential());

      bench.advance(60);

      assertThat(bench.startedAt(array.element(1))).isEqualTo(30);
      assertThat(bench.state(array)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void an_element_cancelled_in_a_sequence_fails_only_those_behind_it() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId array = bench.submit(work(10), r -> r.array(4).sequential());
      bench.advance(1);

      bench.act(() -> bench.backend.cancel(array.element(2), "not this one")).advance(60);

      assertThat(bench.state(array.element(0))).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.state(array.element(1))).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.state(array.element(2))).isEqualTo(JobState.CANCELLED);
      assertThat(bench.status(array.element(3)).reason()).contains(Reason.DEPENDENCY_FAILED);
    }
  }

  @Test
  void single_cancelled_elements_do_not_make_a_cancelled_array() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId array = bench.submit(work(10), r -> r.array(3));
      bench.advance(1);

      bench.act(() -> bench.backend.cancel(array.element(1), "not this one")).advance(60);

      assertThat(bench.status(array).state()).isEqualTo(JobState.FAILED);
      assertThat(bench.status(array).reason()).contains(Reason.CANCELLED);
      assertThat(bench.status(array).message()).contains("1");
    }
  }

  @Test
  void an_array_alone_is_told_once_for_many_changes() {
    try (Bench bench = Bench.with(b -> b.queue(Bench.queue("q", Bench.environment("c", 1, 100))))) {
      RecordingSink quiet = new RecordingSink();
      bench.backend.pushTo(quiet);
      JobId array = bench.submit(work(10), r -> r.array(1000));

      bench.time.advance(Duration.ofSeconds(100)); // each question settles, so none is asked

      assertThat(bench.state(array)).isEqualTo(JobState.SUCCEEDED);
      assertThat(quiet.count()).isLessThanOrEqualTo(30);
    }
  }

  @Test
  void the_failing_elements_can_be_named() {
    try (Bench bench = failing(10, 1, Set.of(3, 7))) {
      JobId array = bench.submit(command(), r -> r.array(10));

      bench.advance(20);

      assertThat(bench.backend.indices(array, EnumSet.of(JobState.FAILED)).toString())
          .isEqualTo("3,7");
    }
  }

  @Test
  void a_simple_failing_definition_fails() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(Bench.failing(1));

      bench.advance(1);

      assertThat(bench.status(job).describe()).contains("exit code 3");
    }
  }
}
