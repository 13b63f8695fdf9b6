package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** T: timeouts and further attempts. */
abstract class RetryCases extends Cases {
  private JobDefinition work(ContractWork work, RetryPolicy retry) {
    return fixture.work("retried", work).retry(retry).build();
  }

  private static ContractWork failing(int exitCode) {
    return ContractWork.quick().exit(exitCode);
  }

  private JobDefinition timed(ContractWork work) {
    return fixture.work("timed", work).timeout(fixture.shortestTimeout()).build();
  }

  /** A timeout that quick work never reaches, and that is not long to wait for. */
  private Duration ample() {
    Duration work = fixture.unit().multipliedBy(9);
    return work.compareTo(fixture.shortestTimeout()) > 0 ? work : fixture.shortestTimeout();
  }

  private JobStatus endAfterAttempts(Job job, int attempts) {
    JobStatus status = end(job);
    assertThat(job.attempts()).extracting(Attempt::number).hasSize(attempts);
    assertThat(status.attempt()).isEqualTo(attempts);
    return status;
  }

  @Test
  void T01_must_end_what_runs_longer_than_its_timeout() {
    needs(Capability.TIMEOUT);
    Job job = submit(timed(ContractWork.endless()));

    JobStatus status = end(job);

    assertEnded(status, JobState.FAILED, Reason.TIMEOUT);
    assertThat(status.exit().map(exit -> exit.isZero()).orElse(false)).isFalse();
    assertNotBefore(ended(status), started(status).plus(fixture.shortestTimeout()));
  }

  @Test
  void T02_must_leave_alone_what_is_quicker_than_its_timeout() {
    needs(Capability.TIMEOUT);
    Duration timeout = fixture.patience();

    assertSucceeded(end(submit(lasting("quicker"), r -> r.timeout(timeout))));
  }

  @Test
  void T03_must_count_the_timeout_from_the_start_of_the_run() {
    needs(Capability.TIMEOUT, Capability.HOLD);
    Duration timeout = ample();
    Job job = submit(quick("waits long"), r -> r.hold().timeout(timeout));
    assertThat(job.await(timeout.plus(fixture.unit())).state()).isEqualTo(JobState.PENDING);

    job.release();

    assertSucceeded(end(job));
  }

  @Test
  void T04_must_not_retry_a_timeout_that_no_rule_names() {
    needs(Capability.TIMEOUT, Capability.RETRY);
    JobDefinition definition =
        timed(ContractWork.endless()).toBuilder().retry(RetryPolicy.attempts(3)).build();

    assertEnded(endAfterAttempts(submit(definition), 1), JobState.FAILED, Reason.TIMEOUT);
  }

  @Test
  void T05_must_give_each_attempt_its_own_timeout() {
    needs(Capability.TIMEOUT, Capability.RETRY);
    RetryPolicy twice = RetryPolicy.attempts(2).retryOn(Reason.TIMEOUT);
    Job job = submit(timed(ContractWork.endless()).toBuilder().retry(twice).build());

    assertEnded(endAfterAttempts(job, 2), JobState.FAILED, Reason.TIMEOUT);
    assertThat(job.attempts())
        .allSatisfy(attempt -> assertThat(attempt.reason()).contains(Reason.TIMEOUT));
  }

  @Test
  void T06_must_give_each_element_its_own_timeout() {
    needs(Capability.TIMEOUT, Capability.ARRAY);
    JobDefinition definition = fixture.work("timed", ContractWork.endless().inElements(1)).build();
    Job array = submit(definition, r -> r.array(3).timeout(ample()));

    assertEnded(end(array), JobState.FAILED, Reason.TIMEOUT);
    assertThat(array.elements(JobState.FAILED)).hasSize(1);
    assertEnded(end(array.element(1)), JobState.FAILED, Reason.TIMEOUT);
    assertSucceeded(end(array.element(2)));
  }

