package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** C: cancelling, whatever a job is doing. */
abstract class CancelCases extends Cases {
  private void assertCancelled(Job job, String why) {
    JobStatus status = end(job);
    assertEnded(status, JobState.CANCELLED, Reason.CANCELLED);
    assertThat(status.message()).contains(why);
    assertThat(status.exit().map(exit -> exit.isZero()).orElse(false)).isFalse();
  }

  @Test
  void C01_must_cancel_at_once_after_the_submission() {
    Job job = submit(endless("short-lived"));

    job.cancel("changed my mind");

    assertCancelled(job, "changed my mind");
  }

  @Test
  void C02_must_cancel_what_is_held_without_running_it() {
    needs(Capability.HOLD);
    Job job = waiting(held("held"), JobState.PENDING);

    job.cancel("not today");

    assertCancelled(job, "not today");
    assertThat(job.status().startedAt()).isEmpty();
  }

  @Test
  void C03_must_cancel_what_waits_for_room_without_running_it() {
    Job blocker = occupy(fixture.parallel());
    Job job = waiting(submit(quick("waits")), JobState.RUNNABLE);

    job.cancel("too late");

    assertCancelled(job, "too late");
    assertThat(job.status().startedAt()).isEmpty();
    assertThat(blocker.state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void C04_must_cancel_what_runs() {
    Job job = running(submit(endless("runs")));

    job.cancel("enough");

    assertCancelled(job, "enough");
    assertNotBefore(ended(job.status()), started(job.status()));
  }

  @Test
  void C05_must_keep_the_first_reason() {
    Job running = running(submit(endless("twice")));

    running.cancel("the first reason");
    running.cancel("another reason");

    assertCancelled(running, "the first reason");
    assertThat(running.status().message()).doesNotContain("another reason");
  }

  @Test
  void C06_must_leave_as_it_is_what_has_ended() {
    Job succeeded = submit(quick("succeeded"));
    Job failed = submit(failing("failed"));
    end(succeeded);
    end(failed);

    succeeded.cancel("too late");
    failed.cancel("too late");

    assertSucceeded(ask(succeeded));
    assertEnded(ask(failed), JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(failed.refresh().message()).doesNotContain("too late");
  }

  @Test
  void C07_must_free_what_a_cancelled_job_had() {
    Job blocker = occupy(fixture.parallel());
    Job next = waiting(submit(quick("next")), JobState.RUNNABLE);

    blocker.cancel();

    assertSucceeded(end(next));
    end(blocker);
    assertThat(cpusInUse()).isZero();
  }

  @Test
  void C08_must_cancel_some_of_many() {
    List<Job> jobs = IntStream.range(0, 4).mapToObj(i -> submit(endless("job " + i))).toList();
    jobs.forEach(this::running);

    jobs.get(1).cancel("this one");
    jobs.get(3).cancel("and this one");

    assertCancelled(jobs.get(1), "this one");
    assertCancelled(jobs.get(3), "and this one");
    assertThat(ask(jobs.get(0)).state()).isEqualTo(JobState.RUNNING);
    assertThat(ask(jobs.get(2)).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void C09_must_not_retry_what_was_cancelled() {
    needs(Capability.RETRY);
    Job job =
        submit(
            fixture
                .work("not again", ContractWork.endless())
                .retry(RetryPolicy.attempts(3))
                .build());
    running(job);

    job.cancel("no more");

    assertCancelled(job, "no more");
    assertThat(job.attempts()).extracting(Attempt::number).containsExactly(1);
  }

  @Test
  void C10_must_cancel_what_waits_for_its_next_attempt() {
    needs(Capability.RETRY);
    Job job =
        submit(
            fixture
                .work("later", ContractWork.quick().exit(1))
                .retry(RetryPolicy.attempts(2).delay(fixture.patience().multipliedBy(10)))
                .build());
    until("the first attempt has failed", () -> job.refresh().attempt() > 1 || hasFailedOnce(job));

    job.cancel("no second try");

    assertCancelled(job, "no second try");
    assertThat(job.attempts().get(0).reason()).contains(Reason.NON_ZERO_EXIT);
  }

  private static boolean hasFailedOnce(Job job) {
    return job.attempts().stream().anyMatch(attempt -> attempt.endedAt().isPresent());
  }

  @Test
  void C11_must_cancel_from_several_threads_once() {
    Job job = running(submit(endless("contended")));
    Recording recording = new Recording();
    job.onEvent(recording);

    IntStream.range(0, 4).parallel().forEach(i -> job.cancel("by thread"));

    assertCancelled(job, "by thread");
    recording.assertOneWayToOneEnd(job);
  }

  @Test
  void C12_must_cancel_what_has_a_future_begin() {
    needs(Capability.BEGIN);
    Job job =
        submit(
            quick("tomorrow"),
            r -> r.begin(backend.time().instant().plus(fixture.patience().multipliedBy(10))));
    waiting(job, JobState.PENDING);
    assertThat(job.explain().map(WaitReason::kind)).contains(WaitReason.Kind.BEGIN_TIME);

    job.cancel("no tomorrow");

    assertCancelled(job, "no tomorrow");
    assertThat(job.status().startedAt()).isEmpty();
  }
}
