package io.hpc4j.spi;

import java.time.Duration;

/**
 * How often a backend that does not push may be asked.
 *
 * @param shortest the interval to begin with, and again after each submission
 * @param longest the interval that it grows to; wins over any back-off
 * @param lostAfter how long a job may be unknown before it is {@link io.hpc4j.model.JobState#LOST}
 */
public record PollPolicy(Duration shortest, Duration longest, Duration lostAfter) {
  /** From 2 s to 60 s, lost after 5 minutes. */
  public static final PollPolicy DEFAULT =
      new PollPolicy(Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofMinutes(5));

  /**
   * Checks the durations.
   *
   * @throws IllegalArgumentException if one is not positive, or shortest is more than longest
   */
  public PollPolicy {
    if (shortest.isNegative()
        || shortest.isZero()
        || shortest.compareTo(longest) > 0
        || lostAfter.isNegative()
        || lostAfter.isZero()) {
      throw new IllegalArgumentException(
          "a poll policy needs 0 < shortest <= longest and lostAfter > 0: "
              + shortest
              + ", "
              + longest
              + ", "
              + lostAfter);
    }
  }
}
