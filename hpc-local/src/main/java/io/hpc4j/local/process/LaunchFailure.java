package io.hpc4j.local.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Says in words why a program could not be started. Looks at the files it names. */
final class LaunchFailure {
  private static final Map<Integer, String> ERRORS =
      Map.of(
          1, "the operation is not permitted",
          2, "a file or folder does not exist",
          7, "its arguments and environment are too long",
          8, "it is not a program for this machine",
          11, "there is no room for another process (a limit on processes is reached)",
          12, "there is no memory for another process",
          13, "permission is denied",
          24, "too many files are open",
          28, "no space is left on the device",
          30, "the file system is read-only");

  private LaunchFailure() {}

  /** Explains an error number of Linux. */
  static String explain(ProcessSpec spec, int errno) {
    return explain(spec, ERRORS.getOrDefault(errno, "error " + errno));
  }

  /** Explains what the files show, or else repeats what is known. */
  static String explain(ProcessSpec spec, String known) {
    Path program = Path.of(spec.command().get(0));
    String why = known;
    if (!Files.isDirectory(spec.directory())) {
      why = "the working directory does not exist";
    } else if (Files.isDirectory(program)) {
      why = "the program is a directory";
    } else if (!Files.exists(program)) {
      why = "there is no such program";
    } else if (!Files.isExecutable(program)) {
      why = "the program is not executable";
    } else if (cannotBeIn(spec.stdout())) {
      why = "the folder of its output does not exist: " + spec.stdout().getParent();
    } else if (spec.stderr().filter(LaunchFailure::cannotBeIn).isPresent()) {
      why = "the folder of its errors does not exist: " + spec.stderr().get().getParent();
    } else if (spec.stdin().filter(Files::notExists).isPresent()) {
      why = "its input does not exist: " + spec.stdin().get();
    }
    return "cannot start " + program + " in " + spec.directory() + ": " + why;
  }

  private static boolean cannotBeIn(Path file) {
    Path folder = file.getParent();
    return folder != null && !Files.isDirectory(folder);
  }
}
