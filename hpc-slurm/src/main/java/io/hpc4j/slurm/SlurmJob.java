package io.hpc4j.slurm;

import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Reason;
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.Decisions;
import io.hpc4j.spi.FailureBudget;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One job or array of ours, with the jobs of Slurm's that carry it. Guarded by itself. */
final class SlurmJob {
  final JobId id;
  final String name;

  /** When it was submitted; of a job of another program, as Slurm tells it. */
  Instant submittedAt;

  /** The queue it is in; of a job of another program, as Slurm tells it. */
  String queue;

  /** Where it runs; empty of a job that another program has submitted. */
  final String directory;

  /** What was asked for; unknown of a job that another program has submitted. */
  final @Nullable JobRequest request;

  /** The elements; none outside an array. */
  final IndexSet indices;

  final List<Piece> pieces = new ArrayList<>();

  /** When Slurm says that it has taken each of its jobs, by their ids. */
  private final Map<String, Instant> taken = new HashMap<>();

  /** Whether anybody has looked yet what Slurm has under its ids. */
  boolean looked;

  /** Whether what Slurm was last seen to have under its ids carries this one. */
  final Map<String, Boolean> seen = new HashMap<>();

  /** What Slurm has not taken yet, in the order in which it is to get it. */
  final Deque<NativeJob> unsent = new ArrayDeque<>();

  /**
   * What Slurm may have taken, for its reply was lost; nothing more is sent until that is known.
   */
  @Nullable NativeJob uncertain;

  /** When the reply was lost. */
  Instant uncertainSince = Instant.MIN;

  /** Why the rest of it could not be sent the last time; empty if it was not tried, or taken. */
  String refusal = "";

  /** Whether what was cancelled while a part was uncertain is still to be cancelled at Slurm. */
  boolean condemned;

  /** Whether its parts are held until Slurm has all of them. */
  boolean gathers;

  /**
   * When this program has taken it up from an earlier one, which may have sent more than it noted.
   */
  @Nullable Instant adoptedAt;

  /** Of which an earlier program may have sent what is not sent yet; 0 outside an array. */
  private final BitSet mayBeSent = new BitSet();

  /** The dependencies that Slurm itself is told of. */
  List<String> dependencies = List.of();

  /** Slurm's ids of what was sent with dependencies: it may end these for a failure of others. */
  private final Set<String> dependent = new HashSet<>();

  /** Whether the user holds it. */
  boolean held;

  /** Since when some of it waits for nothing but nodes, while none of it has ever started. */
  @Nullable Instant readySince;

  /** Whether it is held until this program has seen what it depends on. */
  boolean awaitsOthers;

  /** What is to end. */
  final Decisions decisions = new Decisions();

  /** Elements whose own dependencies are met and that have been released. */
  final BitSet released = new BitSet();

  /** Who is told of each job of Slurm's, to remember it. */
  Consumer<Accepted> told = part -> {};

  private final Task[] tasks;

  SlurmJob(
      JobId id,
      @Nullable JobRequest request,
      IndexSet indices,
      String name,
      String queue,
      String directory,
      Instant submittedAt) {
    this.id = id;
    this.request = request;
    this.indices = indices;
    this.name = name;
    this.queue = queue;
    this.directory = directory;
    this.submittedAt = submittedAt;
    tasks = new Task[Math.max(1, indices.size())];
  }

  boolean isArray() {
    return !indices.isEmpty();
  }

  /** What it depends on. */
  Stream<JobId> needs() {
    return request == null ? Stream.empty() : request.dependencies().stream().map(Dependency::on);
  }

  /** How many of its elements have failed by themselves. */
  int failures() {
    return (int)
        stream()
            .map(Task::shown)
            .filter(sight -> FailureBudget.counts(sight.state(), sight.reason()))
            .count();
  }

  /** What Slurm has nothing of, of a part. */
  Stream<NativeJob> missing(NativeJob part) {
    if (!isArray()) {
      return tasks[0] == null ? Stream.of(part) : Stream.empty();
    }
    int[] none = part.indices().stream().filter(index -> task(index).isEmpty()).toArray();
    return none.length == 0 ? Stream.empty() : Stream.of(part.of(IndexSet.of(none)));
  }

  /** Gives up a part of which nobody can tell whether Slurm has had it. */
  void lose(NativeJob part) {
    tasks(part).forEach(Task::lose);
  }

  /** Whether an earlier program may have sent a part: only this one can have sent the others. */
  boolean mayBeSent(NativeJob part) {
    return indices(part).anyMatch(mayBeSent::get);
  }

  /** Notes that it is known what an earlier program has sent of a part. */
  void know(NativeJob part) {
    indices(part).forEach(mayBeSent::clear);
  }

  private IntStream indices(NativeJob part) {
    return isArray() ? part.indices().stream() : IntStream.of(0);
  }

  /** The tasks of a part. */
  Stream<Task> tasks(NativeJob part) {
    return indices(part).mapToObj(this::task).flatMap(Optional::stream);
  }

  /** Keeps a part to be sent. */
  void later(NativeJob part) {
    indices(part)
        .filter(index -> adoptedAt != null && !task(index).map(Task::wasSeenOpen).orElse(false))
        .forEach(mayBeSent::set);
    unsent.addLast(part);
    add(Piece.unsent(part));
  }

