package io.hpc4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a new folder for the files of one run. */
final class RunFolder {
  private RunFolder() {}

  static Path in(Path parent) throws IOException {
    return Files.createTempDirectory(
        Files.createDirectories(parent.toAbsolutePath().normalize()), "run-");
  }
}
