package io.hpc4j.local.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to start.
 *
 * @param command the program and its arguments
 * @param environment the whole environment
 * @param directory the working directory
 * @param stdin the file to read; absent: nothing to read
 * @param stdout the file to write, emptied first
 * @param stderr the file to write errors to, emptied first; absent: the same as output
 */
public record ProcessSpec(
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Optional<Path> stdin,
    Path stdout,
    Optional<Path> stderr) {
  /** Copies the collections. */
  public ProcessSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /** The program and the directory; never an argument or an environment value. */
  @Override
  public String toString() {
    return command.get(0) + " in " + directory;
  }
}
