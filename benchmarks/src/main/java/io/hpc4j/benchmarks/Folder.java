package io.hpc4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary folder that is deleted with all that is in it. */
final class Folder implements AutoCloseable {
  private final Path path;

  Folder() throws IOException {
    path = Files.createTempDirectory("hpc4j-benchmark-");
  }

  Path path() {
    return path;
  }

  /** Fails unless every job has left its output file. */
  void expect(int outputs) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      long found = files.filter(file -> file.toString().endsWith(".out")).count();
      if (found != outputs) {
        throw new IllegalStateException(found + " of " + outputs + " jobs have left an output");
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
