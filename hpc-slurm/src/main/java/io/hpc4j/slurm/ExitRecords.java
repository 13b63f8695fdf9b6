package io.hpc4j.slurm;

import io.hpc4j.slurm.query.ExitRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that the scripts of jobs leave of their ends, in a folder that this machine and the
 * nodes share. Where it is not shared there are none, which is no error.
 */
final class ExitRecords {
  private static final Logger LOG = LoggerFactory.getLogger(ExitRecords.class);

  private final Path folder;

  ExitRecords(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /** The folder, as scripts are told it. */
  String folder() {
    return folder.toString();
  }

  /** Reads the record of a task's attempt. */
  Optional<ExitRecord> of(SlurmJob job, int index, Piece piece) {
    Path file =
        folder.resolve(job.id.token()).resolve((job.isArray() ? index : "job") + "." + piece.attempt());
    try {
      return ExitRecord.parse(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Removes all that a job has left. */
  void remove(SlurmJob job) {
    Path all = folder.resolve(job.id.token());
    try (Stream<Path> files = Files.walk(all)) {
      List<Path> deepest = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepest) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("the records of {} are left in {}", job.id, all, e);
    }
  }
}
