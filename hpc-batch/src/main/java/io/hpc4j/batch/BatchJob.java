package io.hpc4j.batch;

import io.hpc4j.batch.request.Form;
import io.hpc4j.batch.request.FurtherAttempts;
import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.Parts;
import io.hpc4j.batch.request.RequestMapper;
import io.hpc4j.batch.request.Retries;
import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.Decisions;
import io.hpc4j.spi.FailureBudget;
import io.hpc4j.spi.Sentence;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** One job or array of ours, with the jobs of AWS Batch's that carry it. Guarded by itself. */
final class BatchJob {
  private static final Comparator<NativeJob> ORDER =
      Comparator.comparing(NativeJob::attempt).thenComparing(NativeJob::part);

  final JobId id;
  final String name;
  final String queue;

  /** What was asked for, and how it is said; unknown of a job of another program. */
  final @Nullable JobRequest request;

  final @Nullable Form form;

  /** How many elements there are in all. */
  int size;

  /** What its own program does after a failure, where that is another one. */
  FurtherAttempts elsewhere = FurtherAttempts.NONE;

  /** Whether only the main nodes of AWS's jobs tell of their containers. */
  boolean multiNode;

  Instant submittedAt;

  /** Since when this program has it from an earlier one, which may have sent more than it noted. */
  @Nullable Instant adoptedAt;

  /** By attempt and part, in whatever order they were found. */
  final List<Piece> pieces = new ArrayList<>();

  /** What AWS has not taken yet, in the order in which it is to get it. */
  final Deque<NativeJob> unsent = new ArrayDeque<>();

  /** What of that AWS may have taken, by its part and attempt, and since when. */
  final Map<NativeJob, Instant> uncertain = new HashMap<>();

  /** Those of them that AWS may have run and forgotten. */
  final Set<NativeJob> neverSentAgain = new HashSet<>();

  /** Whether the user holds it. */
  boolean held;

  /** Whether AWS has ever been asked to give back what waits. */
  boolean askedBack;

  /** Whether nothing of it is sent before this program has seen what it depends on. */
  boolean awaitsOthers;

  /** Since when it has waited for capacity alone, if it has a limit for that. */
  @Nullable Instant readySince;

  /** What is to end. */
  final Decisions decisions = new Decisions();

  /** What AWS is still to be told to end, with the reason. */
  final Map<String, String> condemned = new LinkedHashMap<>();

  /** What AWS is still to be told to end if it waits, with the reason. */
  final Map<String, String> unwanted = new LinkedHashMap<>();

  /** How long the program leaves it alone, after something could not be done. */
  final Pause pause = new Pause();

  /** Whether an earlier program has decided something that may not have been done. */
  boolean undone;

  /** Whether it was noted as kept here before anything of it was sent. */
  boolean kept;

  /** AWS's jobs that only gather what it waits for, by their names. */
  final Map<String, String> barriers = new HashMap<>();

  /** Who is told of each job of AWS's, to remember it. */
  Consumer<Accepted> told = part -> {};

  /** Of a job of another program those that were found. */
  final Tasks tasks;

  private int nextPart;

  BatchJob(
      JobId id,
      @Nullable JobRequest request,
      @Nullable Form form,
      IndexSet indices,
      String name,
      String queue,
      Instant submittedAt) {
    this.id = id;
    this.request = request;
    this.form = form;
    tasks = new Tasks(indices);
    size = indices.size();
    multiNode = request != null && RequestMapper.isMultiNode(request);
    this.name = name;
    this.queue = queue;
    this.submittedAt = submittedAt;
  }

  /** It waits here, before AWS has anything of it. */
  void keep() {
    forEach(
        (index, task) -> {
          if (task.piece == null) {
            task.isIn(JobState.PENDING);
          }
        });
  }

  boolean isArray() {
    return tasks.isArray();
  }

  /** The first of AWS's jobs that are to carry it. */
  List<NativeJob> parts() {
    return Parts.of(Objects.requireNonNull(request), Objects.requireNonNull(form));
  }

  /** Whether further attempts are the work of a program, this one or another. */
  boolean isRetriedByProgram() {
    return retriesHere() || elsewhere.isAny();
  }

  /** Whether further attempts are this program's work. */
  boolean retriesHere() {
    return request != null && Retries.natively(request.effective().retry()).isEmpty();
  }

