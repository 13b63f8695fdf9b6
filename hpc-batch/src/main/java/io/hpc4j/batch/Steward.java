package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.NativeName;
import io.hpc4j.batch.request.Parts;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobRequest;
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
 * dependencies that it does not know, begin times, holds, limits, failure budgets. Each step is
 * decided by what is known of the job, so a step that failed is taken again. Thread-safe.
 */
final class Steward {
  private static final Logger LOG = LoggerFactory.getLogger(Steward.class);

  private final Calls calls;
  private final Sender sender;
  private final Observer observer;
  private final Dependents dependents;
  private final Orders orders;
  private final Holding holding;
  private final Limits limits;
  private final InstantSource time;

  Steward(
      Calls calls,
      Sender sender,
      Observer observer,
      Dependents dependents,
      Orders orders,
      Holding holding,
      InstantSource time) {
    this.calls = calls;
    this.sender = sender;
    this.observer = observer;
    this.dependents = dependents;
    this.orders = orders;
    this.holding = holding;
    this.time = time;
    limits = new Limits(calls);
  }

  /** Does what is to be done for a job now; what cannot be done is left for the next time. */
  void tend(BatchJob job, Instant now) {
    try {
      synchronized (job) {
        orders.terminateAll(job);
        if (job.request == null) {
          return;
        }
        if (job.awaitsOthers) {
          judge(job, now);
        }
        limits.apply(job, now);
        giveUpInVain(job, now);
        holding.takeBack(job);
        if (!job.held && !job.awaitsOthers) {
          retry(job, now);
        }
        if (Gate.isOpen(job, now)) {
          sendRest(job, now);
        }
        spend(job, now);
        orders.terminateAll(job);
      }
    } catch (BackendException e) {
      LOG.debug("job {} is tended to later", job.id, e);
    }
  }

  /** When something is to be done for a job that nobody else will tell of. */
  static Optional<Instant> nextStep(BatchJob job, Instant now) {
    synchronized (job) {
      Instant limit = Limits.next(job, now).orElse(Instant.MAX);
      Instant[] next = {job.condemned.isEmpty() ? limit : Instant.MIN};
      if (job.held || job.awaitsOthers) {
        return Optional.of(next[0]).filter(due -> due.isBefore(Instant.MAX));
      }
      next[0] = Gate.opensAt(job).filter(next[0]::isAfter).orElse(next[0]);
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
      Orders.endUnsent(job, Sentence.failed(Reason.DEPENDENCY_FAILED, whole.words()), now);
    } else {
      job.forEach(
          (index, task) -> {
            if ((task.piece == null && !task.isEnded()) || task.isTakenBack()) {
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
      if (Orders.isUncertain(job, index)) {
        job.sentences.putIfAbsent(index, end);
      } else {
        task.end(end, now);
        Orders.without(job, index);
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
    orders.terminateAll(job);
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
        .filter(one -> isLater(job, one.name()) && !known.contains(one.nativeId()))
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

  private static boolean isLater(BatchJob job, NativeName name) {
    return name.attempt() > 1 || name.part() >= job.parts().size();
  }

  private Map<Again, BitSet> due(BatchJob job, Instant now) {
    Map<Again, BitSet> due = new HashMap<>();
    job.forEach(
        (index, task) -> {
          RetryPolicy.Retry retry = task.retry;
          boolean waits = job.unsent.stream().anyMatch(part -> Orders.carries(job, part, index));
          if (retry != null && !waits && !now.isBefore(due(job, task, retry))) {
            due.computeIfAbsent(
                    new Again(retry.memoryPerNode(), task.attempt()), key -> new BitSet())
                .set(index);
          }
        });
    return due;
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
          orders.condemnBarriers(job, refused.message());
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
          if (end != null && Orders.carries(job, part, index)) {
            task.end(end, now);
            Orders.without(job, index);
          }
        });
    return true;
  }

  /** Ends what AWS has not got and does not get any more. */
  private static void end(BatchJob job, NativeJob part, Sentence how, Instant now) {
    job.unsent.remove(part);
    job.forEach(
        (index, task) -> {
          if (Orders.carries(job, part, index)) {
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
    Orders.endUnsent(job, sentence, now);
    for (Piece piece : job.pieces) {
      if (piece.over) {
        continue;
      }
      boolean all = request.failFast() || !piece.isArray();
      IndexSet some = all ? piece.indices() : observer.waiting(job, piece);
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
}
