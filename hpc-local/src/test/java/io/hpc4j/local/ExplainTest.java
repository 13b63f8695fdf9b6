package io.hpc4j.local;

import static io.hpc4j.local.Bench.cpus;
import static io.hpc4j.local.Bench.environment;
import static io.hpc4j.local.Bench.queue;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Resources;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.WaitReason;
import io.hpc4j.model.WaitReason.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Each cause of waiting is told by its name, and with what it is about. */
class ExplainTest {
  private static JobDefinition.Builder limited(int cpus, int seconds) {
    return cpus(cpus, seconds).timeout(Duration.ofSeconds(seconds));
  }

  private static Bench backfilling(int nodes, int cpus) {
    return Bench.with(
        b ->
            b.queue(
                queue("normal", environment("c", nodes, cpus)).toBuilder()
                    .policy(SchedulingPolicy.fifo().easyBackfill())
                    .build()));
  }

  @Test
  void a_dependency_is_named() {
    try (Bench bench = Bench.nodes(1, 2)) {
      JobId first = bench.submit(work(10), r -> r.array(2));
      JobId after = bench.submit(work(1), r -> r.after(first));
      JobId each = bench.submit(work(1), r -> r.array(2).afterEach(first));

      bench.advance(0);

      assertThat(bench.why(after).kind()).isEqualTo(Kind.DEPENDENCY);
      assertThat(bench.why(after).jobs()).containsExactly(first);
      assertThat(bench.why(each.element(1)).kind()).isEqualTo(Kind.DEPENDENCY);
      assertThat(bench.why(each.element(1)).jobs()).containsExactly(first.element(1));
    }
  }

  @Test
  void a_hold_and_a_throttle_are_told_apart() {
    try (Bench bench = Bench.nodes(1, 4)) {
      JobId held = bench.submit(work(1), r -> r.hold(true));
      JobId array = bench.submit(work(10), r -> r.array(4).throttle(1));

      bench.advance(0);

      assertThat(bench.why(held).kind()).isEqualTo(Kind.HELD);
      assertThat(bench.why(array).kind()).isEqualTo(Kind.THROTTLE);
      bench.act(() -> bench.backend.release(held));
    }
  }

  @Test
  void what_is_short_is_told_with_what_is_free() {
    ComputeEnvironment environment =
        ComputeEnvironment.builder("c")
            .nodes("c-", 2, Capacity.cpus(4).memoryGiB(8).gpus(1))
            .consumable("matlab", 2)
            .build();
    try (Bench bench = Bench.with(b -> b.queue(queue("normal", environment)))) {
      bench.submit(
          work(10)
              .resources(
                  Resources.nodes(2).cpusPerTask(2).memoryGiB(5).gpus(1).consumable("matlab", 1))
              .launch(Launch.MAIN));
      bench.advance(0);

      assertShort(bench, Resources.cpus(3), Kind.CPUS, "4 of 8 cpus are free on 2 nodes");
      assertShort(
          bench, Resources.cpus(1).memoryGiB(4), Kind.MEMORY, "0 of 2 nodes have as much memory");
      assertShort(bench, Resources.cpus(1).gpus(1), Kind.GPUS, "0 GPUs are free on 2 nodes");
      assertShort(
          bench, Resources.cpus(1).consumable("matlab", 2), Kind.CONSUMABLES, "1 of 2 matlab");
      assertShort(bench, Resources.cpus(1).exclusive(), Kind.NODES, "0 nodes are idle");
    }
  }

  private static void assertShort(Bench bench, Resources resources, Kind kind, String detail) {
    JobId job = bench.submit(work(1).resources(resources));
    bench.advance(0);
    assertThat(bench.why(job).kind()).isEqualTo(kind);
    assertThat(bench.why(job).detail()).contains(detail);
    bench.act(() -> bench.backend.cancel(job, "seen"));
  }

  @Test
  void two_nodes_with_one_need_each_are_not_enough_for_both_on_one() {
    ComputeEnvironment environment =
        ComputeEnvironment.builder("c").nodes("c-", 2, Capacity.cpus(4).memoryGiB(8)).build();
    try (Bench bench = Bench.with(b -> b.queue(queue("normal", environment)))) {
      bench.submit(work(10).resources(Resources.cpus(4).memoryGiB(1)));
      bench.submit(work(10).resources(Resources.cpus(1).memoryGiB(8)));
      bench.advance(0);

      assertShort(bench, Resources.cpus(2).memoryGiB(4), Kind.NODES, "all of it free at once");
    }
  }

