package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Sentence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What users order to end, and how it is ended here and on AWS. Thread-safe. */
final class Orders {
  private static final Logger LOG = LoggerFactory.getLogger(Orders.class);

  private final Calls calls;
  private final Sender sender;

  Orders(Calls calls, Sender sender) {
    this.calls = calls;
    this.sender = sender;
  }

  /** Cancels all of a job; the first reason stays. */
  void cancel(BatchJob job, String reason, Instant now) {
    synchronized (job) {
      if (job.isOver()) {
        return;
      }
      if (job.cancelReason == null) {
        job.cancelReason = reason;
      }
      job.awaitsOthers = false;
      job.held = false;
      endUnsent(job, Sentence.cancelled(job.cancelReason), now);
      for (Piece piece : job.pieces) {
        if (!piece.over) {
          job.condemned.put(piece.nativeId, job.cancelReason);
        }
      }
      condemnBarriers(job, job.cancelReason);
      terminateAll(job);
    }
  }

  /** What only gathers what a job waits for goes with it. */
  void condemnBarriers(BatchJob job, String reason) {
    try {
      if (job.mayHaveBarriers()) {
        job.barriers.putAll(sender.barriers(job));
      }
    } catch (BackendException e) {
      LOG.debug("barriers of job {} are not looked for", job.id, e);
    }
    job.barriers.values().forEach(id -> job.condemned.put(id, reason));
    job.barriers.clear();
  }

  /**
   * Cancels all of a job, if AWS can be reached.
   *
   * @return whether it could
   */
  boolean cancelQuietly(BatchJob job, Instant now) {
    try {
      cancel(job, "the backend was closed", now);
      return true;
    } catch (BackendException e) {
      LOG.warn("job {} could not be cancelled", job.id, e);
      return false;
    }
  }

  /** Notes how a person has decided that what AWS does not know any more counts. */
  void settle(BatchJob job, JobId id, JobState state, Instant now) {
    Reason reason =
        state == JobState.SUCCEEDED
            ? Reason.SUCCESS
            : state == JobState.CANCELLED ? Reason.CANCELLED : Reason.LOST;
    Sentence end = new Sentence(state, reason, "settled by a person");
    synchronized (job) {
      job.forEach(
          (index, task) -> {
            boolean meant = id.index().isEmpty() || id.index().getAsInt() == index;
            Piece piece = task.piece;
            boolean unknown = !task.isEnded() && piece != null && piece.unknownSince != null;
            if (meant && (unknown || task.state() == JobState.LOST)) {
              task.end(end, now);
            }
          });
    }
  }

  /** Cancels one element. */
  void cancel(BatchJob job, int index, String reason, Instant now) {
    synchronized (job) {
      Task task = job.task(index).orElseThrow();
      if (task.isEnded()) {
        return;
      }
      job.sentences.putIfAbsent(index, Sentence.cancelled(reason));
      Sentence sentence = Objects.requireNonNull(job.sentence(index));
      Piece piece = task.piece;
      if (isUncertain(job, index)) {
        return; // it is looked for first
      }
      if (piece == null || task.retry != null) {
        task.end(sentence, now);
        without(job, index);
      } else {
        job.condemned.put(piece.nativeId(index), sentence.message());
        terminateAll(job);
      }
    }
  }

  /** Ends all of a job for a reason of its own: AWS is told the next time. */
  static void condemn(BatchJob job, Sentence why, Instant now) {
    endUnsent(job, why, now);
    for (Piece piece : job.pieces) {
      boolean[] news = {false};
      job.forEach(
          piece,
          (index, task) ->
              news[0] |= !task.isEnded() && job.sentences.putIfAbsent(index, why) == null);
      if (news[0] && !piece.over) {
        job.condemned.put(piece.nativeId, why.message());
      }
    }
  }

  /** Leaves an element out of what is to be sent. */
  static void without(BatchJob job, int index) {
    if (!job.isArray()) {
      job.unsent.clear();
      return;
    }
    List<NativeJob> rest =
        job.unsent.stream()
            .filter(part -> part.indices().size() != 1 || !part.indices().contains(index))
            .map(
                part ->
                    part.indices().contains(index)
                        ? new NativeJob(
                            part.part(),
                            IndexSet.of(part.indices().stream().filter(i -> i != index).toArray()),
                            part.attempt(),
                            part.memory(),
                            part.dependsOn())
                        : part)
            .toList();
    job.unsent.clear();
    job.unsent.addAll(rest);
  }

  // ---- how it is done

  /** Tells AWS what it is to end; what it could not be told, it is told the next time. */
  void terminateAll(BatchJob job) {
    for (Map.Entry<String, String> one : List.copyOf(job.condemned.entrySet())) {
      try {
        calls.terminate(one.getKey(), one.getValue());
      } catch (Calls.Refused e) {
        job.condemned.remove(one.getKey());
        throw e;
      }
      job.condemned.remove(one.getKey());
    }
  }

  /**
   * Ends what AWS has not got. What it may have got is looked for first, and ended when it is known
   * to be there or not.
   */
  static void endUnsent(BatchJob job, Sentence sentence, Instant now) {
    job.unsent.removeIf(part -> !job.uncertain.containsKey(part));
    job.forEach(
        (index, task) -> {
          if (isUncertain(job, index)) {
            job.sentences.putIfAbsent(index, sentence);
          } else if (!task.isEnded() && (task.piece == null || task.retry != null)) {
            task.end(sentence, now);
          }
        });
  }

  /** Whether AWS may have an element. */
  static boolean isUncertain(BatchJob job, int index) {
    return job.uncertain.keySet().stream().anyMatch(part -> carries(job, part, index));
  }

  /** Whether an element, or the job, is in a part. */
  static boolean carries(BatchJob job, NativeJob part, int index) {
    return !job.isArray() || part.indices().contains(index);
  }
}
