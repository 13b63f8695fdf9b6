package io.hpc4j.local.process;

import io.hpc4j.model.Exit;
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
 * @param at when it ended, if that was not just now
 * @param message why there is no exit; otherwise empty
 */
public record ProcessEnd(
    Kind kind,
    Optional<Exit> exit,
    Optional<Duration> cpuTime,
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
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(message, "message");
  }

  /** Returns the end of a process that ran. */
  public static ProcessEnd ended(Exit exit, Optional<Duration> cpuTime) {
    return new ProcessEnd(Kind.ENDED, Optional.of(exit), cpuTime, Optional.empty(), "");
  }

  /** Returns the end that a raw wait status tells, as wait(2) defines it on Linux. */
  static ProcessEnd ofWaitStatus(int status, long cpuMicros, @Nullable Instant at) {
    int signal = status & 0x7f;
    return new ProcessEnd(
        Kind.ENDED,
        Optional.of(signal == 0 ? Exit.code(status >> 8 & 0xff) : Exit.signal(signal)),
        Optional.of(Duration.of(cpuMicros, ChronoUnit.MICROS)),
        Optional.ofNullable(at),
        "");
  }

  /** Returns the end of a process that could not be started. */
  public static ProcessEnd notStarted(String message) {
    return new ProcessEnd(
        Kind.NOT_STARTED, Optional.empty(), Optional.empty(), Optional.empty(), message);
  }

  /** Returns the end of a process of which nobody can tell how it ended. */
  public static ProcessEnd lost(String message) {
    return new ProcessEnd(Kind.LOST, Optional.empty(), Optional.empty(), Optional.empty(), message);
  }
}
