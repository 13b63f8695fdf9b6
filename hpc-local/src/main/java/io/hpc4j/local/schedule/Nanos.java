package io.hpc4j.local.schedule;

import java.time.Duration;
import java.time.Instant;

/** Instants and durations in nanoseconds, which algorithms compare and add up. */
public final class Nanos {
  private Nanos() {}

  /** An instant, counted from 1970; what is too far away becomes the furthest there is. */
  public static long of(Instant instant) {
    try {
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (ArithmeticException e) {
      return instant.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** A duration; what is too long becomes {@link Candidate#UNLIMITED}. */
  public static long of(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return Candidate.UNLIMITED;
    }
  }

  /** The instant of this many nanoseconds since 1970. */
  public static Instant instant(long nanos) {
    return Instant.EPOCH.plusNanos(nanos);
  }
}
