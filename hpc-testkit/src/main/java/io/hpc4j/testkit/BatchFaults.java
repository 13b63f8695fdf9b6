package io.hpc4j.testkit;

import io.hpc4j.testkit.batch.BatchService;
import io.hpc4j.testkit.batch.FaultState;
import java.time.Duration;

/**
 * What a {@link BatchEndpoint} does wrong, and how often it was called. Counts are used up one by
 * one; switches stay until they are switched again. Durations are of the backend's time but where
 * it says otherwise. Thread-safe.
 */
public final class BatchFaults {
  private final FaultState state;
  private final BatchService service;

  BatchFaults(FaultState state, BatchService service) {
    this.state = state;
    this.service = service;
  }

  /** The next submissions are accepted, and the connection is closed without a reply. */
  public BatchFaults loseReplies(int count) {
    state.loseReplies(count);
    return this;
  }

  /** From now on each n-th submission is accepted without a reply; 0 for none. */
  public BatchFaults loseEveryReply(int n) {
    state.loseEvery(n);
    return this;
  }

  /** The next calls are answered by 429 TooManyRequestsException. */
  public BatchFaults throttle(int calls) {
    state.throttle(calls);
    return this;
  }

  /** All calls are answered by 429 TooManyRequestsException for this long. */
  public BatchFaults throttleFor(Duration duration) {
    state.throttleFor(duration);
    return this;
  }

  /** This part of all calls, 0 to 1, is answered by 429 TooManyRequestsException. */
  public BatchFaults throttleFraction(double fraction) {
    state.throttleFraction(fraction);
    return this;
  }

  /**
   * So many SubmitJob calls are taken within a second of the backend's time, and more are answered
   * by 429 TooManyRequestsException; 0 for any number. AWS takes 50.
   */
  public BatchFaults submitsPerSecond(int count) {
    state.submitsPerSecond(count);
    return this;
  }

  /** The next calls are answered by 500 ServerException, and have no effect. */
  public BatchFaults fail(int calls) {
    state.fail(calls);
    return this;
  }

  /** Each answer comes this much later, in real time; the request takes effect after it. */
  public BatchFaults slowAnswers(Duration delay) {
    state.delay(delay);
    return this;
  }

  /** Jobs that are new from now on are not in descriptions and listings for this long. */
  public BatchFaults lateVisibility(Duration delay) {
    state.late(delay);
    return this;
  }

  /**
   * Jobs that are new from now on are SUBMITTED for this long, as if the scheduler had not looked
   * at them yet: they wait for nobody, and arrays have no children. Without it that is over at
   * once.
   */
  public BatchFaults submittedFor(Duration duration) {
    state.unseen(duration);
    return this;
  }

  /** Statuses of jobs are words that no client knows. */
  public BatchFaults unknownStatuses(boolean value) {
    state.strangeWords(value);
    return this;
  }

  /** Exit codes are missing from what is told of jobs. */
  public BatchFaults missingExitCodes(boolean value) {
    state.exitCodes(!value);
    return this;
  }

  /**
   * Takes the instance away on which a job runs: its attempt ends without an exit code, and is
   * repeated as its retry strategy says.
   *
   * @throws IllegalArgumentException if the job is not known
   * @throws IllegalStateException if it does not run
   */
  public BatchFaults reclaim(String jobId) {
    service.reclaim(jobId);
    return this;
  }

  /**
   * Forgets a job as if it had ended more than seven days ago.
   *
   * @throws IllegalArgumentException if the job is not known
   */
  public BatchFaults expire(String jobId) {
    service.expire(jobId);
    return this;
  }

  /** From now on nothing is wrong any more; what was counted stays counted. */
  public BatchFaults none() {
    return loseReplies(0)
        .loseEveryReply(0)
        .throttle(0)
        .throttleFor(Duration.ZERO)
        .throttleFraction(0)
        .submitsPerSecond(0)
        .fail(0)
        .slowAnswers(Duration.ZERO)
        .lateVisibility(Duration.ZERO)
        .submittedFor(Duration.ZERO)
        .unknownStatuses(false)
        .missingExitCodes(false);
  }

  /** How often an operation was called, refused calls included: {@code DescribeJobs}. */
  public int calls(String operation) {
    return state.calls(operation);
  }
}
