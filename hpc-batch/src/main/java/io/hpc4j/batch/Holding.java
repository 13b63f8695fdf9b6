package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Hold;
import io.hpc4j.spi.JobTable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds jobs, which AWS Batch does not: what AWS has not got is kept here, and what waits there is
 * taken back, to be sent again when it is released. What runs goes on. Thread-safe.
 */
final class Holding {
  private static final List<String> ON_THEIR_WAY =
      List.of("STARTING", "RUNNING", "SUCCEEDED", "FAILED");

  private final Calls calls;
  private final JobTable<BatchJob> jobs;

  Holding(Calls calls, JobTable<BatchJob> jobs) {
    this.calls = calls;
    this.jobs = jobs;
  }

  /**
   * Holds a job that has been looked at just now.
   *
   * @throws BackendException if AWS has it and it cannot be taken back; nothing has changed
   */
  void hold(BatchJob job) {
    List<String> dependents = dependents(job);
    synchronized (job) {
      if (job.held || job.isOver()) {
        return;
      }
      if (job.pieces.stream().anyMatch(Holding::waitsOnAws)) {
        refuse(job, dependents);
      }
      job.held = true;
      try {
        takeBack(job);
      } catch (BackendException e) {
        job.held = false;
        throw e;
      }
      job.told.accept(Hold.note(true));
    }
  }

  /** Ends a hold; returns whether there was one. */
  boolean release(BatchJob job) {
    synchronized (job) {
      boolean was = job.held;
      if (was) {
        job.told.accept(Hold.note(false));
        job.held = false;
      }
      return was;
    }
  }

  /** Takes back what waits on AWS of a job that is held; AWS leaves alone what runs. */
  void takeBack(BatchJob job) {
    if (job.held) {
      for (Piece piece : job.pieces) {
        if (waitsOnAws(piece)) {
          job.askedBack = true;
          calls.cancel(piece.nativeId, Piece.TAKEN_BACK);
        }
      }
    }
  }

  private static boolean waitsOnAws(Piece piece) {
    Seen seen = piece.seen;
    if (piece.over || seen == null) {
      return !piece.over;
    }
    int begun = ON_THEIR_WAY.stream().mapToInt(piece::count).sum();
    return piece.isArray()
        ? begun < piece.indices().size()
        : seen.state().filter(JobState::isWaiting).isPresent();
  }

  private static void refuse(BatchJob job, List<String> dependents) {
    Optional<String> why = Optional.empty();
    if (job.request == null) {
      why = Optional.of("another program has submitted it, and only that can send it again");
    } else if (job.request.sequential()) {
      why = Optional.of("its elements wait for each other there");
    } else if (!dependents.isEmpty()) {
      why = Optional.of("AWS would end what waits for it there: " + dependents);
    }
    if (why.isPresent()) {
      throw new BackendException(
          "job " + job.id + " cannot be held: AWS Batch has it, and " + why.get(), null);
    }
  }

  /** The jobs that AWS lets wait for a job. */
  private List<String> dependents(BatchJob job) {
    return jobs.open().stream()
        .filter(other -> other.request != null && dependsOn(other, job))
        .filter(Holding::isSent)
        .map(other -> other.id.toString())
        .toList();
  }

  private static boolean dependsOn(BatchJob other, BatchJob job) {
    return Objects.requireNonNull(other.request).dependencies().stream()
        .anyMatch(d -> d.on().token().equals(job.id.token()));
  }

  private static boolean isSent(BatchJob other) {
    synchronized (other) {
      return other.pieces.stream().anyMatch(piece -> !piece.over);
    }
  }
}
