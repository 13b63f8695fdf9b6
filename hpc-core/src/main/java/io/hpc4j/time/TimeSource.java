package io.hpc4j.time;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Tells the time and runs actions at given times. Thread-safe. */
public interface TimeSource extends InstantSource {
  /**
   * Runs an action at an instant; at once, though not before this returns in virtual time, if that
   * has passed. {@link Instant#MAX} means never.
   */
  Cancellable schedule(Instant when, Phase phase, Runnable action);

  /** Runs an action after a delay. */
  default Cancellable schedule(Duration delay, Phase phase, Runnable action) {
    return schedule(plus(instant(), delay), phase, action);
  }

  /**
   * Returns a source of the system's time, in microseconds. Actions run on one daemon thread that
   * goes away when nothing is scheduled; one that throws is logged.
   */
  static TimeSource system() {
    return new SystemTime();
  }

  /** Returns the instant this much later; {@link Instant#MAX} when there is no such instant. */
  static Instant plus(Instant instant, Duration duration) {
    try {
      return instant.plus(duration);
    } catch (DateTimeException | ArithmeticException e) {
      return duration.isNegative() ? Instant.MIN : Instant.MAX;
    }
  }
}
