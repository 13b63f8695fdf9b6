package io.hpc4j.local;

import static io.hpc4j.local.Bench.failing;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DependencyTest {
  private static Bench byIndex(int cpus) {
    return Bench.with(
        b ->
            b.queue(Bench.queue("q", Bench.environment("c", 1, cpus)))
                .simulate(
                    (definition, index, attempt) ->
                        definition.name().equals("bad" + index)
                            ? Simulated.exit(1, Duration.ofSeconds(1))
                            : Simulated.success(Duration.ofSeconds(10L * (index + 1)))));
  }

  private static JobDefinition.Builder command(String name) {
    return JobDefinition.builder(name).command("x");
  }

  @Test
  void a_dependent_waits_for_success() {
    try (Bench bench = Bench.nodes(1, 4)) {
      JobId first = bench.submit(work(10));
      JobId second = bench.submit(work(10), r -> r.after(first));

      bench.advance(5);
      assertThat(bench.state(second)).isEqualTo(JobState.PENDING);
      assertThat(bench.why(second).kind()).isEqualTo(WaitReason.Kind.DEPENDENCY);
      bench.advance(15);

      assertThat(bench.startedAt(second)).isEqualTo(10);
    }
  }

  @Test
  void a_failed_requirement_fails_the_dependents_one_after_the_other() {
    try (Bench bench = Bench.nodes(1, 4)) {
      JobId first = bench.submit(failing(10));
      JobId second = bench.submit(work(10), r -> r.after(first));
      JobId third = bench.submit(work(10), r -> r.after(second));
      JobId array = bench.submit(work(10), r -> r.after(third).array(5));

      bench.advance(10);

      assertThat(bench.status(second).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(bench.status(second).message()).contains(first.token());
      assertThat(bench.status(third).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(bench.status(array).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(bench.status(array).count(JobState.FAILED)).isEqualTo(5);
      assertThat(bench.status(second).startedAt()).isEmpty();
      assertThat(bench.backend.attempts(second)).isEmpty();
    }
  }

  @Test
  void a_long_chain_of_failures_needs_no_deep_stack() {
    try (Bench bench = Bench.nodes(1, 4)) {
      JobId head = bench.submit(work(10), r -> r.hold());
      JobId last = head;
      for (int i = 0; i < 3000; i++) {
        JobId before = last;
        last = JobId.create(bench.backend.name(), bench.backend.scope());
        bench.backend.submit(
            new Submission(
                last, JobRequest.builder(work(1).build()).after(before).build(), part -> {}));
      }

      bench.act(() -> bench.backend.cancel(head, "enough"));

      assertThat(bench.status(last).reason()).contains(Reason.DEPENDENCY_FAILED);
    }
  }

  @Test
  void after_the_end_runs_whatever_the_end_is() {
    try (Bench bench = Bench.nodes(1, 4)) {
      JobId bad = bench.submit(failing(10));
      JobId held = bench.submit(work(10), r -> r.hold());
      JobId afterBad = bench.submit(work(1), r -> r.afterEnd(bad));
      JobId afterHeld = bench.submit(work(1), r -> r.afterEnd(held));

      bench.advance(5);
      bench.act(() -> bench.backend.cancel(held, "gone")).advance(20);

      assertThat(bench.startedAt(afterBad)).isEqualTo(10);
      assertThat(bench.startedAt(afterHeld)).isEqualTo(5);
    }
  }

  @Test
  void after_failure_is_met_by_failure_alone() {
    try (Bench bench = Bench.nodes(1, 4)) {
      JobId bad = bench.submit(failing(10));
      JobId good = bench.submit(work(10));
      JobId gone = bench.submit(work(10));
      JobId afterBad = bench.submit(work(1), r -> r.afterFailure(bad));
      JobId afterGood = bench.submit(work(1), r -> r.afterFailure(good));
      JobId afterGone = bench.submit(work(1), r -> r.afterFailure(gone));
      bench.advance(1);

      bench.act(() -> bench.backend.cancel(gone, "gone")).advance(20);

      assertThat(bench.state(afterBad)).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.status(afterGood).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(bench.status(afterGone).reason()).contains(Reason.DEPENDENCY_FAILED);
    }
  }

  @Test
  void a_dependency_on_a_job_that_has_ended_counts_at_once() {
    try (Bench bench = Bench.nodes(1, 4)) {
      JobId good = bench.submit(work(1));
      JobId bad = bench.submit(failing(1));
      bench.advance(5);

      JobId afterGood = bench.submit(work(1), r -> r.after(good));
      JobId afterBad = bench.submit(work(1), r -> r.after(bad));
      bench.advance(0);

      assertThat(bench.startedAt(afterGood)).isEqualTo(5);
      assertThat(bench.status(afterBad).reason()).contains(Reason.DEPENDENCY_FAILED);
    }
  }

  @Test
  void a_single_element_can_be_waited_for() {
    try (Bench bench = byIndex(4)) {
      JobId array = bench.submit(command("a"), r -> r.array(3));
      JobId after = bench.submit(work(1), r -> r.after(array.element(1)));

      bench.advance(40);

      assertThat(bench.startedAt(after)).isEqualTo(20);
    }
  }

  @Test
  void each_element_waits_only_for_its_own_index() {
    try (Bench bench = byIndex(8)) {
      JobId mesh = bench.submit(command("mesh"), r -> r.array(3));
      JobId solve = bench.submit(work(1), r -> r.array(3).afterEach(mesh));
      bench.advance(11);

      assertThat(bench.state(solve.element(0))).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.state(solve.element(1))).isEqualTo(JobState.PENDING);
      assertThat(bench.why(solve.element(1)).kind()).isEqualTo(WaitReason.Kind.DEPENDENCY);
      bench.advance(30);
      assertThat(bench.startedAt(solve.element(1))).isEqualTo(20);
      assertThat(bench.startedAt(solve.element(2))).isEqualTo(30);
      assertThat(bench.state(solve)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void a_failed_element_fails_only_its_own_index_in_the_dependent_array() {
    try (Bench bench = byIndex(8)) {
      JobId mesh = bench.submit(command("bad1"), r -> r.array(3));
      JobId solve = bench.submit(work(1), r -> r.array(3).afterEach(mesh));

      bench.advance(60);

      assertThat(bench.status(solve).count(JobState.SUCCEEDED)).isEqualTo(2);
      assertThat(bench.status(solve.element(1)).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(bench.status(solve).reason()).contains(Reason.DEPENDENCY_FAILED);
    }
  }

  @Test
  void a_failure_that_ends_its_whole_array_still_reaches_its_own_index() {
    try (Bench bench = byIndex(8)) {
      JobId budget = bench.submit(command("bad0"), r -> r.array(2).throttle(1).maxFailures(0));
      JobId sequence = bench.submit(command("bad0"), r -> r.array(2).sequential());
      JobId afterBudget = bench.submit(work(1), r -> r.array(2).afterEach(budget));
      JobId afterSequence = bench.submit(work(1), r -> r.array(2).afterEach(sequence));

      bench.advance(60);

      assertThat(bench.status(afterBudget).count(JobState.FAILED)).isEqualTo(2);
      assertThat(bench.status(afterSequence).count(JobState.FAILED)).isEqualTo(2);
    }
  }

  @Test
  void a_failure_may_end_others_that_wait_for_it_in_turn() {
    try (Bench bench = byIndex(8)) {
      JobId first = bench.submit(command("first"), r -> r.array(3).hold());
      JobId second = bench.submit(command("second"), r -> r.array(3).afterEach(first).failFast());
      JobId third = bench.submit(work(1), r -> r.array(3).afterEach(first, second));

      bench.act(() -> bench.backend.cancel(first.element(1), "gone"));
      bench.act(() -> bench.backend.release(first)).advance(60);

      assertThat(bench.state(second)).isEqualTo(JobState.FAILED);
      assertThat(bench.status(third).count(JobState.FAILED)).isEqualTo(3);
    }
  }

  @Test
  void elements_wait_for_their_index_in_all_arrays() {
    try (Bench bench = byIndex(8)) {
      JobId a = bench.submit(command("a"), r -> r.array(2));
      JobId b = bench.submit(work(15), r -> r.array(2));
      JobId both = bench.submit(work(1), r -> r.array(2).afterEach(a, b));

      bench.advance(60);

      assertThat(bench.startedAt(both.element(0))).isEqualTo(15);
      assertThat(bench.startedAt(both.element(1))).isEqualTo(20);
    }
  }

  @Test
  void a_sequence_keeps_its_order_when_it_also_waits_index_by_index() {
    try (Bench bench =
        Bench.with(
            b ->
                b.queue(Bench.queue("q", Bench.environment("c", 1, 8)))
                    .simulate(
                        (definition, index, attempt) ->
                            Simulated.success(Duration.ofSeconds(30L - 10L * index))))) {
      JobId mesh = bench.submit(command("mesh"), r -> r.array(3));
      JobId solve = bench.submit(work(1), r -> r.array(3).afterEach(mesh).sequential());

      bench.advance(60);

      assertThat(bench.startedAt(solve.element(0))).isEqualTo(30);
      assertThat(bench.startedAt(solve.element(1))).isEqualTo(31);
      assertThat(bench.startedAt(solve.element(2))).isEqualTo(32);
    }
  }

  @Test
  void arrays_of_other_indices_cannot_be_waited_for_index_by_index() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId mesh = bench.submit(work(1), r -> r.array(3));

      List<Problem> problems =
          bench.problems(work(1), r -> r.array(IndexSet.parse("1-3")).afterEach(mesh));

      assertThat(problems).singleElement().asString().contains("0-2").contains("1-3");
    }
  }

  @Test
  void an_array_that_is_cancelled_fails_what_waits_for_it_index_by_index() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId mesh = bench.submit(work(10), r -> r.array(3));
      JobId solve = bench.submit(work(10), r -> r.array(3).afterEach(mesh));
      bench.advance(15);

      bench.act(() -> bench.backend.cancel(mesh, "gone")).advance(60);

      assertThat(bench.status(solve).count(JobState.SUCCEEDED)).isEqualTo(1);
      assertThat(bench.status(solve).count(JobState.FAILED)).isEqualTo(2);
    }
  }

  @Test
  void a_job_can_wait_twice_for_the_same_job_in_different_ways() {
    try (Bench bench = Bench.nodes(1, 4)) {
      JobId first = bench.submit(work(10));
      JobId second = bench.submit(work(1), r -> r.after(first).afterEnd(first));

      bench.advance(20);

      assertThat(bench.startedAt(second)).isEqualTo(10);
    }
  }
}
