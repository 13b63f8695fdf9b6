package io.hpc4j.slurm;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs Slurm's commands where they are: on this machine, say. Implementations are thread-safe. */
@FunctionalInterface
public interface CommandRunner {
  /**
   * Runs a command to its end, as an argument vector that no shell reads.
   *
   * <p>Its environment is minimal, since sbatch passes it on: {@code PATH}, {@code HOME}, {@code
   * USER}, {@code SHELL}, {@code LANG}, {@code TMPDIR} and {@code SLURM_CONF}. So there is none of
   * the variables by which Slurm's commands are told other defaults, {@code SBATCH_PARTITION} say.
   *
   * @param command the program and its arguments
   * @param environment variables that it has on top
   * @param input what it reads from its standard input
   * @param limit how long it may take
   * @return how it ended
   * @throws IOException if it could not be started, or did not end within the limit and was killed;
   *     what it has done is not known then
   */
  CommandResult run(
      List<String> command, Map<String, String> environment, String input, Duration limit)
      throws IOException;

  /** Returns the runner of commands on this machine. */
  static CommandRunner local() {
    return new LocalRunner();
  }
}
