package io.hpc4j.spi;

import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.Objects;

/**
 * Why a backend itself ended something at a scheduler that calls all of it the same.
 *
 * @param state how it has ended
 * @param reason why
 * @param message why, in words
 */
public record Sentence(JobState state, Reason reason, String message) {
  /** Checks for {@code null}. */
  public Sentence {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(message, "message");
  }

  /** Somebody, or a rule of the job, wanted it to end. */
  public static Sentence cancelled(String why) {
    return new Sentence(JobState.CANCELLED, Reason.CANCELLED, why);
  }

  /** It counts as a failure. */
  public static Sentence failed(Reason reason, String why) {
    return new Sentence(JobState.FAILED, reason, why);
  }

  /** Nobody can tell any more how it has ended. */
  public static Sentence lost(String why) {
    return new Sentence(JobState.LOST, Reason.LOST, why);
  }
}
