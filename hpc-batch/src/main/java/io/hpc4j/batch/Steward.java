package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.Parts;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.FailureBudget;
import io.hpc4j.spi.Judgement;
import io.hpc4j.spi.Sentence;
import java.time.Instant;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.batch.model.JobDetail;

/**
 * Does for a job what AWS Batch does not: further attempts by rules that AWS cannot tell apart,
 * dependencies on jobs that have such, failure budgets. Each step is decided by what is known of
 * the job, so a step that failed is taken again. Thread-safe.
 */
final class Steward {
  private static final Logger LOG = LoggerFactory.getLogger(Steward.class);

  private final Calls calls;
  private final Sender sender;
  private final Observer observer;
  private final Dependents dependents;
  private final InstantSource time;

  Steward(
      Calls calls, Sender sender, Observer observer, Dependents dependents, InstantSource time) {
    this.calls = calls;
    this.sender = sender;
    this.observer = observer;
    this.dependents = dependents;
    this.time = time;
  }

  /** Does what is to be done for a job now; what cannot be done is left for the next time. */
  void tend(BatchJob job, Instant now) {
    try {
      synchronized (job) {
        terminateAll(job);
        if (job.request == null) {
          return;
        }
        if (job.awaitsOthers) {
          judge(job, now);
        }
        giveUpInVain(job, now);
        retry(job, now);
        if (!job.awaitsOthers) {
          sendRest(job, now);
        }
        spend(job, now);
        terminateAll(job);
      }
    } catch (BackendException e) {
      LOG.debug("job {} is tended to later", job.id, e);
    }
  }

  /** When something is to be done for a job that nobody else will tell of. */
  static Optional<Instant> nextStep(BatchJob job) {
    synchronized (job) {
      Instant[] next = {job.condemned.isEmpty() ? Instant.MAX : Instant.MIN};
      job.forEach(
          (index, task) -> {
            if (task.retry != null) {
              Instant due = due(job, task, task.retry);
              next[0] = due.isBefore(next[0]) ? due : next[0];
            }
          });
      for (Instant since : job.uncertain.values()) {
        Instant due = since.plus(Observer.GRACE);
        next[0] = due.isBefore(next[0]) ? due : next[0];
      }
      return Optional.of(next[0]).filter(due -> due.isBefore(Instant.MAX));
    }
  }

  private static Instant due(BatchJob job, Task task, RetryPolicy.Retry retry) {
    Instant due = task.restsSince().plus(retry.delay());
    Instant known = job.adoptedAt == null ? Instant.MIN : job.adoptedAt.plus(Observer.GRACE);
    return due.isBefore(known) ? known : due;
  }

  private void judge(BatchJob job, Instant now) {
    Judgement whole = dependents.judgeWhole(job, now);
    boolean[] waits = {whole.verdict() == Judgement.Verdict.WAITS};
    if (whole.verdict() == Judgement.Verdict.NEVER) {
      endUnsent(job, Sentence.failed(Reason.DEPENDENCY_FAILED, whole.words()), now);
    } else {
      job.forEach(
          (index, task) -> {
            if (task.piece == null && !task.isEnded()) {
              waits[0] |= judge(job, index, task, now) == Judgement.Verdict.WAITS;
            }
          });
    }
    job.awaitsOthers = waits[0];
  }

  private Judgement.Verdict judge(BatchJob job, int index, Task task, Instant now) {
    Judgement each = dependents.judgeEach(job, index, now);
    if (each.verdict() == Judgement.Verdict.NEVER) {
      Sentence end = Sentence.failed(Reason.DEPENDENCY_FAILED, each.words());
      if (isUncertain(job, index)) {
        job.sentences.putIfAbsent(index, end);
      } else {
        task.end(end, now);
        without(job, index);
      }
    }
    return each.verdict();
  }

