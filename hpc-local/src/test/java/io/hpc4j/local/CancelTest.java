package io.hpc4j.local;

import static io.hpc4j.local.Bench.failing;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancelTest {
  @Test
  void a_waiting_job_ends_at_once() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.submit(work(10));
      JobId job = bench.submit(work(10));
      bench.advance(1);

      bench.act(() -> bench.backend.cancel(job, "no longer needed"));

      assertThat(bench.state(job)).isEqualTo(JobState.CANCELLED);
      assertThat(bench.status(job).message()).contains("no longer needed");
      assertThat(bench.status(job).startedAt()).isEmpty();
    }
  }

  @Test
  void a_running_job_ends_and_frees_its_place() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId first = bench.submit(work(10));
      JobId second = bench.submit(work(10));
      bench.advance(3);

      bench.act(() -> bench.backend.cancel(first, "stop")).advance(0);

      assertThat(bench.state(first)).isEqualTo(JobState.CANCELLED);
      assertThat(bench.startedAt(second)).isEqualTo(3);
    }
  }

  @Test
  void an_ended_job_stays_as_it_is() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(work(1));
      bench.advance(1);

      bench.act(() -> bench.backend.cancel(job, "too late")).advance(5);

      assertThat(bench.state(job)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void the_first_reason_is_kept() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(work(10), r -> r.array(2));
      bench.advance(1);

      bench.act(() -> bench.backend.cancel(job, "first"));
      bench.act(() -> bench.backend.cancel(job, "second")).advance(60);

      assertThat(bench.status(job).message()).contains("first").doesNotContain("second");
      assertThat(bench.status(job.element(0)).message()).contains("first");
    }
  }

  @Test
  void a_cancelled_array_is_cancelled_as_a_whole() {
    try (Bench bench = Bench.nodes(2, 1)) {
      JobId array = bench.submit(work(10), r -> r.array(6));
      bench.advance(15);

      bench.act(() -> bench.backend.cancel(array, "stop")).advance(0);

      assertThat(bench.state(array)).isEqualTo(JobState.CANCELLED);
      assertThat(bench.status(array).count(JobState.SUCCEEDED)).isEqualTo(2);
      assertThat(bench.status(array).count(JobState.CANCELLED)).isEqualTo(4);
    }
  }

  @Test
  void single_elements_are_cancelled_and_skipped() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId array = bench.submit(work(10), r -> r.array(4));
      bench.advance(1);

      bench.act(() -> bench.backend.cancel(array.element(0), "running one"));
      bench.act(() -> bench.backend.cancel(array.element(2), "waiting one")).advance(60);

      assertThat(bench.state(array.element(0))).isEqualTo(JobState.CANCELLED);
      assertThat(bench.startedAt(array.element(1))).isEqualTo(1);
      assertThat(bench.startedAt(array.element(3))).isEqualTo(11);
      assertThat(bench.status(array).count(JobState.CANCELLED)).isEqualTo(2);
    }
  }

  @Test
  void a_job_that_waits_for_its_retry_is_cancelled_without_another_attempt() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job =
          bench.submit(failing(1).retry(RetryPolicy.attempts(5).delay(Duration.ofSeconds(100))));
      bench.advance(10);

      bench.act(() -> bench.backend.cancel(job, "stop")).advance(500);

      assertThat(bench.state(job)).isEqualTo(JobState.CANCELLED);
      assertThat(bench.backend.attempts(job)).last().matches(a -> a.startedAt().isEmpty());
    }
  }

  @Test
  void a_held_job_waits_until_it_is_released() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(work(1), r -> r.hold());
      bench.advance(100);
      assertThat(bench.state(job)).isEqualTo(JobState.PENDING);
      assertThat(bench.why(job).kind()).isEqualTo(WaitReason.Kind.HELD);

      bench.act(() -> bench.backend.release(job)).advance(0);

      assertThat(bench.startedAt(job)).isEqualTo(100);
    }
  }

  @Test
  void a_hold_stops_further_elements_and_retries_but_not_what_runs() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId array = bench.submit(failing(10).retry(RetryPolicy.attempts(2)), r -> r.array(3));
      bench.advance(5);

      bench.act(() -> bench.backend.hold(array)).advance(100);

      assertThat(bench.status(array).count(JobState.RUNNING)).isZero();
      assertThat(bench.state(array.element(0))).isEqualTo(JobState.PENDING);
      assertThat(bench.state(array.element(2))).isEqualTo(JobState.PENDING);
      bench.act(() -> bench.backend.release(array)).advance(0);
      assertThat(bench.status(array.element(0)).attempt()).isEqualTo(2);
      bench.advance(100);
      assertThat(bench.status(array).count(JobState.FAILED)).isEqualTo(3);
    }
  }

  @Test
  void what_is_not_known_is_said() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(work(1));
      JobId unknown = JobId.create(bench.backend.name(), bench.backend.scope());

      assertThatThrownBy(() -> bench.backend.cancel(unknown, "x"))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> bench.backend.explain(unknown))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> bench.backend.cancel(job.element(3), "x"))
          .isInstanceOf(NotFoundException.class);
      assertThat(bench.backend.describe(List.of(unknown, job.element(5)))).isEmpty();
    }
  }

  @Test
  void closing_cancels_everything_and_later_calls_are_refused() {
    Bench bench = Bench.nodes(1, 1);
    JobId running = bench.submit(work(10));
    JobId waiting = bench.submit(work(10), r -> r.array(5));
    bench.advance(1);

    bench.backend.close();
    bench.backend.close();

    assertThat(bench.sink.states(running)).endsWith(JobState.CANCELLED);
    assertThat(bench.sink.states(waiting)).endsWith(JobState.CANCELLED);
    assertThat(bench.sink.of(running).get(bench.sink.of(running).size() - 1).reason())
        .contains(Reason.CANCELLED);
    assertThatThrownBy(() -> bench.backend.nodes())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(bench.time.hasWork()).isFalse();
  }
}
