package io.hpc4j.time;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Tells the time and runs actions at given times. Thread-safe. */
public interface TimeSource extends InstantSource {
  /**
   * Runs an action at an instant; as soon as possible if that has passed, though in virtual time
   * not before somebody drives it. {@link Instant#MAX} means never.
   *
   * @param phase where the action stands among those of its instant; of no effect in system time
   */
  Cancellable schedule(Instant when, Phase phase, Runnable action);

  /**
   * Runs an action after a delay; as soon as possible if that is zero or negative, never if no
   * instant is that far away.
   */
  default Cancellable schedule(Duration delay, Phase phase, Runnable action) {
    return schedule(plus(instant(), delay), phase, action);
  }

  /**
   * Returns a source of the system's time, in microseconds. Actions run on one daemon thread that
   * goes away when nothing is scheduled; one that throws is logged. More than 100 years means
   * never. Delays do not follow a clock that is set while they last.
   */
  static TimeSource system() {
    return new SystemTime();
  }

  /**
   * Returns the instant this much later; {@link Instant#MAX}, or {@link Instant#MIN} for a negative
   * duration, when there is no such instant.
   */
  static Instant plus(Instant instant, Duration duration) {
    try {
      return instant.plus(duration);
    } catch (DateTimeException | ArithmeticException e) {
      return duration.isNegative() ? Instant.MIN : Instant.MAX;
    }
  }
}
