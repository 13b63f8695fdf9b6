package io.hpc4j.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** X: closing, and what is left. */
abstract class CloseCases extends Cases {
  @Test
  void X01_must_be_open_until_it_is_closed_and_close_twice() {
    assertThat(hpc.isOpen()).isTrue();

    hpc.close();
    hpc.close();
    backend.close();

    assertThat(hpc.isOpen()).isFalse();
  }

  @Test
  void X02_must_refuse_every_use_of_a_closed_client() {
    Job job = submit(quick("before"));
    end(job);
    JobRequest request = JobRequest.of(quick("after"));
    hpc.close();

    Stream.<ThrowingCallable>of(
            () -> hpc.submit(request),
            () -> hpc.plan(request),
            () -> hpc.job(job.id().job().element(0)),
            () -> hpc.list(JobFilter.all()),
            () -> hpc.status(List.of(job)),
            () -> hpc.queues(),
            () -> hpc.nodes(),
            () -> hpc.environments(),
            () -> hpc.capabilities(),
            () -> job.cancel(),
            () -> job.hold(),
            () -> job.release(),
            () -> job.logs(),
            () -> job.explain(),
            () -> job.refresh())
        .forEach(use -> assertThatThrownBy(use).isInstanceOf(IllegalStateException.class));
  }

  @Test
  void X03_must_refuse_every_use_of_a_closed_backend() {
    Job job = submit(quick("before"));
    end(job);
    backend.close();

    Stream.<ThrowingCallable>of(
            () -> backend.describe(List.of(job.id())),
            () -> backend.list(JobFilter.all()),
            () -> backend.cancel(job.id(), "too late"),
            () -> backend.explain(job.id()),
            () -> backend.nodes())
        .forEach(use -> assertThatThrownBy(use).isInstanceOf(IllegalStateException.class));
    hpc.close();
  }

  @Test
  void X04_must_leave_what_is_known_in_the_handles() {
    Job job = submit(failing("known"));
    JobStatus ending = end(job);

    hpc.close();

    assertThat(job.status()).isEqualTo(ending);
    assertThat(job.await().state()).isEqualTo(JobState.FAILED);
    assertThat(done(job.completion())).isEqualTo(ending);
  }

  @Test
  void X05_must_tell_whoever_waits_when_it_is_closed() {
    Job job = running(submit(endless("waited for")));
    CompletableFuture<JobStatus> completion = job.completion();

    hpc.close();

    assertThat(completion.handle((status, error) -> true).orTimeout(30, SECONDS).join()).isTrue();
    if (completion.isCompletedExceptionally()) {
      assertThatThrownBy(() -> job.await(Duration.ofSeconds(30)))
          .isInstanceOf(IllegalStateException.class);
    } else {
      assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    }
  }

  @Test
  void X06_must_close_with_jobs_in_every_state() {
    submit(quick("ended")).await(fixture.patience());
    running(submit(endless("running")));
    if (has(Capability.ARRAY)) {
      submit(endless("array"), r -> r.array(fixture.parallel() + 3));
    }
    if (has(Capability.HOLD)) {
      held("held");
    }

    hpc.close();

    assertThat(hpc.isOpen()).isFalse();
  }

  @Test
  void X07_must_close_from_several_threads_at_once() {
    running(submit(endless("running")));

    Stream.generate(() -> CompletableFuture.runAsync(hpc::close))
        .limit(4)
        .toList()
        .forEach(closing -> closing.orTimeout(60, SECONDS).join());

    assertThat(hpc.isOpen()).isFalse();
  }
}
