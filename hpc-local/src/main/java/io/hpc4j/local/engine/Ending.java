package io.hpc4j.local.engine;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.Optional;

/**
 * How an attempt, an element or a job has ended.
 *
 * @param reason why
 * @param exit how its process ended, if it had one
 * @param message in words; may be empty
 */
record Ending(Reason reason, Optional<Exit> exit, String message) {
  static Ending of(Reason reason, String message) {
    return new Ending(reason, Optional.empty(), message);
  }

  JobState state() {
    return switch (reason) {
      case SUCCESS -> JobState.SUCCEEDED;
      case CANCELLED -> JobState.CANCELLED;
      default -> JobState.FAILED;
    };
  }

  /** The same ending with more to say. */
  Ending with(String remark) {
    return new Ending(reason, exit, message.isEmpty() ? remark : message + "; " + remark);
  }

  /** An ending that was decided here keeps its reason, whatever the process made of it. */
  Ending decided(Ending decision) {
    return new Ending(decision.reason(), exit, decision.message());
  }
}
