package io.hpc4j.local;

import static io.hpc4j.local.Bench.cpus;
import static io.hpc4j.local.Bench.environment;
import static io.hpc4j.local.Bench.queue;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Resources;
import io.hpc4j.model.WaitReason;
import org.junit.jupiter.api.Test;

class OrderTest {
  @Test
  void work_starts_at_once_and_takes_its_time() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(work(10));

      bench.advance(0);
      assertThat(bench.state(job)).isEqualTo(JobState.RUNNING);
      bench.advance(9);
      assertThat(bench.state(job)).isEqualTo(JobState.RUNNING);
      bench.advance(1);

      assertThat(bench.state(job)).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.startedAt(job)).isZero();
      assertThat(bench.endedAt(job)).isEqualTo(10);
      assertThat(bench.status(job).nodes()).containsExactly("c-1");
    }
  }

  @Test
  void jobs_of_equal_priority_start_in_the_order_of_submission() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId first = bench.submit(work(10));
      JobId second = bench.submit(work(10));
      JobId third = bench.submit(work(10));

      bench.advance(30);

      assertThat(bench.startedAt(first)).isZero();
      assertThat(bench.startedAt(second)).isEqualTo(10);
      assertThat(bench.startedAt(third)).isEqualTo(20);
    }
  }

  @Test
  void a_higher_priority_goes_first() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.submit(work(10));
      bench.advance(0);
      JobId low = bench.submit(work(10), r -> r.priority(1));
      JobId high = bench.submit(work(10), r -> r.priority(2));

      bench.advance(30);

      assertThat(bench.startedAt(high)).isEqualTo(10);
      assertThat(bench.startedAt(low)).isEqualTo(20);
    }
  }

  @Test
  void nothing_overtakes_a_job_that_does_not_fit() {
    try (Bench bench = Bench.nodes(1, 4)) {
      bench.submit(cpus(3, 10));
      bench.advance(0);
      JobId big = bench.submit(cpus(4, 10));
      JobId small = bench.submit(cpus(1, 1));

      bench.advance(5);

      assertThat(bench.why(big).kind()).isEqualTo(WaitReason.Kind.CPUS);
      assertThat(bench.why(small).kind()).isEqualTo(WaitReason.Kind.PRIORITY);
      bench.advance(30);
      assertThat(bench.startedAt(big)).isEqualTo(10);
      assertThat(bench.startedAt(small)).isEqualTo(20);
    }
  }

  @Test
  void those_behind_a_job_start_at_once_when_it_no_longer_stands_in_their_way() {
    try (Bench bench = Bench.nodes(1, 4)) {
      bench.submit(cpus(3, 100));
      bench.advance(0);
      JobId cancelled = bench.submit(cpus(4, 10), r -> r.priority(9));
      JobId held = bench.submit(cpus(4, 10), r -> r.priority(8));
      JobId small = bench.submit(cpus(1, 1));
      bench.advance(5);
      assertThat(bench.why(small).kind()).isEqualTo(WaitReason.Kind.PRIORITY);

      bench.act(() -> bench.backend.cancel(cancelled, "enough")).advance(1);
      bench.act(() -> bench.backend.hold(held)).advance(1);

      assertThat(bench.startedAt(small)).isEqualTo(6);
    }
  }

  @Test
  void a_queue_of_higher_priority_is_not_starved_over_a_shared_environment() {
    ComputeEnvironment shared = environment("c", 1, 4);
    try (Bench bench =
        Bench.with(
            b ->
                b.queue(JobQueue.builder("low").runsOn(shared).build())
                    .queue(JobQueue.builder("high").priority(10).runsOn(shared).build()))) {
      bench.submit(cpus(2, 10), r -> r.queue("low"));
      bench.advance(0);
      JobId big = bench.submit(cpus(4, 10), r -> r.queue("high"));
      JobId small = bench.submit(cpus(1, 100), r -> r.queue("low"));

      bench.advance(21);

      assertThat(bench.startedAt(big)).isEqualTo(10);
      assertThat(bench.startedAt(small)).isEqualTo(20);
    }
  }

  @Test
  void the_first_environment_with_room_is_taken_and_then_the_next() {
    try (Bench bench =
        Bench.with(b -> b.queue(queue("q", environment("a", 1, 1), environment("b", 1, 2))))) {
      JobId first = bench.submit(work(10));
      JobId second = bench.submit(work(10));
      JobId third = bench.submit(work(10));

      bench.advance(0);

      assertThat(bench.status(first).nodes()).containsExactly("a-1");
      assertThat(bench.status(second).nodes()).containsExactly("b-1");
      assertThat(bench.status(third).nodes()).containsExactly("b-1");
    }
  }

  @Test
  void a_job_that_no_node_in_service_could_hold_stops_nobody() {
    ComputeEnvironment mixed =
        ComputeEnvironment.builder("c")
            .node("big", Capacity.cpus(8))
            .node("small", Capacity.cpus(1))
            .build();
    try (Bench bench = Bench.with(b -> b.queue(queue("q", mixed)))) {
      bench.act(() -> bench.backend.drainNode("big", "maintenance"));
      JobId big = bench.submit(cpus(8, 10));
      JobId small = bench.submit(work(5));

      bench.advance(5);

      assertThat(bench.state(small)).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.why(big).kind()).isEqualTo(WaitReason.Kind.NODES_UNAVAILABLE);
      bench.act(() -> bench.backend.restoreNode("big")).advance(0);
      assertThat(bench.state(big)).isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void a_disabled_queue_takes_jobs_and_starts_them_when_enabled() {
    JobQueue queue = JobQueue.builder("q").runsOn(environment("c", 1, 1)).enabled(false).build();
    try (Bench bench = Bench.with(b -> b.queue(queue))) {
      JobId job = bench.submit(work(5));

      bench.advance(100);

      assertThat(bench.state(job)).isEqualTo(JobState.RUNNABLE);
      assertThat(bench.why(job).kind()).isEqualTo(WaitReason.Kind.QUEUE_DISABLED);
      bench.act(() -> bench.backend.apply(queue.toBuilder().enabled(true).build())).advance(0);
      assertThat(bench.state(job)).isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void nodes_added_at_run_time_are_used_at_once() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.submit(work(10));
      JobId second = bench.submit(work(10));
      bench.advance(3);

      bench.act(() -> bench.backend.apply(queue("normal", environment("c", 2, 1)))).advance(0);

      assertThat(bench.startedAt(second)).isEqualTo(3);
    }
  }

  @Test
  void a_node_that_has_work_cannot_be_taken_away() {
    try (Bench bench = Bench.nodes(2, 1)) {
      bench.submit(work(10), r -> r.array(2));
      bench.advance(0);

      assertThatThrownBy(() -> bench.backend.apply(queue("normal", environment("c", 1, 1))))
          .hasMessageContaining("c-2");
      bench.advance(10).check();
      assertThat(bench.backend.nodes()).hasSize(2);
    }
  }

  @Test
  void a_gang_starts_on_all_its_nodes_at_one_instant() {
    try (Bench bench = Bench.nodes(3, 2)) {
      bench.submit(cpus(2, 10));
      bench.submit(cpus(1, 20));
      JobId gang =
          bench.submit(
              work(5).resources(Resources.nodes(3).tasksPerNode(1)).launch(Launch.PER_NODE));
      bench.advance(9);
      assertThat(bench.state(gang)).isEqualTo(JobState.RUNNABLE);

      bench.advance(1);

      assertThat(bench.status(gang).nodes()).containsExactly("c-1", "c-2", "c-3");
      assertThat(bench.startedAt(gang)).isEqualTo(10);
    }
  }

  @Test
  void a_gang_never_spans_two_environments() {
    try (Bench bench =
        Bench.with(b -> b.queue(queue("q", environment("a", 1, 1), environment("b", 2, 1))))) {
      JobId gang = bench.submit(work(5).resources(Resources.nodes(2)).launch(Launch.MAIN));

      bench.advance(0);

      assertThat(bench.status(gang).nodes()).containsExactly("b-1", "b-2");
    }
  }

  @Test
  void consumables_are_shared_by_the_environment_and_counted_once_for_a_gang() {
    ComputeEnvironment licensed =
        ComputeEnvironment.builder("c")
            .nodes("n", 4, Capacity.cpus(4))
            .consumable("matlab", 3)
            .build();
    try (Bench bench = Bench.with(b -> b.queue(queue("q", licensed)))) {
      JobId gang =
          bench.submit(
              work(10).resources(Resources.nodes(2).consumable("matlab", 2)).launch(Launch.MAIN));
      JobId one = bench.submit(work(10).resources(Resources.cpus(1).consumable("matlab", 1)));
      JobId two = bench.submit(work(10).resources(Resources.cpus(1).consumable("matlab", 2)));

      bench.advance(0);
      assertThat(bench.state(gang)).isEqualTo(JobState.RUNNING);
      assertThat(bench.state(one)).isEqualTo(JobState.RUNNING);
      assertThat(bench.state(two)).isEqualTo(JobState.RUNNABLE);
      bench.advance(10);

      assertThat(bench.state(two)).isEqualTo(JobState.RUNNING);
      assertThat(bench.backend.environments().get(0).consumables()).containsEntry("matlab", 3L);
    }
  }

  @Test
  void gpus_are_never_shared() {
    ComputeEnvironment gpu =
        ComputeEnvironment.builder("g").node("g1", Capacity.cpus(8).gpus(3)).build();
    try (Bench bench = Bench.with(b -> b.queue(queue("q", gpu)))) {
      JobId array = bench.submit(work(10).resources(Resources.cpus(1).gpus(2)), r -> r.array(3));

      bench.advance(0);

      assertThat(bench.status(array).count(JobState.RUNNING)).isEqualTo(1);
      bench.advance(30);
      assertThat(bench.endedAt(array)).isEqualTo(30);
    }
  }

  @Test
  void work_without_duration_ends_in_the_instant_it_starts_and_frees_its_place() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId array = bench.submit(work(0), r -> r.array(50));

      bench.advance(0);

      assertThat(bench.state(array)).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.endedAt(array)).isZero();
    }
  }
}
