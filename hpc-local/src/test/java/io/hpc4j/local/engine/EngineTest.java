package io.hpc4j.local.engine;

import static io.hpc4j.local.engine.Lab.failing;
import static io.hpc4j.local.engine.Lab.queue;
import static io.hpc4j.local.engine.Lab.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EngineTest {
  @Nested
  class Order {
    @Test
    void equal_jobs_run_in_the_order_of_submission() {
      Lab lab = new Lab(queue(1, 1));
      JobId first = lab.submit(sleep(5));
      JobId second = lab.submit(sleep(5));

      lab.runOut();

      assertThat(lab.start(first)).isZero();
      assertThat(lab.start(second)).isEqualTo(5);
    }

    @Test
    void higher_priority_goes_first() {
      Lab lab = new Lab(queue(1, 1));
      lab.submit(sleep(5));
      JobId low = lab.submit(sleep(5));
      JobId high = lab.submit(sleep(5), r -> r.priority(10));

      lab.runTo(0).runOut();

      assertThat(lab.start(high)).isZero();
      assertThat(lab.start(low)).isEqualTo(10);
    }

    @Test
    void nothing_overtakes_a_job_that_does_not_fit() {
      Lab lab = new Lab(queue(1, 4));
      lab.submit(sleep(10, Resources.cpus(3).memory(Memory.ofMiB(1))));
      JobId wide = lab.submit(sleep(1, Resources.cpus(4).memory(Memory.ofMiB(1))));
      JobId narrow = lab.submit(sleep(1));

      lab.runOut();

      assertThat(lab.start(wide)).isEqualTo(10);
      assertThat(lab.start(narrow)).isEqualTo(11);
    }

    @Test
    void a_job_whose_nodes_are_down_stops_nobody() {
      ComputeEnvironment mixed =
          ComputeEnvironment.builder("mixed")
              .node("small", Capacity.cpus(1))
              .node("large", Capacity.cpus(8))
              .build();
      Lab lab = new Lab(JobQueue.builder("normal").runsOn(mixed).build());
      lab.engine.failNode("large");
      JobId wide = lab.submit(sleep(1, Resources.cpus(8)));
      JobId narrow = lab.submit(sleep(1));

      lab.runOut();
      assertThat(lab.end(narrow)).isEqualTo(1);
      assertThat(lab.engine.explain(wide).map(WaitReason::kind))
          .contains(WaitReason.Kind.NODES_UNAVAILABLE);

      lab.engine.restoreNode("large");
      lab.runOut();
      assertThat(lab.start(wide)).isEqualTo(1);
    }

    @Test
    void a_blocked_queue_of_higher_priority_is_not_starved_by_another_on_the_same_nodes() {
      ComputeEnvironment nodes = ComputeEnvironment.fixed("n", 1, Capacity.cpus(2));
      Lab lab =
          new Lab(
              JobQueue.builder("low").runsOn(nodes).build(),
              JobQueue.builder("urgent").priority(5).runsOn(nodes).build());
      lab.submit(sleep(5));
      lab.runTo(1);
      JobId wide = lab.submit(sleep(1, Resources.cpus(2)), r -> r.queue("urgent"));
      JobId narrow = lab.submit(sleep(9));

      lab.runOut();

      assertThat(lab.start(wide)).isEqualTo(5);
      assertThat(lab.start(narrow)).isEqualTo(6);
    }

    @Test
    void environments_are_tried_in_order() {
      Lab lab =
          new Lab(
              JobQueue.builder("q")
                  .runsOn(
                      ComputeEnvironment.fixed("first", 1, Capacity.cpus(1)),
                      ComputeEnvironment.fixed("second", 1, Capacity.cpus(1)))
                  .build());

      JobId a = lab.submit(sleep(5));
      JobId b = lab.submit(sleep(5));
      lab.runTo(1);

      assertThat(lab.status(a).nodes()).containsExactly("first-1");
      assertThat(lab.status(b).nodes()).containsExactly("second-1");
    }

    @Test
    void a_disabled_queue_takes_jobs_and_starts_none() {
      JobQueue disabled = queue(1, 1).toBuilder().enabled(false).build();
      Lab lab = new Lab(disabled);
      JobId job = lab.submit(sleep(1));

      lab.runOut();
      assertThat(lab.engine.explain(job).map(WaitReason::kind))
          .contains(WaitReason.Kind.QUEUE_DISABLED);

      lab.engine.apply(disabled.toBuilder().enabled(true).build());
      lab.runOut();
      assertThat(lab.state(job)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Nested
  class Capacities {
    @Test
    void memory_limits_what_runs_together() {
      Lab lab =
          new Lab(
              JobQueue.builder("q")
                  .runsOn(ComputeEnvironment.fixed("n", 1, Capacity.cpus(8).memoryGiB(4)))
                  .build());
      lab.submit(sleep(5, Resources.cpus(1).memoryGiB(3)));
      JobId second = lab.submit(sleep(5, Resources.cpus(1).memoryGiB(3)));

      lab.runOut();

      assertThat(lab.start(second)).isEqualTo(5);
    }

    @Test
    void consumables_are_shared_by_all_nodes_of_an_environment() {
      Lab lab =
          new Lab(
              JobQueue.builder("q")
                  .runsOn(
                      ComputeEnvironment.builder("n")
                          .nodes("n", 4, Capacity.cpus(4))
                          .consumable("licence", 2)
                          .build())
                  .build());
      Resources licensed = Resources.cpus(1).memory(Memory.ofMiB(1)).consumable("licence", 1);

      JobId array = lab.submit(sleep(10, licensed), r -> r.array(4));
      lab.runTo(1);

      assertThat(lab.status(array).count(JobState.RUNNING)).isEqualTo(2);
    }

    @Test
    void a_gang_starts_on_all_its_nodes_at_once_or_not_at_all() {
      Lab lab = new Lab(queue(3, 1));
      lab.submit(sleep(5));
      JobDefinition gang =
          sleep(3, Resources.nodes(3).memory(Memory.ofMiB(1))).toBuilder()
              .launch(Launch.PER_NODE)
              .build();

      JobId job = lab.submit(gang);
      lab.runTo(4);
      assertThat(lab.state(job)).isEqualTo(JobState.RUNNABLE);
      assertThat(lab.engine.nodes()).extracting(Node::cpusInUse).containsExactly(1, 0, 0);

      lab.runOut();
      assertThat(lab.start(job)).isEqualTo(5);
      assertThat(lab.status(job).nodes()).containsExactly("n-1", "n-2", "n-3");
    }
  }

  @Nested
  class Arrays {
    @Test
    void waiting_elements_cost_nothing_and_plain_successes_only_their_place() {
      Lab lab = new Lab(queue(1, 1000));
      JobId array = lab.submit(sleep(1), r -> r.array(5000).hold());
      Elements elements = lab.engine.books().job(array).elements;
      assertThat(elements.chunksMade()).isZero();

      lab.engine.hold(array, false);
      lab.runOut();

      assertThat(lab.status(array).counts()).containsOnly(Map.entry(JobState.SUCCEEDED, 5000));
      assertThat(elements.chunksMade()).isEqualTo(5);
      assertThat(elements.unusual()).isZero();
      JobStatus last = lab.status(array.element(4999));
      assertThat(last.nodes()).containsExactly("n-1");
      assertThat(lab.start(last.id())).isEqualTo(4);
      assertThat(lab.end(last.id())).isEqualTo(5);
    }

    @Test
    void elements_are_told_of_only_when_somebody_listens() {
      Lab lab = new Lab(queue(1, 10));
      lab.submit(sleep(1), r -> r.array(100));
      lab.runOut();
      assertThat(lab.engine.outbox().elementsTold()).isZero();
      assertThat(lab.told).allMatch(status -> status.id().index().isEmpty());

      JobId heard = lab.submit(sleep(1), r -> r.array(10).hold());
      lab.listenedTo.add(heard);
      lab.engine.hold(heard, false);
      lab.runOut();

      assertThat(lab.engine.outbox().elementsTold()).isEqualTo(30); // start, run, end of each
    }

    @Test
    void what_a_job_goes_through_at_one_instant_is_told_step_by_step_only_to_who_listens() {
      Lab lab = new Lab(queue(1, 10));
      JobId unheard = lab.submit(sleep(1), r -> r.hold());
      JobId heard = lab.submit(sleep(1), r -> r.hold());
      lab.listenedTo.add(heard);
      lab.told.clear();

      lab.engine.hold(unheard, false);
      lab.engine.hold(heard, false);
      lab.runOut();

      assertThat(lab.toldOf(unheard))
          .containsExactly(JobState.RUNNABLE, JobState.RUNNING, JobState.SUCCEEDED);
      assertThat(lab.toldOf(heard))
          .containsExactly(
              JobState.RUNNABLE, JobState.STARTING, JobState.RUNNING, JobState.SUCCEEDED);
    }

    @Test
    void a_throttle_is_kept() {
      Lab lab = new Lab(queue(1, 10));

      JobId array = lab.submit(sleep(1), r -> r.array(9).throttle(2));
      lab.runTo(1);

      assertThat(lab.status(array).count(JobState.RUNNING)).isEqualTo(2);
      lab.runOut();
      assertThat(lab.end(array)).isEqualTo(5);
    }

    @Test
    void sequential_elements_run_one_after_the_other_and_stop_at_a_failure() {
      Lab lab = new Lab((d, index, attempt) -> Lab.exit(index == 2 ? 1 : 0, 1), queue(1, 10));

      JobId array = lab.submit(JobDefinition.command("step"), r -> r.array(5).sequential());
      lab.runOut();

      assertThat(lab.start(array.element(1))).isEqualTo(1);
      assertThat(lab.state(array.element(2))).isEqualTo(JobState.FAILED);
      assertThat(lab.status(array.element(4)).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(lab.status(array).reason()).contains(Reason.NON_ZERO_EXIT);
    }

    @Test
    void a_spent_failure_budget_gives_up_what_waits_and_lets_run_what_runs() {
      Lab lab =
          new Lab(
              (d, index, attempt) -> Lab.exit(index < 2 ? 1 : 0, index < 2 ? 1 : 9), queue(1, 4));

      JobId array = lab.submit(JobDefinition.command("x"), r -> r.array(10).maxFailures(1));
      lab.runOut();

      JobStatus status = lab.status(array);
      assertThat(status.state()).isEqualTo(JobState.FAILED);
      assertThat(status.count(JobState.FAILED)).isEqualTo(2);
      assertThat(status.count(JobState.SUCCEEDED)).isEqualTo(2);
      assertThat(status.count(JobState.CANCELLED)).isEqualTo(6);
      assertThat(lab.status(array.element(9)).message()).contains("failure budget of 1");
    }

    @Test
    void failing_fast_ends_running_elements_too() {
      Lab lab =
          new Lab((d, index, attempt) -> Lab.exit(index == 0 ? 1 : 0, index + 1), queue(1, 4));

      JobId array = lab.submit(JobDefinition.command("x"), r -> r.array(4).failFast());
      lab.runOut();

      assertThat(lab.end(array)).isEqualTo(1);
      assertThat(lab.status(array).count(JobState.CANCELLED)).isEqualTo(3);
    }

    @Test
    void an_array_is_cancelled_only_as_a_whole() {
      Lab lab = new Lab(queue(1, 1));
      JobId whole = lab.submit(sleep(1), r -> r.array(3));
      JobId single = lab.submit(sleep(1), r -> r.array(3));

      lab.engine.cancel(single.element(1), "not needed");
      lab.engine.cancel(whole, "all of it");
      lab.runOut();

      assertThat(lab.state(whole)).isEqualTo(JobState.CANCELLED);
      assertThat(lab.state(single)).isEqualTo(JobState.FAILED);
      assertThat(lab.status(single).reason()).contains(Reason.CANCELLED);
      assertThat(lab.engine.indices(single, Set.of(JobState.CANCELLED))).isEqualTo(IndexSet.of(1));
    }
  }

  @Nested
  class DependenciesBetweenJobs {
    @Test
    void a_failure_goes_through_a_long_chain_without_running_anything() {
      Lab lab = new Lab(queue(1, 4));
      JobId first = lab.submit(failing(1));
      JobId last = first;
      for (int i = 0; i < 500; i++) {
        JobId before = last;
        last = lab.submit(sleep(1), r -> r.after(before));
      }

      lab.runOut();

      assertThat(lab.status(last).reason()).contains(Reason.DEPENDENCY_FAILED);
      assertThat(lab.end(last)).isEqualTo(1);
      assertThat(lab.engine.attempts(last)).isEmpty();
    }

    @Test
    void each_element_waits_for_its_own_index_only() {
      Lab lab = new Lab((d, index, attempt) -> Lab.success(index == 0 ? 10 : 1), queue(1, 8));
      JobId mesh = lab.submit(JobDefinition.command("mesh"), r -> r.array(3));

      JobId solve = lab.submit(JobDefinition.command("solve"), r -> r.array(3).afterEach(mesh));
      lab.runOut();

      assertThat(lab.start(solve.element(1))).isEqualTo(1);
      assertThat(lab.start(solve.element(0))).isEqualTo(10);
    }

    @Test
    void an_element_whose_index_failed_fails_alone() {
      Lab lab =
          new Lab(
              (d, index, attempt) -> Lab.exit(d.name().equals("mesh") && index == 1 ? 1 : 0, 1),
              queue(1, 8));
      JobId mesh = lab.submit(JobDefinition.command("mesh"), r -> r.array(3));
      lab.runOut();

      JobId solve = lab.submit(JobDefinition.command("solve"), r -> r.array(3).afterEach(mesh));
      lab.runOut();

      assertThat(lab.status(solve).count(JobState.SUCCEEDED)).isEqualTo(2);
      assertThat(lab.status(solve.element(1)).reason()).contains(Reason.DEPENDENCY_FAILED);
    }

    @Test
    void end_and_failure_are_met_by_what_they_say() {
      Lab lab = new Lab(queue(1, 8));
      JobId good = lab.submit(sleep(1));
      JobId bad = lab.submit(failing(1));

      JobId afterEnd = lab.submit(sleep(1), r -> r.afterEnd(good, bad));
      JobId cleanUp = lab.submit(sleep(1), r -> r.afterFailure(bad));
      JobId never = lab.submit(sleep(1), r -> r.afterFailure(good));
      lab.runOut();

      assertThat(lab.state(afterEnd)).isEqualTo(JobState.SUCCEEDED);
      assertThat(lab.state(cleanUp)).isEqualTo(JobState.SUCCEEDED);
      assertThat(lab.status(never).reason()).contains(Reason.DEPENDENCY_FAILED);
    }

    @Test
    void one_element_can_be_waited_for() {
      Lab lab = new Lab((d, index, attempt) -> Lab.success(index + 1), queue(1, 8));
      JobId array = lab.submit(JobDefinition.command("x"), r -> r.array(5));

      JobId job = lab.submit(JobDefinition.command("y"), r -> r.after(array.element(1)));
      lab.runOut();

      assertThat(lab.start(job)).isEqualTo(2);
    }
  }

  @Nested
  class Attempts {
    @Test
    void a_retry_keeps_the_history_and_waits_its_delay() {
      Lab lab = new Lab((d, index, attempt) -> Lab.exit(attempt < 3 ? 7 : 0, 1), queue(1, 1));

      JobId job =
          lab.submit(
              JobDefinition.builder("x")
                  .command("x")
                  .retry(RetryPolicy.attempts(3).delay(Duration.ofSeconds(10)).backoff(2))
                  .build());
      lab.runOut();

      assertThat(lab.status(job).attempt()).isEqualTo(3);
      assertThat(lab.engine.attempts(job))
          .extracting(Attempt::state)
          .containsExactly(JobState.FAILED, JobState.FAILED, JobState.SUCCEEDED);
      assertThat(lab.end(job)).isEqualTo(1 + 10 + 1 + 20 + 1);
    }

    @Test
    void memory_grows_for_the_next_attempt_as_far_as_a_node_can_hold_it() {
      List<Integer> attempts = new ArrayList<>();
      Lab lab =
          new Lab(
              (d, index, attempt) -> {
                attempts.add(attempt);
                return new Outcome(Duration.ofSeconds(1), Reason.OUT_OF_MEMORY, Optional.empty());
              },
              JobQueue.builder("q")
                  .runsOn(ComputeEnvironment.fixed("n", 1, Capacity.cpus(1).memoryGiB(7)))
                  .build());

      JobId job =
          lab.submit(
              JobDefinition.builder("x")
                  .command("x")
                  .resources(Resources.cpus(1).memoryGiB(2))
                  .retry(RetryPolicy.attempts(5).growMemoryOn(Reason.OUT_OF_MEMORY, 2))
                  .build());
      lab.runOut();

      assertThat(attempts).containsExactly(1, 2);
      assertThat(lab.status(job).reason()).contains(Reason.OUT_OF_MEMORY);
    }

    @Test
    void a_timeout_ends_an_attempt_and_is_not_retried_unless_named() {
      Lab lab = new Lab(queue(1, 2));
      JobDefinition slow = sleep(100).toBuilder().timeout(Duration.ofSeconds(5)).build();

      JobId plain = lab.submit(slow, r -> r.retry(RetryPolicy.attempts(3)));
      JobId named = lab.submit(slow, r -> r.retry(RetryPolicy.attempts(3).retryOn(Reason.TIMEOUT)));
      lab.runOut();

      assertThat(lab.status(plain).reason()).contains(Reason.TIMEOUT);
      assertThat(lab.end(plain)).isEqualTo(5);
      assertThat(lab.engine.attempts(named)).hasSize(3);
    }

    @Test
    void a_failed_node_ends_what_runs_on_it_and_frees_the_other_nodes_of_a_gang() {
      Lab lab = new Lab(queue(2, 1));
      JobDefinition gang =
          sleep(10, Resources.nodes(2).memory(Memory.ofMiB(1))).toBuilder()
              .launch(Launch.PER_NODE)
              .retry(RetryPolicy.attempts(2).retryOn(Reason.NODE_FAILURE))
              .build();
      JobId job = lab.submit(gang);
      lab.at(3, () -> lab.engine.failNode("n-2"));
      lab.at(8, () -> lab.engine.restoreNode("n-2"));

      lab.runTo(4);
      assertThat(lab.engine.nodes()).extracting(Node::cpusInUse).containsOnly(0);
      lab.runOut();

      assertThat(lab.engine.attempts(job))
          .extracting(Attempt::reason)
          .containsExactly(Optional.of(Reason.NODE_FAILURE), Optional.of(Reason.SUCCESS));
      assertThat(lab.start(job)).isEqualTo(8);
    }

    @Test
    void a_drained_node_finishes_what_it_has_and_gets_nothing_new() {
      Lab lab = new Lab(queue(1, 1));
      JobId running = lab.submit(sleep(5));
      JobId waiting = lab.submit(sleep(5));
      lab.at(1, () -> lab.engine.drainNode("n-1", "maintenance"));

      lab.runTo(2);
      assertThat(lab.engine.nodes()).extracting(Node::state).containsExactly(Node.State.DRAINING);
      lab.runOut();

      assertThat(lab.state(running)).isEqualTo(JobState.SUCCEEDED);
      assertThat(lab.state(waiting)).isEqualTo(JobState.RUNNABLE);
      assertThat(lab.engine.nodes()).extracting(Node::state).containsExactly(Node.State.DRAINED);
    }
  }

  @Nested
  class Ends {
    @Test
    void a_cancelled_job_keeps_the_first_reason() {
      Lab lab = new Lab(queue(1, 1));
      JobId running = lab.submit(sleep(50));
      JobId waiting = lab.submit(sleep(50));
      lab.runTo(1);

      lab.engine.cancel(running, "first");
      lab.engine.cancel(running, "second");
      lab.engine.cancel(waiting, "too");
      lab.runOut();

      assertThat(lab.status(running).message()).isEqualTo("first");
      assertThat(lab.state(waiting)).isEqualTo(JobState.CANCELLED);
      assertThat(lab.end(running)).isEqualTo(1);
    }

    @Test
    void a_deadline_ends_what_waits_and_what_runs() {
      Lab lab = new Lab(queue(1, 1));
      JobId running = lab.submit(sleep(50), r -> r.deadline(Lab.START.plusSeconds(7)));
      JobId waiting = lab.submit(sleep(50), r -> r.deadline(Lab.START.plusSeconds(9)));

      lab.runOut();

      assertThat(lab.status(running).reason()).contains(Reason.DEADLINE);
      assertThat(lab.end(running)).isEqualTo(7);
      assertThat(lab.status(waiting).reason()).contains(Reason.DEADLINE);
      assertThat(lab.end(waiting)).isEqualTo(9);
    }

    @Test
    void a_job_that_stays_unschedulable_is_given_up_with_the_reason() {
      Lab lab = new Lab(queue(1, 1));
      lab.submit(sleep(50));

      JobId job = lab.submit(sleep(1), r -> r.failIfUnschedulableFor(Duration.ofSeconds(20)));
      lab.runOut();

      assertThat(lab.status(job).reason()).contains(Reason.UNSCHEDULABLE);
      assertThat(lab.status(job).message()).contains("0 of 1 cpus are free");
      assertThat(lab.end(job)).isEqualTo(20);
    }

    @Test
    void a_begin_time_and_a_hold_are_waited_for() {
      Lab lab = new Lab(queue(1, 4));
      JobId later = lab.submit(sleep(1), r -> r.begin(Lab.START.plusSeconds(30)));
      JobId held = lab.submit(sleep(1), r -> r.hold());

      lab.runTo(10);
      assertThat(lab.engine.explain(later).map(WaitReason::kind))
          .contains(WaitReason.Kind.BEGIN_TIME);
      assertThat(lab.engine.explain(held).map(WaitReason::kind)).contains(WaitReason.Kind.HELD);
      assertThat(lab.state(held)).isEqualTo(JobState.PENDING);

      lab.engine.hold(held, false);
      lab.runOut();
      assertThat(lab.start(held)).isEqualTo(10);
      assertThat(lab.start(later)).isEqualTo(30);
    }

    @Test
    void a_rule_that_throws_fails_the_attempt_with_its_words() {
      Lab lab =
          new Lab(
              (d, index, attempt) -> {
                throw new IllegalStateException("no such case");
              },
              queue(1, 1));

      JobId job = lab.submit(JobDefinition.command("x"));
      lab.runOut();

      assertThat(lab.status(job).reason()).contains(Reason.LAUNCH_FAILURE);
      assertThat(lab.status(job).message()).contains("no such case");
    }
  }
}
