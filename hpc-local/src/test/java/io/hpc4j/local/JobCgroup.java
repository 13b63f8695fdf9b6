package io.hpc4j.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the cgroup of a job. */
final class JobCgroup {
  private JobCgroup() {}

  /** The folder that a copy of {@code /proc/self/cgroup} names, if that is one of ours. */
  static Optional<Path> saidIn(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.split(":", 3))
        .filter(parts -> parts[2].contains("/hpc4j-"))
        .map(parts -> Path.of("/sys/fs/cgroup", parts[1], parts[2]))
        .findFirst();
  }
}
