package io.hpc4j.local;

import static io.hpc4j.local.Bench.cpus;
import static io.hpc4j.local.Bench.environment;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Resources;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FairShareTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static Bench bench(
      int cpus, UnaryOperator<SchedulingPolicy.Builder> policy, ComputeEnvironment... more) {
    JobQueue.Builder queue = JobQueue.builder("q").runsOn(environment("c", 1, cpus)).runsOn(more);
    return Bench.with(
        b -> b.queue(queue.policy(policy.apply(SchedulingPolicy.fairShare()).build()).build()));
  }

  private static JobId submit(Bench bench, String share, JobDefinition.Builder job) {
    return bench.submit(job, r -> r.share(share));
  }

  private static JobId array(Bench bench, String share, int size, JobDefinition.Builder job) {
    return bench.submit(job, r -> r.share(share).array(size));
  }

  private static int running(Bench bench, JobId array) {
    return bench.status(array).count(JobState.RUNNING);
  }

  private static int done(Bench bench, JobId array) {
    return bench.status(array).count(JobState.SUCCEEDED) + running(bench, array);
  }

  private static ShareStatus share(Bench bench, String name) {
    return bench.backend.shares("q").stream()
        .filter(share -> share.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Nested
  class Weights {
    @Test
    void ten_free_slots_go_five_and_five_to_two_new_shares() {
      try (Bench bench = bench(10, p -> p)) {
        JobId a = array(bench, "a", 100, work(100));
        JobId b = array(bench, "b", 100, work(100));

        bench.advance(0);

        assertThat(running(bench, a)).isEqualTo(5);
        assertThat(running(bench, b)).isEqualTo(5);
      }
    }

    @Test
    void a_share_of_jobs_twice_as_large_starts_half_as_many() {
      try (Bench bench = bench(96, p -> p.decay(Duration.ofDays(7)))) {
        JobId a = array(bench, "a", 1000, cpus(32, 60).timeout(Duration.ofSeconds(60)));
        JobId b = array(bench, "b", 1000, cpus(64, 60).timeout(Duration.ofSeconds(60)));

        bench.advance(60 * 300);

        assertThat(done(bench, a) / (double) done(bench, b)).isCloseTo(2, within(0.02));
      }
    }

    @Test
    void a_share_of_eight_times_the_weight_gets_eight_times_as_much() {
      try (Bench bench = bench(9, p -> p.share("a", 8).share("b", 1).decay(HOUR))) {
        JobId a = array(bench, "a", 4000, work(60));
        JobId b = array(bench, "b", 4000, work(60));

        bench.advance(60 * 200);

        assertThat(done(bench, a) / (double) done(bench, b)).isCloseTo(8, within(0.08));
      }
    }

    @Test
    void priority_counts_inside_a_share_only() {
      try (Bench bench = bench(1, p -> p)) {
        JobId first = submit(bench, "a", work(10));
        bench.advance(0);
        JobId low = submit(bench, "a", work(10));
        JobId high = bench.submit(work(10), r -> r.share("a").priority(9999));
        JobId other = submit(bench, "b", work(10));

        bench.advance(40);

        assertThat(List.of(first, other, high, low))
            .isSortedAccordingTo((x, y) -> Long.compare(bench.startedAt(x), bench.startedAt(y)));
      }
    }
  }

  @Nested
  class Reserved {
    @Test
    void active_shares_leave_what_is_kept_for_others() {
      assertThat(used(50, 1, 2, 3)).containsExactly(50, 75, 87);
      assertThat(used(25, 1, 2, 3)).containsExactly(75, 93, 98);
      assertThat(used(75, 3)).containsExactly(57);
      assertThat(used(90, 1)).containsExactly(10);
      assertThat(used(99, 1)).containsExactly(1);
      assertThat(used(0, 1)).containsExactly(100);
    }

    /** How many of 100 cpus are used with a reservation by so many shares that have enough jobs. */
    private List<Integer> used(int percent, int... shares) {
      return IntStream.of(shares)
          .mapToObj(
              count -> {
                try (Bench bench = bench(100, p -> p.reservation(percent))) {
                  for (int i = 0; i < count; i++) {
                    array(bench, "s" + i, 100, work(100));
                  }
                  bench.advance(50);
                  return bench.backend.nodes().get(0).cpusInUse();
                }
              })
          .toList();
    }

    @Test
    void one_share_more_leaves_all_of_them_more_even_if_its_job_is_held() {
      try (Bench bench = bench(100, p -> p.reservation(50))) {
        JobId array = array(bench, "a", 100, work(100));
        bench.advance(10);

        bench.submit(work(10), r -> r.share("b").hold(true));
        bench.advance(1);

        assertThat(running(bench, array)).isEqualTo(75);
      }
    }

    @Test
    void a_whole_node_counts_with_all_of_its_cpus() {
      try (Bench bench = bench(100, p -> p.reservation(50))) {
        JobId whole =
            submit(bench, "a", work(10).resources(Resources.cpus(1).memoryGiB(1).exclusive()));
        bench.advance(0);
        assertThat(bench.why(whole).kind()).isEqualTo(WaitReason.Kind.RESERVED);

        JobId plain = submit(bench, "a", work(10));
        bench.advance(0);

        assertThat(bench.state(whole)).isEqualTo(JobState.RUNNABLE);
        assertThat(bench.state(plain)).isEqualTo(JobState.RUNNING);
      }
    }

    @Test
    void what_runs_in_another_environment_does_not_close_this_one_for_backfill() {
      try (Bench bench =
          Bench.with(
              b ->
                  b.queue(
                      JobQueue.builder("q")
                          .runsOn(environment("c", 1, 10), environment("d", 1, 10))
                          .policy(
                              SchedulingPolicy.fairShare().reservation(50).easyBackfill().build())
                          .build()))) {
        bench.submit(cpus(6, 50).timeout(Duration.ofSeconds(50)), r -> r.share("a"));
        JobId blocked =
            bench.submit(cpus(7, 50).timeout(Duration.ofSeconds(50)), r -> r.share("a"));
        JobId small = bench.submit(work(50).timeout(Duration.ofSeconds(50)), r -> r.share("a"));

        bench.advance(50);

        assertThat(bench.startedAt(small)).isZero();
        assertThat(bench.startedAt(blocked)).isEqualTo(50);
      }
    }

    @Test
    void backfill_leaves_the_first_job_the_cpus_that_its_share_may_use() {
      try (Bench bench =
          Bench.with(
              b ->
                  b.queue(
                      JobQueue.builder("q")
                          .runsOn(environment("c", 1, 100))
                          .policy(
                              SchedulingPolicy.fairShare().reservation(50).easyBackfill().build())
                          .build()))) {
        bench.submit(cpus(30, 50).timeout(Duration.ofSeconds(50)), r -> r.share("a"));
        JobId first = bench.submit(cpus(40, 50).timeout(Duration.ofSeconds(50)), r -> r.share("a"));
        JobId beside =
            bench.submit(work(200).timeout(Duration.ofSeconds(200)), r -> r.share("a").array(20));

        bench.advance(50);

        assertThat(bench.startedAt(first)).isEqualTo(50);
        assertThat(running(bench, beside)).isEqualTo(10);
      }
    }
  }

  @Nested
  class Passes {
    /** In a second one share c goes first, which lets the last job into what b was promised. */
    @Test
    void an_array_that_starts_brings_no_second_pass_in_its_instant() {
      try (Bench bench =
          Bench.with(
              b ->
                  b.queue(
                      JobQueue.builder("q")
                          .runsOn(
                              ComputeEnvironment.builder("c")
                                  .node("n1", Capacity.cpus(4))
                                  .node("n2", Capacity.cpus(2))
                                  .build())
                          .policy(SchedulingPolicy.fairShare().easyBackfill().build())
                          .build()))) {
        submit(bench, "a", cpus(3, 10).timeout(Duration.ofSeconds(10)));
        bench.advance(0);
        JobId first = submit(bench, "b", cpus(4, 10).timeout(Duration.ofSeconds(10)));
        JobId array = array(bench, "b", 1, cpus(2, 100).timeout(Duration.ofSeconds(100)));
        submit(bench, "c", cpus(2, 90).timeout(Duration.ofSeconds(90)));
        JobId last = submit(bench, "d", work(90).timeout(Duration.ofSeconds(90)));

        bench.advance(9);

        assertThat(bench.startedAt(array)).isZero();
        assertThat(bench.state(first)).isEqualTo(JobState.RUNNABLE);
        assertThat(bench.state(last)).isEqualTo(JobState.RUNNABLE);
      }
    }
  }

  @Nested
  class Decay {
    @Test
    void half_a_window_after_its_end_half_of_a_short_use_counts() {
      try (Bench bench = bench(100, p -> p.decay(Duration.ofSeconds(64)))) {
        submit(bench, "a", cpus(100, 1));
        bench.advance(1);
        assertThat(share(bench, "a").usage()).isCloseTo(100, within(1.0));

        bench.advance(32);
        assertThat(share(bench, "a").usage()).isCloseTo(50, within(1.0));
        assertThat(share(bench, "a").active()).isTrue();

        bench.advance(32);
        assertThat(bench.backend.shares("q")).isEmpty();
      }
    }

    @Test
    void a_longer_window_keeps_a_share_active_that_has_ended() {
      try (Bench bench = bench(4, p -> p.decay(Duration.ofSeconds(16)))) {
        submit(bench, "a", work(10));
        bench.advance(15);

        JobQueue queue = bench.backend.queues().get(0);
        SchedulingPolicy hour = SchedulingPolicy.fairShare().decay(HOUR).build();
        bench.act(() -> bench.backend.apply(queue.toBuilder().policy(hour).build()));
        bench.advance(1000);

        assertThat(share(bench, "a").active()).isTrue();
        assertThat(share(bench, "a").usage()).isCloseTo(10 * (1 - 1010 / 3600.0), within(1e-6));
      }
    }

    @Test
    void what_runs_is_charged_for_a_changed_window() {
      try (Bench bench = bench(4, p -> p.decay(HOUR))) {
        submit(bench, "a", work(5000));
        bench.advance(10);

        JobQueue queue = bench.backend.queues().get(0);
        SchedulingPolicy minute =
            SchedulingPolicy.fairShare().decay(Duration.ofSeconds(60)).build();
        bench.act(() -> bench.backend.apply(queue.toBuilder().policy(minute).build()));

        // 10 cpu seconds, 5 s old on average, and 50 to come
        assertThat(share(bench, "a").usage()).isCloseTo(10 * (1 - 5 / 60.0) + 50, within(1e-6));
      }
    }

    @Test
    void equal_use_is_equal_whatever_rounding_has_left() {
      try (Bench bench =
          bench(8, p -> p.share("a", 0.5).share("c", 1).decay(Duration.ofSeconds(60)))) {
        // one cpu of a for as long as two of c, by other ways
        submit(bench, "c", cpus(2, 7));
        submit(bench, "a", work(3));
        bench.advance(3);
        submit(bench, "a", work(4));

        bench.advance(4);

        for (int second = 7; second < 60; second++) {
          assertThat(bench.backend.shares("q"))
              .extracting(ShareStatus::name)
              .containsExactly("a", "c");
          bench.advance(1);
        }
      }
    }
  }
}
