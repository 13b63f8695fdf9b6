package io.hpc4j.testkit.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the output of jobs goes, and what they leave in {@code TMPDIR}, which would go with a
 * container: a temporary folder that goes with the endpoint. Thread-safe.
 */
final class LogFolder implements AutoCloseable {
  private @Nullable Path folder;

  /** The pattern of the output files. */
  String pattern() {
    return folder().replace("%", "%%") + "/%j-%n.log";
  }

  /** The folder, which is made when it is first needed. */
  synchronized String folder() {
    Path here = folder;
    try {
      if (here == null) {
        here = Files.createTempDirectory("hpc4j-batch-");
        folder = here;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return here.toString();
  }

  @Override
  public synchronized void close() {
    Path here = folder;
    if (here == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(here)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
    } catch (IOException | UncheckedIOException e) {
      return; // what is left lies in the temporary folder
    }
  }
}