  @Test
  void an_expected_start_is_that_of_a_future_in_which_everything_takes_its_limit() {
    try (Bench bench = backfilling(1, 4)) {
      bench.submit(limited(3, 10));
      JobId head = bench.submit(limited(4, 5));
      JobId tail = bench.submit(limited(4, 5), r -> r.array(3));
      JobId small = bench.submit(limited(1, 20));
      bench.advance(2);

      WaitReason first = bench.why(head);
      assertThat(first.kind()).isEqualTo(Kind.CPUS);
      assertThat(first.expectedStart()).contains(Bench.at(10));
      assertThat(bench.why(tail).expectedStart()).contains(Bench.at(15));
      assertThat(bench.why(tail.element(2)).expectedStart()).contains(Bench.at(25));
      assertThat(bench.why(small).kind()).isEqualTo(Kind.RESERVED);
      assertThat(bench.why(small).jobs()).containsExactly(head);
      assertThat(bench.why(small).expectedStart()).contains(Bench.at(30));
      bench.advance(100);
      assertThat(bench.startedAt(head)).isEqualTo(10);
      assertThat(bench.startedAt(tail.element(2))).isEqualTo(25);
      assertThat(bench.startedAt(small)).isEqualTo(30);
    }
  }

  @Test
  void without_limits_no_start_is_promised() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.submit(work(10));
      JobId waits = bench.submit(work(10));
      bench.advance(0);

      assertThat(bench.why(waits).expectedStart()).isEmpty();
    }
  }

  @Test
  void another_share_goes_first() {
    SchedulingPolicy fair = SchedulingPolicy.fairShare().build();
    JobQueue queue = queue("fair", environment("c", 1, 4)).toBuilder().policy(fair).build();
    try (Bench bench = Bench.with(b -> b.queue(queue))) {
      bench.submit(cpus(3, 100), r -> r.share("heavy"));
      bench.advance(0);
      bench.submit(cpus(2, 10), r -> r.share("light"));
      JobId waits = bench.submit(work(10), r -> r.share("heavy"));
      bench.advance(0);

      assertThat(bench.why(waits).kind()).isEqualTo(Kind.SHARE);
      assertThat(bench.why(waits).detail()).contains("share light goes first");
    }
  }

  @Test
  void cpus_kept_for_shares_that_are_not_active_are_told() {
    SchedulingPolicy half = SchedulingPolicy.fairShare().reservation(50).build();
    JobQueue queue = queue("fair", environment("c", 1, 4)).toBuilder().policy(half).build();
    try (Bench bench = Bench.with(b -> b.queue(queue))) {
      bench.submit(cpus(2, 10), r -> r.share("a"));
      JobId waits = bench.submit(work(10), r -> r.share("a"));
      bench.advance(0);

      assertThat(bench.why(waits).kind()).isEqualTo(Kind.RESERVED);
      assertThat(bench.why(waits).detail()).contains("lets active shares use 2 cpus in all");
      bench.advance(10);
      assertThat(bench.startedAt(waits)).isEqualTo(10);
    }
  }

  @Test
  void a_disabled_queue_and_nodes_out_of_service_are_told() {
    try (Bench bench = Bench.nodes(1, 2)) {
      bench.act(() -> bench.backend.drainNode("c-1", "maintenance"));
      JobId waits = bench.submit(work(1));
      bench.advance(0);
      assertThat(bench.why(waits).kind()).isEqualTo(Kind.NODES_UNAVAILABLE);

      JobQueue off = queue("normal", environment("c", 1, 2)).toBuilder().enabled(false).build();
      bench.act(() -> bench.backend.apply(off));
      assertThat(bench.why(waits).kind()).isEqualTo(Kind.QUEUE_DISABLED);
    }
  }

  @Test
  void what_can_never_fit_is_told_with_the_largest_node() {
    try (Bench bench = Bench.nodes(2, 4)) {
      JobId waits = bench.submit(cpus(4, 10), r -> r.hold(true));
      JobQueue smaller = queue("normal", environment("c", 2, 2));
      bench.act(() -> bench.backend.apply(smaller));
      bench.act(() -> bench.backend.release(waits));
      bench.advance(0);

      assertThat(bench.why(waits).kind()).isEqualTo(Kind.NEVER_FITS);
      assertThat(bench.why(waits).detail()).contains("largest node has 2 cpus");
    }
  }
}
