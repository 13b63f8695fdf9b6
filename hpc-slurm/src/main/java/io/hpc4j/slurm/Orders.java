package io.hpc4j.slurm;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.Hold;
import io.hpc4j.spi.Sentence;
import io.hpc4j.time.TimeSource;
import java.util.BitSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What users order: to cancel, to settle, to hold, to release. Thread-safe. */
final class Orders {
  private static final Logger LOG = LoggerFactory.getLogger(Orders.class);

  private final Commands commands;
  private final Steward steward;
  private final Watch watch;
  private final TimeSource time;

  Orders(Commands commands, Steward steward, Watch watch, TimeSource time) {
    this.commands = commands;
    this.steward = steward;
    this.watch = watch;
    this.time = time;
  }

  /** Cancels a job, an array or one element; the first reason that was given stays. */
  void cancel(SlurmJob job, JobId id, String reason) {
    look(job);
    synchronized (job) {
      if (job.isArray() && id.index().isPresent()) {
        cancelElement(job, id, reason);
      } else if (!job.isOver()) {
        if (job.decisions.ofAll().isEmpty()) {
          job.decide(Decision.ofAll(reason));
        }
        steward.cancelAll(job, time.instant());
      }
    }
  }

  /**
   * Looks whether Slurm's ids are still those of a job, if nobody has: a controller that was killed
   * may have given them to the jobs of others. Where it does not answer the order will tell.
   */
  private void look(SlurmJob job) {
    boolean unseen;
    synchronized (job) {
      unseen = !job.isOver() && !job.looked;
    }
    if (unseen) {
      try {
        watch.look();
      } catch (BackendException e) {
        LOG.debug("whether job {} has its ids yet is not known", job.id, e);
      }
    }
  }

  private void cancelElement(SlurmJob job, JobId id, String reason) {
    Task task = job.task(id);
    if (!task.isEnded() || task.sight.state() == JobState.LOST) {
      int index = id.index().orElseThrow();
      if (job.decisions.of(index) == null) {
        job.decide(new Decision(IndexSet.of(index), Sentence.cancelled(reason)));
      }
      task.retry = null;
      BitSet one = new BitSet();
      one.set(index);
      steward.cancelTasks(job, one, time.instant());
    }
  }

  /** Ends what is lost of a job, an array or one element as somebody has decided. */
  void settle(SlurmJob job, JobId id, JobState state) {
    synchronized (job) {
      job.forEach(
          (index, task) -> {
            boolean meant = id.index().orElse(index) == index;
            if (meant && task.shown().state() == JobState.LOST) {
              Reason reason = state == JobState.SUCCEEDED ? Reason.SUCCESS : Reason.LOST;
              task.sight = task.sight.ending(state, reason, "lost, then settled by the user");
            }
          });
    }
  }

  /**
   * Cancels a job of this program's because the backend is closed.
   *
   * @return whether nothing is left of it that could be cancelled
   */
  boolean cancelOnClose(SlurmJob job) {
    look(job);
    synchronized (job) {
      return job.isOver() || job.request == null || steward.cancelQuietly(job, time.instant());
    }
  }

  /** Holds a job, or ends that; Slurm or an administrator may have done either meanwhile. */
  void hold(SlurmJob job, boolean held) {
    look(job);
    synchronized (job) {
      if (job.isEnded()) {
        return;
      }
      if (held) {
        job.released.clear();
        job.pieces.stream()
            .filter(job::mayOrder)
            .forEach(
                piece -> commands.order("scontrol", List.of("hold"), List.of(piece.nativeId())));
      } else if (!job.awaitsOthers && !job.gathers) {
        steward.release(job);
      }
      if (job.held != held) {
        job.told.accept(Hold.note(held));
      }
      job.held = held;
    }
  }
}
