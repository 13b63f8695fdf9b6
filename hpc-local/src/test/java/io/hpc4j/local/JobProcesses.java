package io.hpc4j.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds processes of jobs. */
final class JobProcesses {
  private JobProcesses() {}

  /** The processes that work in or under a folder and have this text in their environment. */
  static List<ProcessHandle> in(Path folder, String text) {
    return ProcessHandle.allProcesses()
        .filter(process -> matches(process.pid(), folder, text))
        .toList();
  }

  private static boolean matches(long pid, Path folder, String text) {
    Path process = Path.of("/proc", String.valueOf(pid));
    try {
      return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
              .contains(text)
          && process.resolve("cwd").toRealPath().startsWith(folder);
    } catch (IOException e) {
      return false; // it has ended, or is another user's
    }
  }
}
