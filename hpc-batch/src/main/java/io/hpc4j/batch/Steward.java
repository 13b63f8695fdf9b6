package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.NativeName;
import io.hpc4j.batch.request.Parts;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.Judgement;
import io.hpc4j.spi.Sentence;
import io.hpc4j.time.TimeSource;
import java.time.Instant;
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
  private final Dependents dependents;
  private final Orders orders;
  private final Holding holding;
  private final Limits limits;
  private final Spending spending;
  private final Settings settings;

  Steward(
      Calls calls,
      Sender sender,
      Observer observer,
      Dependents dependents,
      Orders orders,
      Holding holding,
      Settings settings) {
    this.calls = calls;
    this.sender = sender;
    this.dependents = dependents;
    this.orders = orders;
    this.holding = holding;
    this.settings = settings;
    limits = new Limits(calls);
    spending = new Spending(observer);
  }

  /** Does what is to be done for a job now; what cannot be done is left for the next time. */
  void tend(BatchJob job, Instant now) {
    synchronized (job) {
      boolean told = isDone(job, () -> orders.terminateAll(job));
      boolean advanced = isDone(job, () -> advance(job, now));
      if (told && advanced && isDone(job, () -> orders.terminateAll(job))) {
        job.pause.end();
      } else {
        job.pause.grow(now, settings.pollPolicy());
      }
    }
  }

  /** Whatever stops one job stops no other. */
  private static boolean isDone(BatchJob job, Runnable step) {
    try {
      step.run();
      return true;
    } catch (BackendException e) {
      LOG.debug("job {} is tended to later", job.id, e);
    } catch (RuntimeException e) {
      LOG.warn("job {} could not be tended to", job.id, e);
    }
    return false;
  }

  private void advance(BatchJob job, Instant now) {
    if (job.request == null) {
      return;
    }
    if (job.awaitsOthers) {
      judge(job, now);
    }
    Elsewhere.cancellation(job).ifPresent(why -> orders.cancel(job, why, now));
    if (job.undone) {
      Orders.carryOut(job, index -> true, now);
      job.undone = false;
    }
    limits.apply(job, now);
    giveUpInVain(job, now);
    holding.takeBack(job);
    retry(job, now);
    if (Gate.isOpen(job, now)) {
      sendRest(job, now);
    }
    spending.apply(job, now);
  }

  /** When something is to be done for a job that nobody else will tell of. */
  static Optional<Instant> nextStep(BatchJob job, Instant now) {
    synchronized (job) {
      boolean done = job.condemned.isEmpty() && job.unwanted.isEmpty() && !job.undone;
      Instant[] next = {done ? Limits.next(job, now).orElse(Instant.MAX) : Instant.MIN};
      if (!job.held && !job.awaitsOthers) {
        Gate.opensAt(job).ifPresent(at -> next[0] = earlier(next[0], at));
        job.forEach(
            (index, task) -> {
              if (task.retry != null) {
                next[0] = earlier(next[0], due(job, index, task));
              }
            });
        job.uncertain
            .values()
            .forEach(since -> next[0] = earlier(next[0], since.plus(Observer.GRACE)));
      }
      Instant until = job.pause.until();
      return Optional.of(next[0])
          .filter(due -> due.isBefore(Instant.MAX))
          .map(due -> due.isBefore(until) ? until : due);
    }
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /** When a further attempt is to be made, or to be looked for if it is not to be made. */
  private static Instant due(BatchJob job, int index, Task task) {
    RetryPolicy.Retry retry = Objects.requireNonNull(task.retry);
    Instant known = job.adoptedAt == null ? Instant.MIN : job.adoptedAt.plus(Observer.GRACE);
    Instant due = TimeSource.plus(task.restsSince(), retry.delay());
    return job.decisions.of(index) != null || due.isBefore(known) ? known : due;
  }

  private void judge(BatchJob job, Instant now) {
    Judgement whole = dependents.judgeWhole(job, now);
    boolean[] waits = {whole.verdict() == Judgement.Verdict.WAITS};
    if (whole.verdict() == Judgement.Verdict.NEVER) {
      Orders.endUnsent(job, Sentence.failed(Reason.DEPENDENCY_FAILED, whole.words()), now);
    } else {
      BitSet never = new BitSet();
      job.forEach(
          (index, task) -> {
            if ((task.piece == null && !task.isEnded()) || task.isTakenBack()) {
              Judgement each = dependents.judgeEach(job, index, now);
              waits[0] |= each.verdict() == Judgement.Verdict.WAITS;
              if (each.verdict() == Judgement.Verdict.NEVER) {
                never.set(index);
                job.decisions.add(index, Sentence.failed(Reason.DEPENDENCY_FAILED, each.words()));
              }
            }
          });
      Orders.carryOut(job, never::get, now);
    }
    job.awaitsOthers = waits[0];
    if (waits[0]
        && job.kept
        && !job.uncertain.isEmpty()
        && dependents.areSeen(job)) { // an earlier program waited as well
      job.uncertain.clear();
      job.neverSentAgain.clear();
      job.undone = true;
    }
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
    BitSet open = new BitSet();
    job.forEach((index, task) -> open.set(index, job.decisions.of(index) == null));
    if (!open.isEmpty()) {
      IndexSet indices = job.isArray() ? IndexSet.of(open) : IndexSet.empty();
      job.decide(new Decision(indices, end));
      Orders.carryOut(job, index -> true, now);
      orders.terminateAll(job);
    }
  }

  /** What is the same for elements that are tried again. */
  private record Again(Memory memory, int attempt) {}

  private void retry(BatchJob job, Instant now) {
    Map<Again, BitSet> due = due(job, now);
    if (job.adoptedAt != null && !due.isEmpty()) {
      catchUp(job, now);
      job.adoptedAt = null;
      Orders.carryOut(job, index -> true, now);
      due = due(job, now);
    }
    if (job.held || job.awaitsOthers) {
      return;
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
      Piece piece = new Piece(one.nativeId(), label.get().what(memory), settings.time().instant());
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
          if (retry != null && !waits && !now.isBefore(due(job, index, task))) {
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
        if (e.isForNow()) {
          throw e;
        }
        Sentence refused = Sentence.failed(Reason.REJECTED, String.valueOf(e.getMessage()));
        end(job, part, refused, now);
        if (job.pieces.isEmpty() && job.unsent.isEmpty()) {
          orders.condemnBarriers(job, refused.message());
        }
      } catch (BackendException e) {
        if (e.outcomeUnknown()) {
          job.uncertain.put(part, settings.time().instant()); // a call may have taken its time
        }
        throw e;
      }
    }
  }

  private boolean resolve(BatchJob job, NativeJob part, Instant now) {
    Optional<String> found = sender.find(job, part);
    if (found.isPresent()) {
      Piece piece = new Piece(found.get(), part, settings.time().instant());
      job.add(piece);
      Orders.carryOut(job, index -> Orders.carries(job, part, index), now);
      return true;
    }
    if (now.isBefore(Objects.requireNonNull(job.uncertain.get(part)).plus(Observer.GRACE))) {
      return false;
    }
    boolean forgotten = job.neverSentAgain.contains(part);
    if (!forgotten && job.pieces.stream().anyMatch(piece -> piece.seen == null)) {
      job.uncertain.put(part, now); // AWS does not even show what it has told of
      return false;
    }
    job.uncertain.remove(part);
    Orders.carryOut(job, index -> Orders.carries(job, part, index), now);
    if (forgotten) {
      end(job, part, Sentence.lost("AWS Batch may have run and forgotten it"), now);
    }
    return true;
  }

  /** Ends what AWS has not got and does not get any more. */
  private static void end(BatchJob job, NativeJob part, Sentence how, Instant now) {
    job.unsent.removeIf(one -> one.part() == part.part());
    job.forEach(
        (index, task) -> {
          if (Orders.carries(job, part, index) && !task.isEnded()) {
            task.end(how, now);
          }
        });
  }
}
