package io.hpc4j.batch;

import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;

/**
 * Why something was ended by this program; AWS Batch calls all of it the same.
 *
 * @param state how it has ended
 * @param reason why
 * @param message why, in words
 */
record Sentence(JobState state, Reason reason, String message) {
  static Sentence cancelled(String why) {
    return new Sentence(JobState.CANCELLED, Reason.CANCELLED, why);
  }

  static Sentence lost(String why) {
    return new Sentence(JobState.LOST, Reason.LOST, why);
  }

  static Sentence failed(Reason reason, String why) {
    return new Sentence(JobState.FAILED, reason, why);
  }
}
