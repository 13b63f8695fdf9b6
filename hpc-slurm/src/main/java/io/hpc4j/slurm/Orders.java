package io.hpc4j.slurm;

import io.hpc4j.model.JobId;
import io.hpc4j.time.TimeSource;
import java.util.BitSet;
import java.util.List;

/** What users order: to cancel, to hold, to release. Thread-safe. */
final class Orders {
  private final Commands commands;
  private final Steward steward;
  private final TimeSource time;

  Orders(Commands commands, Steward steward, TimeSource time) {
    this.commands = commands;
    this.steward = steward;
    this.time = time;
  }

  /** Cancels a job, an array or one element; the first reason that was given stays. */
  void cancel(SlurmJob job, JobId id, String reason) {
    synchronized (job) {
      if (job.isArray() && id.index().isPresent()) {
        cancelElement(job, id, reason);
      } else if (!job.isOver()) {
        if (job.cancelReason == null) {
          job.cancelReason = reason;
        }
        steward.cancelAll(job, time.instant());
      }
    }
  }

  private void cancelElement(SlurmJob job, JobId id, String reason) {
    Task task = job.task(id);
    if (!task.isEnded()) {
      int index = id.index().orElseThrow();
      job.sentences.putIfAbsent(index, Sentence.cancelled(reason));
      task.retry = null;
      BitSet one = new BitSet();
      one.set(index);
      steward.cancelTasks(job, one, time.instant());
    }
  }

  /**
   * Cancels a job of this program's because the backend is closed.
   *
   * @return whether nothing is left of it that could be cancelled
   */
  boolean cancelOnClose(SlurmJob job) {
    synchronized (job) {
      return job.isOver() || job.request == null || steward.cancelQuietly(job, time.instant());
    }
  }

  /** Holds a job, or ends that. */
  void hold(SlurmJob job, boolean held) {
    synchronized (job) {
      boolean known = job.request != null; // else another program may have held it
      if (job.isEnded() || (known && job.held == held)) {
        return;
      }
      if (held) {
        job.released.clear();
        job.pieces.forEach(
            piece -> commands.order("scontrol", List.of("hold"), List.of(piece.nativeId())));
      } else if (!job.awaitsOthers && !job.gathers) {
        steward.release(job);
      }
      job.held = held;
    }
  }
}