  @Test
  void T07_must_try_again_until_it_succeeds_and_keep_the_history() {
    needs(Capability.RETRY);
    Recording recording = new Recording();
    hpc.onEvent(recording);
    Job job = submit(work(failing(3).inAttempts(2), RetryPolicy.attempts(5)));

    assertSucceeded(endAfterAttempts(job, 3));

    List<Attempt> attempts = job.attempts();
    assertThat(attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
    assertThat(attempts)
        .extracting(Attempt::state)
        .containsExactly(JobState.FAILED, JobState.FAILED, JobState.SUCCEEDED);
    assertThat(attempts.get(0).exit().orElseThrow().code()).hasValue(3);
    assertNotBefore(start(attempts.get(1)), attempts.get(0).endedAt().orElseThrow());
    assertNotBefore(start(attempts.get(2)), attempts.get(1).endedAt().orElseThrow());
    recording.assertOneWayToOneEnd(job);
  }

  private static Instant start(Attempt attempt) {
    return attempt.startedAt().orElseThrow();
  }

  @Test
  void T08_must_fail_when_the_attempts_are_used_up() {
    needs(Capability.RETRY);
    Job job = submit(work(failing(4), RetryPolicy.attempts(2)));

    JobStatus status = endAfterAttempts(job, 2);

    assertEnded(status, JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(status.exit().orElseThrow().code()).hasValue(4);
  }

  @Test
  void T09_must_retry_only_the_reasons_that_are_named() {
    needs(Capability.RETRY);
    RetryPolicy other = RetryPolicy.attempts(3).retryOn(Reason.NODE_FAILURE);
    RetryPolicy same = RetryPolicy.attempts(3).retryOn(Reason.NON_ZERO_EXIT);

    endAfterAttempts(submit(work(failing(3), other)), 1);
    endAfterAttempts(submit(work(failing(3), same)), 3);
  }

  @Test
  void T10_must_retry_only_the_exit_codes_that_are_named() {
    needs(Capability.RETRY);
    RetryPolicy only7 = RetryPolicy.attempts(2).retryOnExitCode(7);

    endAfterAttempts(submit(work(failing(7), only7)), 2);
    endAfterAttempts(submit(work(failing(8), only7)), 1);
  }

  @Test
  void T11_must_not_retry_what_a_rule_stops() {
    needs(Capability.RETRY);
    RetryPolicy not9 = RetryPolicy.attempts(2).stopOnExitCode(9);

    endAfterAttempts(submit(work(failing(9), not9)), 1);
    endAfterAttempts(submit(work(failing(8), not9)), 2);
  }

  @Test
  void T12_must_let_the_first_rule_that_matches_decide() {
    needs(Capability.RETRY);
    RetryPolicy policy = RetryPolicy.attempts(3).stopOnExitCode(9).retryOn(Reason.NON_ZERO_EXIT);

    endAfterAttempts(submit(work(failing(9), policy)), 1);
    endAfterAttempts(submit(work(failing(8), policy)), 3);
  }

  @Test
  void T13_must_wait_between_attempts() {
    needs(Capability.RETRY);
    Duration delay = fixture.unit().multipliedBy(2);
    Job job = submit(work(failing(1), RetryPolicy.attempts(3).delay(delay).backoff(2.0)));

    endAfterAttempts(job, 3);

    List<Attempt> attempts = job.attempts();
    assertNotBefore(start(attempts.get(1)), attempts.get(0).endedAt().orElseThrow().plus(delay));
    assertNotBefore(
        start(attempts.get(2)),
        attempts.get(1).endedAt().orElseThrow().plus(delay.multipliedBy(2)));
  }

  @Test
  void T14_must_explain_the_wait_for_the_next_attempt() {
    needs(Capability.RETRY);
    RetryPolicy later = RetryPolicy.attempts(2).delay(fixture.patience().multipliedBy(10));
    Job job = submit(work(failing(1), later));
    until(
        "the wait is explained",
        () ->
            job.explain()
                .map(WaitReason::kind)
                .filter(WaitReason.Kind.RETRY_DELAY::equals)
                .isPresent());

    assertThat(ask(job).state()).isEqualTo(JobState.PENDING);
    assertThat(job.completion()).isNotDone();
  }

  @Test
  void T15_must_give_the_next_attempt_more_memory() {
    assertThat(memoryOfSecondAttempt(grown())).isEqualTo(Memory.ofGiB(3));
  }

  @Test
  void T16_must_not_grow_memory_beyond_its_limit() {
    assertThat(memoryOfSecondAttempt(grown().growMemoryUpTo(Memory.ofGiB(2))))
        .isEqualTo(Memory.ofGiB(2));
  }

  private static RetryPolicy grown() {
    return RetryPolicy.attempts(2).growMemoryOn(Reason.NON_ZERO_EXIT, 3.0);
  }

  /** What all nodes together give to a job of 1 GiB in its second attempt. */
  private Memory memoryOfSecondAttempt(RetryPolicy policy) {
    needs(Capability.RETRY, Capability.NODES);
    ContractWork work = failing(1).inAttempts(1).otherwise(ContractWork.endless());
    Job job = submit(work(work, policy), r -> r.resources(Resources.cpus(1).memoryGiB(1)));
    until("the second attempt runs", () -> runs(job, 2));
    return hpc.nodes().stream().map(Node::memoryInUse).reduce(Memory.ofBytes(0), Memory::plus);
  }

  private static boolean runs(Job job, int attempt) {
    JobStatus status = job.refresh();
    return status.attempt() == attempt && status.state() == JobState.RUNNING;
  }

  @Test
  void T17_must_not_complete_before_the_last_attempt() {
    needs(Capability.RETRY);
    Job job = submit(work(failing(1).inAttempts(1), RetryPolicy.attempts(2)));

    JobStatus completed = end(job);

    assertThat(done(job.completion()).attempt()).isEqualTo(2);
    assertSucceeded(completed);
  }

  @Test
  void T18_must_not_retry_what_never_ran() {
    needs(Capability.RETRY, Capability.AFTER);
    Job failed = submit(work(failing(1), RetryPolicy.none()));
    Job job = submit(work(ContractWork.quick(), RetryPolicy.attempts(3)), r -> r.after(failed));

    assertEnded(end(job), JobState.FAILED, Reason.DEPENDENCY_FAILED);
    assertThat(job.status().attempt()).isEqualTo(1);
  }

  @Test
  void T19_must_free_what_a_timed_out_job_had() {
    needs(Capability.TIMEOUT);
    end(submit(timed(ContractWork.endless())));

    assertThat(cpusInUse()).isZero();
  }

  /** What the client does for the backend is done by the client that knows of it. */
  @Test
  void T20_must_try_again_whichever_of_several_clients_submitted() {
    needs(Capability.RETRY);
    JobDefinition twice = work(failing(3).inAttempts(1), RetryPolicy.attempts(2));
    Job first = submit(twice);
    Job second = submit(anotherClient(), twice);

    assertSucceeded(endAfterAttempts(first, 2));
    assertSucceeded(endAfterAttempts(second, 2));
    assertSucceeded(end(hpc.job(second.id())));
  }
}
