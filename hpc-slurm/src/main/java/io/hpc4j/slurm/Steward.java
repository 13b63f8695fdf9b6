package io.hpc4j.slurm;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.slurm.query.SlurmError;
import io.hpc4j.slurm.script.Budget;
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.Judgement;
import io.hpc4j.spi.Sentence;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does for a job what Slurm does not: further attempts, dependencies that Slurm cannot be trusted
 * with, failure budgets, deadlines. Each step is decided by what is known of the job, so a step
 * that failed is taken again. Thread-safe.
 */
final class Steward {
  private static final Logger LOG = LoggerFactory.getLogger(Steward.class);

  private final Commands commands;
  private final Sender sender;
  private final Site site;
  private final Dependents dependents;

  Steward(Commands commands, Sender sender, Site site, Dependents dependents) {
    this.commands = commands;
    this.sender = sender;
    this.site = site;
    this.dependents = dependents;
  }

  /**
   * Leaves dependencies to Slurm where it can be trusted; else the job is held until they are met.
   */
  void depend(SlurmJob job, Instant now) {
    Optional<List<String>> natively = dependents.natively(job, now);
    job.awaitsOthers = natively.isEmpty();
    job.dependencies = natively.orElse(List.of());
  }

  /** Does what is to be done for a job now; what cannot be done is left for the next time. */
  void tend(SlurmJob job, Instant now) {
    JobRequest request = job.request;
    if (request == null) {
      return;
    }
    try {
      synchronized (job) {
        retry(job, now);
        sendRest(job, now);
        gathered(job);
        spend(job, request, now);
        if (job.awaitsOthers) {
          judge(job, now);
        }
        limits(job, request, now);
      }
    } catch (BackendException e) {
      LOG.debug("job {} is tended to later", job.id, e);
    } catch (RuntimeException e) { // whatever stops one job stops no other
      LOG.warn("job {} could not be tended to", job.id, e);
    }
  }

  /** Sends what Slurm has not got yet, as far as it takes it now. */
  private void sendRest(SlurmJob job, Instant now) {
    if (!resolve(job, now)) {
      return;
    }
    if (!job.unsent.isEmpty() && !job.dependencies.isEmpty()) {
      job.dependencies = List.of(); // Slurm may have forgotten them by now
      job.awaitsOthers = true;
    }
    boolean taken = true;
    while (taken && !job.unsent.isEmpty()) {
      NativeJob next = job.unsent.getFirst();
      if (!lookBack(job, now)) {
        return;
      }
      if (!next.equals(job.unsent.peekFirst())) { // Slurm has some of it, or it is cancelled
        continue;
      }
      try {
        taken = sender.sendNext(job, now);
      } catch (Commands.Refused e) {
        if (e.kind() == SlurmError.Kind.TRANSIENT || e.kind() == SlurmError.Kind.BUSY) {
          throw e;
        }
        NativeJob refused = job.unsent.removeFirst();
        Sentence sentence = Sentence.failed(Reason.REJECTED, String.valueOf(e.getMessage()));
        job.forEach(
            (index, task) -> {
              if (refused.carries(index)) {
                endUnsent(task, sentence, now);
              }
            });
      }
    }
  }

  /**
   * Finds out whether an earlier program has sent the next part, and cancels of it what was to be
   * cancelled.
   */
  private boolean lookBack(SlurmJob job, Instant now) {
    if (!job.mayBeSent(job.unsent.getFirst())) {
      return true;
    }
    if (!sender.lookBack(job, now, site.settling())) {
      return false;
    }
    job.condemned = true;
    return resolve(job, now);
  }

  /** What is to end and has not. */
  private static BitSet condemned(SlurmJob job) {
    BitSet all = new BitSet();
    job.forEach(
        (index, task) -> all.set(index, !task.isEnded() && job.decisions.of(index) != null));
    return all;
  }

  /** Finds out what has become of a part, and cancels what was to be cancelled meanwhile. */
  private boolean resolve(SlurmJob job, Instant now) {
    if (job.uncertain != null) {
      if (!sender.resolve(job, now, site.settling())) {
        return false;
      }
      job.condemned = true;
    }
    if (job.condemned) {
      BitSet all = condemned(job);
      if (!all.isEmpty()) {
        cancelTasks(job, all, now);
      }
      job.condemned = false;
    }
    return true;
  }

  /** Lets start what was held until Slurm had all of it. */
  void gathered(SlurmJob job) {
    if (job.gathers && job.unsent.isEmpty() && job.uncertain == null) {
      if (!job.held && !job.awaitsOthers && job.decisions.ofAll().isEmpty()) {
        release(job);
      }
      job.gathers = false;
    }
  }

  /** What is the same for elements that are tried again. */
  private record Again(Memory memory, Instant begin, int attempt) {}

