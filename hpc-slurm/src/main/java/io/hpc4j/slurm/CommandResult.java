package io.hpc4j.slurm;

import java.util.Objects;

/**
 * How a command ended.
 *
 * @param status its exit status; 128 + n when a signal ended it
 * @param output what it wrote to its standard output
 * @param errors what it wrote to its standard error
 */
public record CommandResult(int status, String output, String errors) {
  /** Checks for {@code null}. */
  public CommandResult {
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(errors, "errors");
  }

  /** Whether it ended with status zero. */
  public boolean succeeded() {
    return status == 0;
  }
}
