package io.hpc4j.local.process;

import io.hpc4j.model.Variables;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to start.
 *
 * @param name unique among all processes of the scheduler, now and later; of letters, digits,
 *     {@code _} and {@code .}
 * @param command the program and its arguments
 * @param environment the whole environment
 * @param directory the working directory
 * @param stdin the file to read; absent: nothing to read
 * @param stdout the file to write, emptied first
 * @param stderr the file to write errors to, emptied first; absent: the same as output
 * @param leaveDaemons whether what the process has left when it ends by itself may live on
 * @param limits what it may use
 */
public record ProcessSpec(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Optional<Path> stdin,
    Path stdout,
    Optional<Path> stderr,
    boolean leaveDaemons,
    Limits limits) {
  private static final List<String> IDENTITY =
      List.of(
          Variables.JOB_ID,
          Variables.ARRAY_INDEX,
          Variables.ATTEMPT,
          Variables.TASK_INDEX,
          "AWS_BATCH_JOB_ID");

  /** Copies the collections. */
  public ProcessSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /** The variables that all descendants inherit and no other process has. */
  List<String> tags() {
    return environment.containsKey(Variables.JOB_ID)
        ? IDENTITY.stream()
            .filter(environment::containsKey)
            .map(name -> name + "=" + environment.get(name))
            .toList()
        : List.of();
  }

  /** The program and the directory; never an argument or an environment value. */
  @Override
  public String toString() {
    return command.get(0) + " in " + directory;
  }
}
