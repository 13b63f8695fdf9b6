package io.hpc4j.local.process;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds a program as a shell in the job would: on the job's own PATH, from its own directory. */
final class ProgramPath {
  private ProgramPath() {}

  /** Returns the program's path, or the name as it is when there is no such program. */
  static String find(String program, Path directory, String searchPath) {
    if (program.contains("/")) {
      return directory.resolve(program).toString();
    }
    for (String entry : searchPath.split(":", -1)) {
      Path candidate = directory.resolve(entry).resolve(program);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    return program;
  }
}
