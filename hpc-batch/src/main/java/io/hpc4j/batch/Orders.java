package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.Sentence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is ordered to end, and how it is ended here and on AWS. Thread-safe. */
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
      if (job.decisions.ofAll().isEmpty()) {
        job.decide(Decision.ofAll(reason));
      }
      job.awaitsOthers = false;
      job.held = false;
      carryOut(job, index -> true, now);
      condemnBarriers(job, reason);
      terminateAll(job);
    }
  }

  /** Cancels one element. */
  void cancel(BatchJob job, int index, String reason, Instant now) {
    synchronized (job) {
      if (job.task(index).orElseThrow().isEnded()) {
        return;
      }
      if (job.decisions.of(index) == null) {
        job.decide(new Decision(IndexSet.of(index), Sentence.cancelled(reason)));
      }
      carryOut(job, some -> some == index, now);
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
   * Cancels all of a job when the backend is closed, as far as AWS lets it.
   *
   * @return whether AWS could be reached
   */
  boolean cancelQuietly(BatchJob job, Instant now) {
    try {
      cancel(job, "the backend was closed", now);
      return true;
    } catch (BackendException e) {
      LOG.warn("job {} could not be cancelled", job.id, e);
      return e instanceof Calls.Refused;
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

  /** Ends all of a job for a reason of its own: AWS is told the next time. */
  static void condemn(BatchJob job, Sentence why, Instant now) {
    endUnsent(job, why, now);
    for (Piece piece : job.pieces) {
      boolean[] news = {false};
      job.forEach(
          piece, (index, task) -> news[0] |= !task.isEnded() && job.decisions.add(index, why));
      if (news[0] && !piece.over) {
        job.condemned.put(piece.nativeId, why.message());
      }
    }
  }

  // ---- how it is done

  /**
   * Does what has been decided of some elements: what AWS has not got ends here, the rest is to be
   * told to AWS. What AWS may have got is looked for first.
   */
  static void carryOut(BatchJob job, IntPredicate some, Instant now) {
    BitSet here = new BitSet();
    job.forEach(
        (index, task) -> {
          Sentence end = some.test(index) ? job.decisions.of(index) : null;
          boolean isHere = task.piece == null || job.isBetween(task);
          if (end != null && isHere && !task.isEnded() && !isUncertain(job, index)) {
            task.end(end, now);
            here.set(index);
          }
        });
    without(job, here);
    for (Piece piece : job.pieces) {
      if (!piece.over) {
        condemn(job, piece, some);
      }
    }
  }

  /**
   * Notes what of a piece AWS is to end: the elements, or the whole if that is all that is open.
   */
  private static void condemn(BatchJob job, Piece piece, IntPredicate some) {
    Map<Integer, Sentence> meant = new LinkedHashMap<>();
    int[] left = {0};
    job.forEach(
        piece,
        (index, task) -> {
          Sentence end = some.test(index) ? job.decisions.of(index) : null;
          if (task.isEnded() || task.retry != null) {
            return;
          } else if (end == null) {
            left[0]++;
          } else if (job.spares(end)) {
            left[0]++;
            job.unwanted.put(piece.nativeId(index), end.message());
          } else {
            meant.put(index, end);
          }
        });
    if (left[0] == 0 && (job.decisions.ofAll().isPresent() || meant.size() > 1)) {
      meant.values().stream()
          .findFirst()
          .ifPresent(end -> job.condemned.put(piece.nativeId, end.message()));
    } else {
      meant.forEach((index, end) -> job.condemned.put(piece.nativeId(index), end.message()));
    }
  }

  /** Tells AWS what it is to end; what it could not be told, it is told the next time. */
  void terminateAll(BatchJob job) {
    tell(job.condemned, calls::terminate);
    tell(job.unwanted, calls::cancel);
  }

  private static void tell(Map<String, String> all, BiConsumer<String, String> call) {
    for (Map.Entry<String, String> one : List.copyOf(all.entrySet())) {
      try {
        call.accept(one.getKey(), one.getValue());
      } catch (Calls.Refused e) {
        if (!e.isForbidden()) { // forbidden it may be for now alone
          all.remove(one.getKey());
        }
        throw e;
      }
      all.remove(one.getKey());
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
          boolean maybeSent = task.retry != null && !job.isBetween(task);
          if (isUncertain(job, index) || maybeSent) {
            job.decisions.add(index, sentence);
          } else if (!task.isEnded() && (task.piece == null || task.retry != null)) {
            task.end(sentence, now);
          }
        });
  }

  /** Leaves elements out of what is to be sent. */
  static void without(BatchJob job, BitSet ended) {
    if (ended.isEmpty()) {
      return;
    }
    List<NativeJob> rest = new ArrayList<>();
    for (NativeJob part : job.unsent) {
      int[] left = part.indices().stream().filter(index -> !ended.get(index)).toArray();
      if (left.length == part.indices().size() && job.isArray()) {
        rest.add(part);
      } else if (left.length > 0) {
        rest.add(
            new NativeJob(
                part.part(), IndexSet.of(left), part.attempt(), part.memory(), part.dependsOn()));
      }
    }
    job.unsent.clear();
    job.unsent.addAll(rest);
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
