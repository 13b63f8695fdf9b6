package io.hpc4j.local;

import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
  private static final Duration LONG = Duration.ofDays(1000);
  private final VirtualTime time = VirtualTime.startingAt(Bench.START);

  private LocalBackend.Builder builder() {
    return LocalBackend.builder()
        .time(time)
        .queue(Bench.queue("q", Bench.environment("c", 100, 100)));
  }

  private static Submission submission(LocalBackend backend, UnaryOperator<JobRequest.Builder> r) {
    JobId id = JobId.create(backend.name(), backend.scope());
    return new Submission(
        id, r.apply(JobRequest.builder(work(10).build())).build(), part -> {});
  }

  private static JobId submit(LocalBackend backend, UnaryOperator<JobRequest.Builder> request) {
    Submission submission = submission(backend, request);
    backend.submit(submission);
    return submission.id();
  }

  /** Runs a job to its end. */
  private JobId run(LocalBackend backend) {
    JobId id = submit(backend, r -> r);
    time.advance(Duration.ofSeconds(10));
    return id;
  }

  private static List<JobId> listed(LocalBackend backend) {
    return backend.list(JobFilter.all()).stream().map(JobStatus::id).toList();
  }

  @Test
  void only_the_last_ended_jobs_are_kept() {
    try (LocalBackend backend = builder().keepEnded(2, LONG).build()) {
      JobId waiting = submit(backend, r -> r.hold());
      JobId first = run(backend);
      JobId second = run(backend);
      JobId third = run(backend);

      assertThat(listed(backend)).containsExactly(waiting, second, third);
      assertThat(backend.describe(List.of(first, second))).containsOnlyKeys(second);
    }
  }

  @Test
  void an_array_is_one_job() {
    try (LocalBackend backend = builder().keepEnded(1, LONG).build()) {
      JobId array = submit(backend, r -> r.array(1000));
      time.advance(Duration.ofSeconds(10));

      assertThat(listed(backend)).containsExactly(array);
    }
  }

  @Test
  void a_job_is_kept_no_longer_than_was_said() {
    try (LocalBackend backend = builder().keepEnded(100, Duration.ofDays(1)).build()) {
      JobId old = run(backend);
      time.advance(Duration.ofHours(24));
      assertThat(listed(backend)).containsExactly(old);

      time.advance(Duration.ofSeconds(1));
      JobId young = run(backend);

      assertThat(listed(backend)).containsExactly(young);
    }
  }

  @Test
  void a_job_that_others_depend_on_is_kept_until_they_have_ended() {
    try (LocalBackend backend = builder().keepEnded(0, LONG).build()) {
      JobId on = submit(backend, r -> r.hold());
      JobId dependent = submit(backend, r -> r.after(on).hold());
      backend.release(on);
      time.advance(Duration.ofSeconds(10));
      assertThat(listed(backend)).containsExactly(on, dependent);

      backend.release(dependent);
      time.advance(Duration.ofSeconds(10));

      assertThat(listed(backend)).isEmpty();
    }
  }

  @Test
  void a_submission_may_have_been_there_once_a_job_has_been_forgotten() {
    try (LocalBackend backend = builder().keepEnded(0, LONG).build()) {
      Submission never = submission(backend, r -> r);
      Submission ended = submission(backend, r -> r);
      assertThat(backend.find(never)).isInstanceOf(Lookup.Absent.class);

      backend.submit(ended);
      time.advance(Duration.ofSeconds(10));

      assertThat(backend.find(ended)).isInstanceOf(Lookup.Unknown.class);
      assertThat(backend.find(never)).isInstanceOf(Lookup.Unknown.class);
    }
  }

  @Test
  void forgotten_jobs_leave_the_store_and_their_numbers_are_not_given_again(@TempDir Path folder) {
    LocalBackend.Builder stored =
        builder().store(folder).onClose(LocalBackend.OnClose.LEAVE).keepEnded(1, LONG);
    JobId on;
    JobId dependent;
    JobId last;
    try (LocalBackend backend = stored.build()) {
      on = run(backend);
      dependent = submit(backend, r -> r.after(on).hold());
      JobId forgotten = run(backend);
      last = run(backend);
      backend.cancel(last, "has ended");
      backend.compactStore();
      assertThat(listed(backend)).doesNotContain(forgotten);
    }

    try (LocalBackend backend = stored.keepEnded(100, LONG).build()) {
      assertThat(listed(backend)).containsExactly(on, dependent, last);
      assertThat(backend.find(submission(backend, r -> r))).isInstanceOf(Lookup.Unknown.class);
      backend.release(dependent);
      time.advance(Duration.ofSeconds(10));
      assertThat(backend.describe(List.of(dependent)).values())
          .extracting(JobStatus::state)
          .containsExactly(JobState.SUCCEEDED);
      Submission next = submission(backend, r -> r);
      backend.submit(next);
      assertThat(backend.find(next)).isEqualTo(new Lookup.Found("5"));
    }
  }

  @Test
  void jobs_that_ended_before_a_restart_are_forgotten_like_others(@TempDir Path folder) {
    LocalBackend.Builder stored =
        builder().store(folder).onClose(LocalBackend.OnClose.LEAVE).keepEnded(100, LONG);
    JobId last;
    try (LocalBackend backend = stored.build()) {
      JobId unused = run(backend);
      last = run(backend);
    }

    try (LocalBackend backend = stored.keepEnded(1, LONG).build()) {
      backend.probe();

      assertThat(listed(backend)).containsExactly(last);
    }
  }

  @Test
  void a_negative_count_or_age_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> builder().keepEnded(-1, LONG));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().keepEnded(1, Duration.ofDays(-1)));
  }
}
