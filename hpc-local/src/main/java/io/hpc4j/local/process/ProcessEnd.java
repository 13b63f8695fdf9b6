package io.hpc4j.local.process;

import io.hpc4j.model.Exit;
import java.util.Objects;
import java.util.Optional;

/**
 * How a process ended.
 *
 * @param exit the exit; absent when it could not be started
 * @param message why it could not be started; otherwise empty
 */
public record ProcessEnd(Optional<Exit> exit, String message) {
  /** Checks for {@code null}. */
  public ProcessEnd {
    Objects.requireNonNull(exit, "exit");
    Objects.requireNonNull(message, "message");
  }

  /** Returns the end of a process that ran. */
  public static ProcessEnd ended(Exit exit) {
    return new ProcessEnd(Optional.of(exit), "");
  }

  /** Returns the end of a process that could not be started. */
  public static ProcessEnd launchFailed(String message) {
    return new ProcessEnd(Optional.empty(), message);
  }
}
