package io.hpc4j.model;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What an attempt, or a job over all its attempts, has used. What was not measured is absent.
 *
 * @param elapsed time from start to end, summed over attempts and elements
 * @param cpuTime processor time
 * @param peakMemory the largest memory seen at one time on one node
 */
public record Usage(
    Optional<Duration> elapsed, Optional<Duration> cpuTime, Optional<Memory> peakMemory) {
  /** Nothing was measured. */
  public static final Usage UNKNOWN =
      new Usage(Optional.empty(), Optional.empty(), Optional.empty());

  /** Checks for {@code null}. */
  public Usage {
    Objects.requireNonNull(elapsed, "elapsed");
    Objects.requireNonNull(cpuTime, "cpuTime");
    Objects.requireNonNull(peakMemory, "peakMemory");
  }

  /** Returns the usage of which only the elapsed time is known. */
  public static Usage elapsed(Duration elapsed) {
    return new Usage(Optional.of(elapsed), Optional.empty(), Optional.empty());
  }
}
