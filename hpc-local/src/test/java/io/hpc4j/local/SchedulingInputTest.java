package io.hpc4j.local;

import static io.hpc4j.local.Bench.cpus;
import static io.hpc4j.local.Bench.environment;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.SchedulingPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the scheduler is told that it cannot use, and what changes under its hands. */
class SchedulingInputTest {
  private static final SchedulingPolicy SHARES = SchedulingPolicy.fairShare().build();

  private static JobQueue queue(SchedulingPolicy policy) {
    return JobQueue.builder("q").runsOn(environment("c", 2, 4)).policy(policy).build();
  }

  private static Bench bench(SchedulingPolicy policy) {
    return Bench.with(b -> b.queue(queue(policy)));
  }

  @Test
  void a_queue_with_shares_needs_one_and_a_queue_without_refuses_one() {
    try (Bench shares = bench(SHARES);
        Bench fifo = bench(SchedulingPolicy.fifo())) {
      assertThat(shares.problems(work(1), r -> r)).extracting(Problem::field).contains("share");
      assertThat(shares.problems(work(1), r -> r.share("a"))).isEmpty();
      assertThat(fifo.problems(work(1), r -> r.share("a")))
          .extracting(Problem::field)
          .contains("share");
      assertThat(fifo.problems(work(1), r -> r)).isEmpty();
    }
  }

  @Test
  void the_501st_active_share_is_refused_until_another_has_decayed() {
    try (Bench bench = bench(SHARES)) {
      JobId first = bench.submit(work(1), r -> r.share("s0"));
      for (int i = 1; i < SchedulingPolicy.MAX_ACTIVE_SHARES; i++) {
        String share = "s" + i;
        bench.backend.cancel(bench.submit(work(1), r -> r.share(share).hold(true)), "not needed");
      }
      assertThat(bench.problems(work(1), r -> r.share("onemore")))
          .singleElement()
          .satisfies(problem -> assertThat(problem.toString()).contains("500 active shares"));
      assertThat(bench.problems(work(1), r -> r.share("s17"))).isEmpty();

      bench.time.advance(Duration.ofSeconds(599));
      assertThat(bench.problems(work(1), r -> r.share("onemore"))).isNotEmpty();
      bench.time.advance(Duration.ofSeconds(1));

      assertThat(bench.problems(work(1), r -> r.share("onemore"))).isEmpty();
      assertThat(bench.state(first)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void a_job_without_a_limit_is_refused_where_there_is_backfill_unless_the_queue_gives_it_one() {
    SchedulingPolicy easy = SchedulingPolicy.fifo().easyBackfill();
    JobQueue limited = queue(easy).toBuilder().defaultTimeout(Duration.ofSeconds(30)).build();
    try (Bench without = bench(easy);
        Bench with = Bench.with(b -> b.queue(limited))) {
      assertThat(without.problems(work(100), r -> r))
          .extracting(Problem::field)
          .contains("timeout");
      assertThat(without.problems(work(1).timeout(Duration.ofSeconds(1)), r -> r)).isEmpty();

      JobId job = with.submit(work(100));
      with.advance(30);

      assertThat(with.status(job).reason()).contains(Reason.TIMEOUT);
      assertThat(with.endedAt(job)).isEqualTo(30);
    }
  }

  @Test
  void a_queue_cannot_change_between_shares_and_none_and_stays_what_it_is() {
    try (Bench shares = bench(SHARES);
        Bench fifo = bench(SchedulingPolicy.fifo())) {
      assertThatThrownBy(() -> shares.backend.apply(queue(SchedulingPolicy.fifo())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("q");
      assertThatThrownBy(() -> fifo.backend.apply(queue(SHARES)))
          .isInstanceOf(IllegalArgumentException.class);

      assertThat(shares.backend.queues()).containsExactly(queue(SHARES));
      assertThat(fifo.backend.queues()).containsExactly(queue(SchedulingPolicy.fifo()));
      shares.submit(work(1), r -> r.share("a"));
      fifo.submit(work(1));
    }
  }

  @Test
  void weights_that_change_while_jobs_run_decide_who_goes_next() {
    try (Bench bench = bench(SHARES)) {
      bench.submit(cpus(4, 10), r -> r.share("a").array(20));
      JobId b = bench.submit(cpus(4, 10), r -> r.share("b").array(20));
      bench.advance(15);
      assertThat(bench.status(b).count(JobState.RUNNING)).isEqualTo(1);

      SchedulingPolicy forB = SchedulingPolicy.fairShare().share("b", 100).build();
      bench.act(() -> bench.backend.apply(queue(forB)));
      bench.advance(5);

      assertThat(bench.status(b).count(JobState.RUNNING)).isEqualTo(2);
    }
  }

  @Test
  void backfill_that_comes_while_jobs_wait_starts_what_delays_nobody() {
    try (Bench bench = bench(SchedulingPolicy.fifo())) {
      bench.submit(cpus(3, 10).timeout(Duration.ofSeconds(10)), r -> r.array(2));
      JobId large = bench.submit(cpus(4, 10).timeout(Duration.ofSeconds(10)));
      JobId small = bench.submit(work(5).timeout(Duration.ofSeconds(5)));
      bench.advance(2);
      assertThat(bench.state(small)).isEqualTo(JobState.RUNNABLE);

      bench.act(() -> bench.backend.apply(queue(SchedulingPolicy.fifo().easyBackfill())));
      bench.advance(8);

      assertThat(bench.startedAt(small)).isEqualTo(2);
      assertThat(bench.startedAt(large)).isEqualTo(10);
    }
  }

  @Test
  void a_gang_does_not_start_on_a_node_that_fails_in_the_same_instant() {
    try (Bench bench = bench(SchedulingPolicy.fifo())) {
      JobId gang = bench.submit(work(10).resources(Resources.nodes(2)).launch(Launch.MAIN));
      bench.act(() -> bench.backend.failNode("c-2"));
      bench.advance(5);
      assertThat(bench.state(gang)).isEqualTo(JobState.RUNNABLE);
      assertThat(bench.backend.nodes()).allMatch(node -> node.cpusInUse() == 0);

      bench.act(() -> bench.backend.restoreNode("c-2")).advance(0);

      assertThat(bench.status(gang).nodes()).containsExactly("c-1", "c-2");
    }
  }

  @Test
  void a_gang_that_has_just_started_ends_on_all_nodes_when_one_of_them_fails_then() {
    try (Bench bench = bench(SchedulingPolicy.fifo())) {
      JobId gang = bench.submit(work(10).resources(Resources.nodes(2)).launch(Launch.MAIN));
      bench.advance(0);
      assertThat(bench.state(gang)).isEqualTo(JobState.RUNNING);

      bench.act(() -> bench.backend.failNode("c-2"));

      assertThat(bench.status(gang).reason()).contains(Reason.NODE_FAILURE);
      assertThat(bench.endedAt(gang)).isZero();
      assertThat(bench.backend.nodes()).allMatch(node -> node.cpusInUse() == 0);
    }
  }
}