  private void retry(SlurmJob job, Instant now) {
    Map<Again, BitSet> due = new HashMap<>();
    job.forEach(
        (index, task) -> {
          RetryPolicy.Retry retry = task.retry;
          if (retry != null) {
            Instant begin = begin(task.sight.ended().orElse(now), retry.delay(), now);
            Again again = new Again(retry.memoryPerNode(), begin, task.sight.attempt() + 1);
            due.computeIfAbsent(again, key -> new BitSet()).set(index);
          }
        });
    due.forEach(
        (again, indices) ->
            Sender.windows(
                    job,
                    IndexSet.of(indices),
                    again.attempt(),
                    again.memory(),
                    again.begin(),
                    site.maxArraySize())
                .forEach(job::later));
  }

  /** Slurm counts in whole seconds. */
  private static Instant begin(Instant ended, Duration delay, Instant now) {
    Instant begin = ended.plus(delay);
    if (!begin.isAfter(now)) {
      return Instant.MIN;
    }
    Instant second = begin.truncatedTo(ChronoUnit.SECONDS);
    return begin.equals(second) ? begin : second.plusSeconds(1);
  }

  /** Ends what waits of an array that has had too many failures; what runs only if told so. */
  private void spend(SlurmJob job, JobRequest request, Instant now) {
    if (Budget.of(request).filter(budget -> budget.isSpentBy(job.failures())).isPresent()) {
      Sentence sentence = Budget.skipped(request);
      cancel(job, sentence, task -> request.failFast() || task.sight.started().isEmpty(), now);
    }
  }

  private void judge(SlurmJob job, Instant now) {
    Judgement whole = dependents.judge(job, now);
    switch (whole.verdict()) {
      case NEVER -> {
        Sentence sentence = Sentence.failed(Reason.DEPENDENCY_FAILED, whole.words());
        cancel(job, sentence, task -> true, now);
        job.awaitsOthers = false;
      }
      case MET -> {
        if (isEach(job)) {
          judgeEach(job, now);
        } else if (!job.held) {
          release(job);
          job.awaitsOthers = false;
        }
      }
      case WAITS -> {}
    }
  }

  private static boolean isEach(SlurmJob job) {
    return Objects.requireNonNull(job.request).dependencies().stream()
        .anyMatch(d -> d.kind() == Dependency.Kind.EACH);
  }

  private void judgeEach(SlurmJob job, Instant now) {
    BitSet free = new BitSet();
    BitSet never = new BitSet();
    boolean[] waits = {false};
    job.forEach(
        (index, task) -> {
          if (job.released.get(index) || (task.isEnded() && !isUnexplained(job, index, task))) {
            return;
          }
          Judgement one = dependents.judge(job, index, now);
          switch (one.verdict()) {
            case MET -> {
              free.set(index, !task.isEnded() && task.piece.isSent());
              waits[0] |= !task.piece.isSent();
            }
            case NEVER -> {
              Sentence sentence = Sentence.failed(Reason.DEPENDENCY_FAILED, one.words());
              sayWhy(job, index, task, sentence);
              never.set(index, !task.isEnded());
              job.decisions.add(index, sentence);
            }
            case WAITS -> waits[0] |= !task.isEnded();
          }
        });
    if (!never.isEmpty()) {
      cancelTasks(job, never, now);
    }
    if (!free.isEmpty() && !job.held) {
      for (Piece piece : job.pieces) {
        for (String ids : ids(job, piece, free)) {
          commands.order("scontrol", List.of("release"), List.of(ids));
        }
      }
      job.released.or(free);
    }
    job.awaitsOthers = waits[0] || (!free.isEmpty() && job.held);
  }

  /** Whether it may be that an earlier program has cancelled it, and crashed before it said why. */
  private static boolean isUnexplained(SlurmJob job, int index, Task task) {
    return job.adoptedAt != null
        && task.sight.state() == JobState.CANCELLED
        && task.sight.started().isEmpty()
        && job.decisions.of(index) == null;
  }

  private static void sayWhy(SlurmJob job, int index, Task task, Sentence sentence) {
    if (isUnexplained(job, index, task)) {
      task.sight = task.sight.ending(sentence.state(), sentence.reason(), sentence.message());
    }
  }

  /** Releases all that Slurm holds of a job. */
  void release(SlurmJob job) {
    for (Piece piece : job.pieces) {
      if (job.mayOrder(piece)) {
        commands.order("scontrol", List.of("release"), List.of(piece.nativeId()));
      }
    }
  }

  private void limits(SlurmJob job, JobRequest request, Instant now) {
    Limits.late(request, now).ifPresent(why -> cancel(job, why, task -> true, now));
    Limits.unschedulable(job, request, now)
        .ifPresent(why -> cancel(job, why, Limits::isReady, now));
  }

