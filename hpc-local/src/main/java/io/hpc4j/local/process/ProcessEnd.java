package io.hpc4j.local.process;

import io.hpc4j.model.Exit;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a process ended.
 *
 * @param kind what is known of it
 * @param exit the exit; only of a process that {@link Kind#ENDED}
 * @param cpuTime the processor time of it and what it waited for, where that was measured
 * @param message why there is no exit; otherwise empty
 */
public record ProcessEnd(
    Kind kind, Optional<Exit> exit, Optional<Duration> cpuTime, String message) {
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
    Objects.requireNonNull(message, "message");
  }

  /** Returns the end of a process that ran. */
  public static ProcessEnd ended(Exit exit, Optional<Duration> cpuTime) {
    return new ProcessEnd(Kind.ENDED, Optional.of(exit), cpuTime, "");
  }

  /** Returns the end of a process that could not be started. */
  public static ProcessEnd notStarted(String message) {
    return new ProcessEnd(Kind.NOT_STARTED, Optional.empty(), Optional.empty(), message);
  }

  /** Returns the end of a process of which nobody can tell how it ended. */
  public static ProcessEnd lost(String message) {
    return new ProcessEnd(Kind.LOST, Optional.empty(), Optional.empty(), message);
  }
}
