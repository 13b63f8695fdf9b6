package io.hpc4j.slurm;

import io.hpc4j.model.JobId;
import io.hpc4j.slurm.query.ExitRecord;
import io.hpc4j.slurm.query.TaskSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that the scripts of jobs leave of their starts and ends, in a folder that this
 * machine and the nodes share. Where it is not shared there are none, which is no error.
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

  /**
   * Reads the record that a piece has left of a task's attempt or of a later one: that of a run
   * before is there until the next one starts.
   */
  Optional<ExitRecord> of(SlurmJob job, int index, Piece piece, int attempt) {
    Path file =
        folder
            .resolve(job.id.token())
            .resolve((job.isArray() ? index : "job") + "." + piece.attempt());
    try {
      return ExitRecord.parse(Files.readString(file, StandardCharsets.UTF_8))
          .filter(record -> piece.attempt() + record.restarts() >= attempt);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether nodes have ever written to the folder that this machine sees: only jobs make it. */
  boolean areShared() {
    return Files.isDirectory(folder);
  }

  /** Slurm's ids of what carried those tasks of an attempt that have started; 0 for a job. */
  Map<Integer, String> started(JobId id, int attempt) {
    Map<Integer, String> all = new TreeMap<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder.resolve(id.token()), "*." + attempt + ".start")) {
      for (Path file : files) {
        String text = Files.readString(file, StandardCharsets.UTF_8).strip();
        String key = file.getFileName().toString().split("\\.", 2)[0];
        if (TaskSet.parse(text).isPresent()) { // else it is still written
          all.put(key.equals("job") ? 0 : Integer.parseInt(key), text);
        }
      }
    } catch (IOException | NumberFormatException e) {
      LOG.debug("no record of a start of {} can be read", id, e);
    }
    return all;
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