  /** Cancels what is open of a job and fits, and notes why. */
  private void cancel(SlurmJob job, Sentence sentence, Predicate<Task> which, Instant now) {
    BitSet all = new BitSet();
    BitSet news = new BitSet();
    job.forEach(
        (index, task) -> {
          if (!task.isEnded() && which.test(task)) {
            all.set(index);
            news.set(index, job.decisions.of(index) == null);
          }
        });
    if (!news.isEmpty()) {
      job.decide(new Decision(job.isArray() ? IndexSet.of(news) : IndexSet.empty(), sentence));
    }
    if (!all.isEmpty()) {
      cancelTasks(job, all, now);
    }
  }

  /** Cancels all that is open of a job. */
  void cancelAll(SlurmJob job, Instant now) {
    job.forEach((index, task) -> task.retry = null);
    job.unsent.removeIf(part -> !job.mayBeSent(part));
    job.forEach((index, task) -> endUnsent(job, index, task, now));
    scancel(job, job.pieces.stream().filter(job::mayOrder).map(Piece::nativeId).toList());
  }

  /**
   * Cancels all that is open of a job, if Slurm can be reached.
   *
   * @return whether Slurm has done it
   */
  boolean cancelQuietly(SlurmJob job, Instant now) {
    try {
      cancelAll(job, now);
      return true;
    } catch (BackendException e) {
      LOG.warn("job {} could not be cancelled", job.id, e);
      return false;
    }
  }

  private static Stream<NativeJob> without(NativeJob part, BitSet indices) {
    if (part.indices().isEmpty()) {
      return indices.isEmpty() ? Stream.of(part) : Stream.empty();
    }
    int[] rest = part.indices().stream().filter(index -> !indices.get(index)).toArray();
    return rest.length == 0 ? Stream.empty() : Stream.of(part.of(IndexSet.of(rest)));
  }

  private static void endUnsent(SlurmJob job, int index, Task task, Instant now) {
    boolean mayBeThere =
        (job.uncertain != null && job.uncertain.carries(index))
            || job.unsent.stream().anyMatch(part -> part.carries(index) && job.mayBeSent(part));
    if (!mayBeThere) {
      endUnsent(task, job.decisions.of(index), now);
    }
  }

  private static void endUnsent(Task task, @Nullable Sentence sentence, Instant now) {
    if (!task.piece.isSent() && sentence != null) {
      task.sight =
          task.sight
              .ending(sentence.state(), sentence.reason(), sentence.message())
              .neverStarted(now);
    }
  }

  /** Cancels tasks at Slurm. */
  void cancelTasks(SlurmJob job, BitSet indices, Instant now) {
    List<NativeJob> rest =
        job.unsent.stream()
            .flatMap(part -> job.mayBeSent(part) ? Stream.of(part) : without(part, indices))
            .toList();
    job.unsent.clear();
    job.unsent.addAll(rest);
    job.forEach(
        (index, task) -> {
          if (indices.get(index)) {
            endUnsent(job, index, task, now);
          }
        });
    List<String> ids = new ArrayList<>();
    job.pieces.forEach(piece -> ids.addAll(ids(job, piece, indices)));
    scancel(job, ids);
  }

  /**
   * Cancels, and lets what runs have Slurm's KillWait to end by itself: where processes are kept in
   * cgroups, Slurm itself does not ask a batch script to end before it kills it. Only what runs is
   * asked: told to signal what waits, scancel tries again for a minute and a half. What waits of a
   * whole array goes first, or it would start where something has just ended; asked by state for
   * one task, scancel takes all that wait.
   */
  private void scancel(SlurmJob job, List<String> ids) {
    if (!ids.isEmpty()) {
      List<String> whole = ids.stream().filter(id -> job.isArray() && !id.contains("_")).toList();
      commands.tell("scancel", List.of("-Q", "--state=PENDING"), whole);
      commands.tell("scancel", List.of("-Q", "--full", "--signal=TERM", "--state=RUNNING"), ids);
      commands.order("scancel", List.of("-Q"), ids);
    }
  }

  /** Slurm's ids of some tasks of a piece. */
  private static List<String> ids(SlurmJob job, Piece piece, BitSet indices) {
    if (!job.mayOrder(piece)) {
      return List.of();
    }
    if (!job.isArray()) {
      return job.task(0).filter(task -> task.piece.equals(piece)).stream()
          .map(task -> piece.nativeId())
          .toList();
    }
    int[] some =
        piece.indices().stream()
            .filter(indices::get)
            .filter(index -> job.task(index).filter(task -> task.piece.equals(piece)).isPresent())
            .map(index -> index - piece.offset())
            .toArray();
    return Arguments.ids(piece.nativeId(), some);
  }
}