  /** Adds a job of Slurm's: the first of its elements, or a further attempt of theirs. */
  void add(Piece piece) {
    if (!isArray()) {
      put(0, piece);
    } else {
      piece.indices().forEach(index -> put(indices.rankOf(index).orElseThrow(), piece));
    }
    if (piece.isSent()) {
      pieces.add(piece);
      if (piece.attempt() == 1 && !dependencies.isEmpty()) {
        dependent.add(piece.nativeId());
      }
      told.accept(piece.toAccepted(submittedAt));
    }
  }

  private void put(int rank, Piece piece) {
    Task task = tasks[rank];
    if (task == null) {
      tasks[rank] = new Task(piece);
    } else if (task.piece.isSent()) {
      task.again(piece);
    } else {
      task.sent(piece);
    }
  }

  /** Notes what Slurm knows of a job that another program has submitted. */
  void learn(String partition, Optional<Instant> submitted) {
    if (queue.isEmpty()) {
      queue = partition;
    }
    if (submittedAt.equals(Instant.EPOCH)) {
      submitted.ifPresent(at -> submittedAt = at);
    }
  }

  /** When Slurm says that it has taken one of its jobs that carry this one. */
  Optional<Instant> taken(String nativeId) {
    return Optional.ofNullable(taken.get(nativeId));
  }

  /** Notes when Slurm says that it has taken one of its jobs that carry this one. */
  void take(String nativeId, Instant at) {
    taken.put(nativeId, at);
  }

  /** Notes that what Slurm has under an id does not carry this one. */
  void forget(String nativeId) {
    taken.putIfAbsent(nativeId, Instant.MIN);
  }

  /** Whether Slurm may have ended a piece because what it depends on has failed. */
  boolean isDependent(Piece piece) {
    return dependent.contains(piece.nativeId());
  }

  /** Whether Slurm was last seen to have, under the id of a piece, what carries this one. */
  boolean isCarriedBy(Piece piece) {
    return seen.getOrDefault(piece.nativeId(), false);
  }

  /** Whether orders for a piece meet it, and not another job that was given its id since. */
  boolean mayOrder(Piece piece) {
    return seen.getOrDefault(piece.nativeId(), true);
  }

  /**
   * Gives up what of it Slurm had taken under ids that it has given away since: a controller that
   * is killed may forget what it has just taken.
   */
  void giveUp(Map<String, Instant> lastTaken) {
    for (Piece piece : List.copyOf(pieces)) {
      if (piece.exact()
          && piece.acceptedAt().isBefore(lastTaken.getOrDefault(piece.nativeId(), Instant.MIN))) {
        pieces.remove(piece);
        forget(piece.nativeId()); // nor do the accounts mean this one
      }
    }
  }

  /** Notes what a source has told of a task, and decides whether another attempt follows. */
  void see(int index, Task task, Sight now, Instant at) {
    boolean wasLost = task.sight.state() == JobState.LOST;
    task.see(now, at);
    condemned |= wasLost && !task.isEnded() && decisions.of(index) != null; // Slurm forgot that too
    if (now.state().isEnded() && request != null && decisions.of(index) == null) {
      task.retry =
          request
              .effective()
              .retry()
              .next(
                  task.tries, now.reason().orElse(Reason.UNKNOWN), now.exit(), task.piece.memory())
              .orElse(null);
    }
  }

  /** All that Slurm has, with their indices; 0 outside an array. */
  void forEach(Visitor visitor) {
    int[] rank = {0};
    if (!isArray()) {
      visit(visitor, 0, 0);
    } else {
      indices.forEach(index -> visit(visitor, index, rank[0]++));
    }
  }

  private void visit(Visitor visitor, int index, int rank) {
    Task task = tasks[rank];
    if (task != null) {
      visitor.visit(index, task);
    }
  }

  /** Looks at a task. */
  @FunctionalInterface
  interface Visitor {
    void visit(int index, Task task);
  }

  /** The task of an index; of any index outside an array. Empty if Slurm has none of it. */
  Optional<Task> task(int index) {
    int rank = isArray() ? indices.rankOf(index).orElse(-1) : 0;
    return rank < 0 ? Optional.empty() : Optional.ofNullable(tasks[rank]);
  }

  /**
   * The task of an id of this job.
   *
   * @throws NotFoundException if it has no such element
   */
  Task task(JobId element) {
    return task(element.index().orElse(0))
        .filter(task -> element.index().isPresent() == isArray())
        .orElseThrow(() -> new NotFoundException("job " + element + " is not known here"));
  }

  /** Notes that some of it is to end, before Slurm is told. */
  void decide(Decision decision) {
    told.accept(decision.note());
    decisions.add(decision);
  }

  boolean isEnded() {
    return stream().allMatch(Task::isEnded) && Arrays.stream(tasks).allMatch(Objects::nonNull);
  }

  /** Whether nothing can change any more: what is lost may yet be seen again. */
  boolean isOver() {
    return isEnded() && stream().allMatch(task -> task.sight.state().isFinal());
  }

  /** Whether it is this program's, or some source has told of it. */
  boolean wasSeen() {
    return request != null || stream().anyMatch(task -> !task.wasNeverSeen());
  }

  /** All tasks that there are, in the order of their indices. */
  Stream<Task> stream() {
    return Arrays.stream(tasks).filter(Objects::nonNull);
  }

  /** How many tasks nobody has been sent of yet. */
  int unsent() {
    return tasks.length - (int) stream().count();
  }

  /** The elements in one of these states. */
  IndexSet indices(Set<JobState> states) {
    BitSet bits = new BitSet();
    forEach(
        (index, task) -> {
          if (states.contains(task.shown().state())) {
            bits.set(index);
          }
        });
    return IndexSet.of(bits);
  }
}