  /** Whether there may be jobs that gather what it waits for. */
  boolean mayHaveBarriers() {
    return request != null
        && !request.dependencies().isEmpty()
        && tasks.any(task -> task.piece != null && task.state().isWaiting());
  }

  /** The number of the next part, for a further attempt. */
  int nextPart() {
    return ++nextPart;
  }

  /** Adds a job of AWS's, once: the first of its elements, or a further attempt of theirs. */
  void add(Piece piece) {
    if (pieces.stream().anyMatch(known -> known.nativeId.equals(piece.nativeId))) {
      return;
    }
    pieces.add(before(piece.what).size(), piece);
    nextPart = Math.max(nextPart, piece.what.part());
    unsent.removeIf(part -> isSame(part, piece.what));
    uncertain.keySet().removeIf(part -> isSame(part, piece.what));
    if (request == null && isArray()) {
      tasks.widen(piece.indices());
    }
    if (isArray()) {
      piece.indices().forEach(index -> task(index).ifPresent(task -> sent(task, piece)));
    } else {
      task(0).ifPresent(task -> sent(task, piece));
    }
    told.accept(piece.toAccepted(submittedAt));
  }

  /** How many elements of a job of another program were not found: nobody knows where they are. */
  int missing() {
    return Math.max(0, size - tasks.indices().size());
  }

  /** Whether its own program, another one, may send more of it. */
  boolean mayGrowElsewhere() {
    return request == null && (missing() > 0 || tasks.any(task -> task.mayBeTriedElsewhere));
  }

  /**
   * Whether all that is left of a job or an element is attempts that another program may make.
   *
   * @throws NotFoundException if it has no such element
   */
  boolean isBetweenAttemptsElsewhere(JobId any) {
    if (any.index().isPresent() || !isArray()) {
      return task(any).mayBeTriedElsewhere;
    }
    return mayGrowElsewhere()
        && missing() == 0
        && tasks.all(task -> task.isEnded() || task.mayBeTriedElsewhere);
  }

  /** An attempt that is found after a later one does not take its place. */
  private static void sent(Task task, Piece by) {
    Piece present = task.piece;
    if (present == null || present.what.attempt() <= by.what.attempt()) {
      task.sent(by);
    }
  }

  /** Those of AWS's jobs that were to be sent before another. */
  List<Piece> before(NativeJob what) {
    return pieces.stream().filter(piece -> ORDER.compare(piece.what, what) < 0).toList();
  }

  /** The one that is the first attempt of a part. */
  Optional<Piece> first(int part) {
    return pieces.stream()
        .filter(piece -> piece.what.part() == part && piece.what.attempt() == 1)
        .findFirst();
  }

  private static boolean isSame(NativeJob a, NativeJob b) {
    return a.part() == b.part() && a.attempt() == b.attempt();
  }

  /** Notes what AWS has told of a task, and decides whether another attempt follows. */
  void see(int index, Task task, Seen now, Instant at) {
    if (task.state().isFinal() && task.told().flatMap(Seen::ended).isPresent()) {
      return;
    }
    boolean had = task.attemptHasEnded();
    task.see(now);
    if (!task.attemptHasEnded() || had) {
      return;
    }
    task.endedBy(at);
    Sentence sentence = decisions.of(index);
    if (sentence == null && request != null) {
      sentence = Limits.told(request, now.statusReason()).orElse(null);
    }
    if (sentence != null && isOurs(now, sentence)) {
      task.end(sentence, at);
    } else if (sentence == null && request != null && isTakenBack(now)) {
      awaitsOthers |= !request.dependencies().isEmpty(); // AWS does not let it wait again
      task.takeBack();
    } else if (retriesHere()) {
      task.retry = next(task, now).orElse(null);
      if (sentence != null && isBetween(task)) {
        task.end(sentence, at); // it gets no further attempt
      }
    } else if (request == null && task.piece != null) {
      task.mayBeTriedElsewhere =
          isTakenBack(now)
              || elsewhere.mayFollow(
                  task.piece.what.attempt(), now.reason().orElse(Reason.UNKNOWN));
    }
  }

  /** Notes how some of it is to end, before anything of that is done. */
  void decide(Decision decision) {
    told.accept(decision.note());
    decisions.add(decision);
  }

