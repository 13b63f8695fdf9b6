package io.hpc4j;

import java.time.Duration;

/**
 * How a tracker behaves; where clients share one, the more cautious wish counts.
 *
 * @param pollFloor the shortest interval between two polls that the user allows
 * @param keepEnded how many ended jobs are kept
 * @param keepEndedFor how long ended jobs are kept
 */
record TrackerOptions(Duration pollFloor, int keepEnded, Duration keepEndedFor) {
  static final TrackerOptions DEFAULT =
      new TrackerOptions(Duration.ZERO, 10_000, Duration.ofHours(24));

  TrackerOptions and(TrackerOptions other) {
    return new TrackerOptions(
        longer(pollFloor, other.pollFloor),
        Math.max(keepEnded, other.keepEnded),
        longer(keepEndedFor, other.keepEndedFor));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
