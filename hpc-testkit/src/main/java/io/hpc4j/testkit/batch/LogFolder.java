package io.hpc4j.testkit.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
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

  /** Where the files of an attempt's parts are, but for their numbers and endings. */
  String files(JobAttempt attempt) {
    return folder() + "/" + attempt.taskId;
  }

  private @Nullable Path file(JobAttempt attempt, String ending) {
    return isMade() ? Path.of(files(attempt) + ending) : null;
  }

  private synchronized boolean isMade() {
    return folder != null;
  }

  /** How a part has ended, if it has, and wrote so. */
  Optional<Integer> exitCode(JobAttempt attempt, int part) {
    String code = read(attempt, "." + part + ".exit").strip();
    return code.isEmpty() ? Optional.empty() : Optional.of(Integer.valueOf(code));
  }

  /** What a container of a task has written. */
  String output(JobAttempt attempt, int part) {
    return read(attempt, "." + part + ".log");
  }

  private String read(JobAttempt attempt, String ending) {
    Path file = file(attempt, ending);
    try {
      return file == null || !Files.exists(file)
          ? ""
          : new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a container of a task was started. */
  boolean hasOutput(JobAttempt attempt, int part) {
    return exists(attempt, "." + part + ".log");
  }

  /** Whether no essential container of a task could be started. */
  boolean isUnmet(JobAttempt attempt) {
    return exists(attempt, ".unmet");
  }

  private boolean exists(JobAttempt attempt, String ending) {
    Path file = file(attempt, ending);
    return file != null && Files.exists(file);
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