  /** Whether a sentence is not on what runs. */
  boolean spares(Sentence sentence) {
    return request != null
        && !request.failFast()
        && FailureBudget.of(request)
            .map(FailureBudget::sentence)
            .filter(sentence::equals)
            .isPresent();
  }

  /** Whether it has ended because this program wanted it to. */
  private static boolean isOurs(Seen now, Sentence sentence) {
    boolean cancelled = now.state().equals(Optional.of(JobState.CANCELLED));
    boolean failed = now.state().equals(Optional.of(JobState.FAILED));
    return cancelled
        || (failed
            && !sentence.message().isEmpty()
            && now.statusReason().startsWith(sentence.message()));
  }

  /** Whether a task is between attempts for certain: an earlier program may have sent the next. */
  boolean isBetween(Task task) {
    return task.retry != null && adoptedAt == null;
  }

  /** AWS gives no reason yet for what is going to end because it is to be given back. */
  boolean isTakenBack(Seen now) {
    boolean goingTo = askedBack && !now.hasEndedThere();
    return !now.state().equals(Optional.of(JobState.SUCCEEDED))
        && (goingTo || now.statusReason().startsWith(Piece.TAKEN_BACK));
  }

  private Optional<RetryPolicy.Retry> next(Task task, Seen now) {
    Piece piece = task.piece;
    if (request == null || piece == null) {
      return Optional.empty();
    }
    Reason reason = now.reason().orElse(Reason.UNKNOWN);
    Memory memory = piece.what.memory();
    return request.effective().retry().next(task.tries, reason, now.exit(), memory);
  }

  /** All tasks with their indices; 0 outside an array. */
  void forEach(Tasks.Visitor visitor) {
    tasks.forEach(visitor);
  }

  /** The tasks that a piece carries now: those that were sent again since are in another. */
  void forEach(Piece piece, Tasks.Visitor visitor) {
    IntConsumer visit =
        index ->
            task(index)
                .filter(task -> task.piece == piece)
                .ifPresent(task -> visitor.visit(index, task));
    if (isArray()) {
      piece.indices().forEach(visit);
    } else {
      visit.accept(0);
    }
  }

  /** The task of an index; of any index outside an array. */
  Optional<Task> task(int index) {
    return tasks.find(index);
  }

  /** Whether it has such an element, or is the job that is meant. */
  boolean has(JobId element) {
    return element.index().isEmpty() || (isArray() && task(element.index().getAsInt()).isPresent());
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

  /** How many of its elements have failed by themselves. */
  int failures() {
    int[] failed = {0};
    forEach((index, task) -> failed[0] += isFailure(task) ? 1 : 0);
    return failed[0];
  }

  private static boolean isFailure(Task task) {
    return task.isEnded() && FailureBudget.counts(task.state(), task.reason());
  }

  /** Whether nothing can change any more. */
  boolean isOver() {
    return unsent.isEmpty()
        && missing() == 0
        && tasks.all(task -> task.isEnded() && task.state().isFinal());
  }

  /** Whether this program has something to do for it. */
  boolean isWorkedOnHere() {
    return awaitsOthers
        || !unsent.isEmpty()
        || !condemned.isEmpty()
        || !unwanted.isEmpty()
        || undone
        || (request != null && Limits.has(request))
        || ((askedBack || retriesHere()) && tasks.any(task -> task.retry != null));
  }

  /** What this program is to see before it sends more of it. */
  List<JobId> awaited() {
    return request == null || !awaitsOthers
        ? List.of()
        : request.dependencies().stream().map(Dependency::on).toList();
  }

  /** Whether AWS has, or had, all of it, and nothing of it twice. */
  boolean isAllThere() {
    int carried = pieces.stream().mapToInt(piece -> Math.max(1, piece.indices().size())).sum();
    return missing() == 0
        && unsent.isEmpty()
        && !held
        && tasks.all(task -> task.piece != null && !task.isFollowed())
        && carried == Math.max(1, tasks.indices().size());
  }

  /** The elements in one of these states, as far as they are known one by one. */
  IndexSet indices(Set<JobState> states) {
    List<Integer> some = new ArrayList<>();
    forEach(
        (index, task) -> {
          if (states.contains(task.state())) {
            some.add(index);
          }
        });
    return IndexSet.of(some.stream().mapToInt(i -> i).toArray());
  }
}