  /**
   * Ends what waits for a job that was cancelled while it waits itself: AWS would end them all only
   * when there is nothing left to wait for.
   */
  private void giveUpInVain(BatchJob job, Instant now) {
    boolean[] waits = {!job.pieces.isEmpty()};
    job.forEach((index, task) -> waits[0] &= task.state().isWaiting() && task.retry == null);
    if (!waits[0] || !dependents.waitsInVain(job)) {
      return;
    }
    Sentence end = Sentence.failed(Reason.DEPENDENCY_FAILED, dependents.judge(job, now).words());
    boolean[] told = {false};
    job.forEach((index, task) -> told[0] |= job.sentences.putIfAbsent(index, end) == null);
    for (Piece piece : job.pieces) {
      if (told[0] && !piece.over) {
        job.condemned.put(piece.nativeId, end.message());
      }
    }
    terminateAll(job);
  }

  /** Tells AWS what it is to end; what it could not be told, it is told the next time. */
  private void terminateAll(BatchJob job) {
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

  /** What is the same for elements that are tried again. */
  private record Again(Memory memory, int attempt) {}

  private void retry(BatchJob job, Instant now) {
    Map<Again, BitSet> due = due(job, now);
    if (job.adoptedAt != null && !due.isEmpty()) {
      catchUp(job, now);
      job.adoptedAt = null;
      due = due(job, now);
    }
    due.forEach(
        (again, some) ->
            Parts.split(
                    Objects.requireNonNull(job.request),
                    Objects.requireNonNull(job.form),
                    job.isArray() ? IndexSet.of(some) : IndexSet.empty())
                .forEach(
                    indices ->
                        job.unsent.add(
                            new NativeJob(
                                job.nextPart(),
                                indices,
                                again.attempt(),
                                again.memory(),
                                List.of()))));
  }

  /** Takes up what an earlier program has sent of a job and could not note any more. */
  private void catchUp(BatchJob job, Instant now) {
    Set<String> known = job.pieces.stream().map(p -> p.nativeId).collect(Collectors.toSet());
    Map<String, Sender.Found> unknown = new LinkedHashMap<>();
    sender.find(job.queue, job.id.token()).stream()
        .filter(one -> one.name().attempt() > 1 && !known.contains(one.nativeId()))
        .sorted(Comparator.comparing(one -> one.name().part()))
        .forEach(one -> unknown.put(one.nativeId(), one));
    Map<String, JobDetail> details = calls.describeWithMainNodes(unknown.keySet());
    for (Sender.Found one : unknown.values()) {
      JobDetail detail = details.get(one.nativeId());
      Optional<Label> label = Optional.ofNullable(detail).flatMap(Label::of);
      if (label.isEmpty() || (job.isArray() && label.get().indices().isEmpty())) {
        throw new BackendException("AWS Batch does not say what this job is: " + one, null);
      }
      IndexSet indices = label.get().indices();
      Memory memory =
          job.task(indices.isEmpty() ? 0 : indices.indexAt(0))
              .map(task -> task.retry)
              .map(RetryPolicy.Retry::memoryPerNode)
              .orElse(job.pieces.get(0).what.memory());
      Piece piece = new Piece(one.nativeId(), label.get().what(memory), time.instant());
      job.add(piece);
      Observer.see(job, piece, details, now); // before the next attempt takes its place
    }
  }

  private Map<Again, BitSet> due(BatchJob job, Instant now) {
    Map<Again, BitSet> due = new HashMap<>();
    job.forEach(
        (index, task) -> {
          RetryPolicy.Retry retry = task.retry;
          boolean waits = job.unsent.stream().anyMatch(part -> carries(job, part, index));
          if (retry != null && !waits && !now.isBefore(due(job, task, retry))) {
            due.computeIfAbsent(
                    new Again(retry.memoryPerNode(), task.attempt()), key -> new BitSet())
                .set(index);
          }
        });
    return due;
  }

  private static boolean carries(BatchJob job, NativeJob part, int index) {
    return !job.isArray() || part.indices().contains(index);
  }

  /** Sends what AWS has not got yet. What it may have got is looked for first. */
  void sendRest(BatchJob job, Instant now) {
    for (NativeJob part : List.copyOf(job.unsent)) {
      if (job.uncertain.containsKey(part) && !resolve(job, part, now)) {
        return;
      }
      if (!job.unsent.contains(part)) {
        continue;
      }
      try {
        sender.send(job, part, Options.of(job).existing());
      } catch (Calls.Refused e) {
        if (e.isForbidden()) {
          throw e;
        }
        Sentence refused = Sentence.failed(Reason.REJECTED, String.valueOf(e.getMessage()));
        end(job, part, refused, now);
        if (job.pieces.isEmpty() && job.unsent.isEmpty()) {
          condemnBarriers(job, refused.message());
        }
      } catch (BackendException e) {
        if (e.outcomeUnknown()) {
          job.uncertain.put(part, time.instant()); // a call may have taken its time
        }
        throw e;
      }
    }
  }

  private boolean resolve(BatchJob job, NativeJob part, Instant now) {
    Optional<String> found = sender.find(job, part);
    if (found.isPresent()) {
      Piece piece = new Piece(found.get(), part, time.instant());
      job.add(piece);
      job.forEach(
          piece,
          (index, task) -> {
            Sentence end = job.sentence(index);
            if (end != null) {
              job.condemned.put(piece.nativeId(index), end.message());
            }
          });
      return true;
    }
    if (now.isBefore(Objects.requireNonNull(job.uncertain.get(part)).plus(Observer.GRACE))) {
      return false;
    }
    job.uncertain.remove(part);
    if (job.neverSentAgain.contains(part)) {
      end(job, part, Sentence.lost("AWS Batch may have run and forgotten it"), now);
    }
    job.forEach(
        (index, task) -> {
          Sentence end = job.sentence(index);
          if (end != null && carries(job, part, index)) {
            task.end(end, now);
            without(job, index);
          }
        });
    return true;
  }

  /** Ends what AWS has not got and does not get any more. */
  private static void end(BatchJob job, NativeJob part, Sentence how, Instant now) {
    job.unsent.remove(part);
    job.forEach(
        (index, task) -> {
          if (carries(job, part, index)) {
            task.end(how, now);
          }
        });
  }

  /** Ends what waits of an array that has had too many failures; what runs only if told so. */
  private void spend(BatchJob job, Instant now) {
    JobRequest request = Objects.requireNonNull(job.request);
    Optional<FailureBudget> budget = FailureBudget.of(request);
    if (budget.isEmpty() || !budget.get().isSpentBy(job.failures())) {
      return;
    }
    Sentence sentence = budget.get().sentence();
    endUnsent(job, sentence, now);
    for (Piece piece : job.pieces) {
      if (piece.over) {
        continue;
      }
      boolean all = request.failFast() || !piece.isArray();
      if (!all && !Observer.mayWait(piece)) {
        continue;
      }
      IndexSet some = all ? piece.indices() : observer.elements(piece, Observer.WAITING);
      int[] condemned = some.stream().filter(index -> condemn(job, index, sentence)).toArray();
      if (all && condemned.length > 0) {
        job.condemned.put(piece.nativeId, sentence.message());
      } else {
        for (int index : condemned) {
          job.condemned.put(piece.nativeId(index), sentence.message());
        }
      }
    }
  }

  /** Notes why an element is to end; false if that has been done before, or it has ended. */
  private static boolean condemn(BatchJob job, int index, Sentence sentence) {
    return job.task(index).filter(task -> !task.isEnded()).isPresent()
        && job.sentences.putIfAbsent(index, sentence) == null;
  }

  /**
   * Ends what AWS has not got. What it may have got is looked for first, and ended when it is known
   * to be there or not.
   */
  private static void endUnsent(BatchJob job, Sentence sentence, Instant now) {
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

  private static boolean isUncertain(BatchJob job, int index) {
    return job.uncertain.keySet().stream().anyMatch(part -> carries(job, part, index));
  }

  // ---- cancelling

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
  private void condemnBarriers(BatchJob job, String reason) {
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

  private static void without(BatchJob job, int index) {
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
}
