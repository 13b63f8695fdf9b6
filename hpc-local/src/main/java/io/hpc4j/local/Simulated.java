package io.hpc4j.local;

import io.hpc4j.model.Exit;
import io.hpc4j.model.Reason;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What one attempt of a simulated job does: how long it takes and how it ends.
 *
 * @param duration how long it takes
 * @param reason how it ends
 * @param exit its exit, if its reason has one
 */
public record Simulated(Duration duration, Reason reason, Optional<Exit> exit) {
  /**
   * Checks the duration.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Simulated {
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(exit, "exit");
    if (duration.isNegative()) {
      throw new IllegalArgumentException("a duration must not be negative: " + duration);
    }
  }

  /** Succeeds after this time. */
  public static Simulated success(Duration duration) {
    return exit(0, duration);
  }

  /** Ends with an exit code after this time. */
  public static Simulated exit(int code, Duration duration) {
    Reason reason = code == 0 ? Reason.SUCCESS : Reason.NON_ZERO_EXIT;
    return new Simulated(duration, reason, Optional.of(Exit.code(code)));
  }

  /** Ends by a signal after this time. */
  public static Simulated signal(int signal, Duration duration) {
    return new Simulated(duration, Reason.SIGNALLED, Optional.of(Exit.signal(signal)));
  }

  /**
   * Fails for a reason after this time.
   *
   * @throws IllegalArgumentException if the reason is success
   */
  public static Simulated fails(Reason reason, Duration duration) {
    if (reason == Reason.SUCCESS) {
      throw new IllegalArgumentException("a failure needs a reason, not " + reason);
    }
    return new Simulated(duration, reason, Optional.empty());
  }
}
