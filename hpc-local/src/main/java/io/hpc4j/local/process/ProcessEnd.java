package io.hpc4j.local.process;

import io.hpc4j.model.Exit;
import io.hpc4j.model.Memory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a process ended.
 *
 * @param kind what is known of it
 * @param exit the exit; only of a process that {@link Kind#ENDED}
 * @param cpuTime the processor time of it and what it waited for, where that was measured
 * @param peakMemory the most that its group has held, where that was measured
 * @param outOfMemory whether a process of its group was killed for want of memory
 * @param at when it ended, if that was not just now
 * @param message why there is no exit; otherwise empty
 */
public record ProcessEnd(
    Kind kind,
    Optional<Exit> exit,
    Optional<Duration> cpuTime,
    Optional<Memory> peakMemory,
    boolean outOfMemory,
    Optional<Instant> at,
    String message) {
  /** What is known of an end. */
  public enum Kind {
    /** It ran and ended. */
    ENDED,
    /** It could not be started. */
    NOT_STARTED,
    /** It ran, and nobody can tell any more how it ended; it is gone. */
    LOST
  }

  /** Checks for {@code null}. */
  public ProcessEnd {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(exit, "exit");
    Objects.requireNonNull(cpuTime, "cpuTime");
    Objects.requireNonNull(peakMemory, "peakMemory");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(message, "message");
  }

  /** Returns the end of a process that ran. */
  public static ProcessEnd ended(Exit exit, Optional<Duration> cpuTime) {
    return new ProcessEnd(
        Kind.ENDED, Optional.of(exit), cpuTime, Optional.empty(), false, Optional.empty(), "");
  }

  /** Returns the end that a raw wait status tells, as wait(2) defines it on Linux. */
  static ProcessEnd ofWaitStatus(int status, long cpuMicros, @Nullable Instant at) {
    int signal = status & 0x7f;
    return new ProcessEnd(
        Kind.ENDED,
        Optional.of(signal == 0 ? Exit.code(status >> 8 & 0xff) : Exit.signal(signal)),
        Optional.of(Duration.of(cpuMicros, ChronoUnit.MICROS)),
        Optional.empty(),
        false,
        Optional.ofNullable(at),
        "");
  }

  /** Returns the end of a process that could not be started. */
  public static ProcessEnd notStarted(String message) {
    return withoutExit(Kind.NOT_STARTED, message);
  }

  /** Returns the end of a process of which nobody can tell how it ended. */
  public static ProcessEnd lost(String message) {
    return withoutExit(Kind.LOST, message);
  }

  private static ProcessEnd withoutExit(Kind kind, String message) {
    return new ProcessEnd(
        kind,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        message);
  }

  /** The same end with what its group's counters say; a peak of 0 is not known. */
  ProcessEnd held(long peakBytes, long kills) {
    Optional<Memory> peak =
        peakBytes == 0 ? Optional.empty() : Optional.of(Memory.ofBytes(peakBytes));
    return new ProcessEnd(kind, exit, cpuTime, peak, kills > 0, at, message);
  }
}
