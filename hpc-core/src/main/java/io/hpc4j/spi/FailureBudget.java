package io.hpc4j.spi;

import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.Optional;

/**
 * How many elements of an array may fail before those that wait are ended, and with {@link
 * JobRequest#failFast()} those that run.
 *
 * @param most as many may fail
 */
public record FailureBudget(int most) {
  /** The budget of an array; empty if any number may fail. */
  public static Optional<FailureBudget> of(JobRequest request) {
    boolean limited = request.maxFailures().isPresent() || request.failFast();
    return limited
        ? Optional.of(new FailureBudget(request.maxFailures().orElse(0)))
        : Optional.empty();
  }

  /** Whether an element that ended so counts: it failed by itself, not for another job. */
  public static boolean counts(JobState state, Optional<Reason> reason) {
    return state == JobState.FAILED && reason.filter(Reason.DEPENDENCY_FAILED::equals).isEmpty();
  }

  /** Whether so many failures are too many. */
  public boolean isSpentBy(int failures) {
    return failures > most;
  }

  /** What is said of an element that is ended because others have failed. */
  public Sentence sentence() {
    return Sentence.cancelled(
        "more elements have failed than the failure budget of " + most + " allows");
  }
}
