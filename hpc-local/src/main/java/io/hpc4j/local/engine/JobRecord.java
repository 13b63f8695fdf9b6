package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Candidate;
import io.hpc4j.local.schedule.Demand;
import io.hpc4j.local.schedule.Nanos;
import io.hpc4j.local.schedule.QueueState;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.time.Cancellable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A submitted job or array. A job is kept as an array of one. Its rules say what could start; the
 * engine moves it.
 */
final class JobRecord extends Candidate {
  private static final IndexSet ONE = IndexSet.ofSize(1);

  final JobId id;
  final long number;
  final JobRequest request;
  final JobDefinition definition;
  final QueueState<JobRecord> queue;
  final Instant submittedAt;
  final IndexSet indices;
  final Elements elements;

  /** Attempts that have started or wait to be repeated, by rank. */
  Map<Integer, Live> live;

  // most jobs need none of these, which so come when they are needed
  private @Nullable TreeMap<Integer, Live> repeatable;
  private List<Dependent> dependents = List.of();
  private Map<Integer, List<Dependent>> elementDependents = Map.of();
  private List<Cancellable> timers = List.of();
  private List<Dependency> unmet = List.of();

  boolean held;
  boolean begun = true;
  boolean isToBeTold;
  @Nullable EachGate gate;
  int active;
  int lowestFailed = Integer.MAX_VALUE;

  /** The lowest rank that has ended without success; in a sequence nothing behind it may start. */
  int brokenAt = Integer.MAX_VALUE;

  boolean budgetSpent;
  @Nullable String cancelReason;
  @Nullable Instant firstStart;
  @Nullable Instant endedAt;
  @Nullable Ending ending;
  @Nullable Cancellable unschedulableTimer;

  /** Whether it comes from a store, submitted by an earlier program. */
  boolean isRestored;

  /** Why nothing more of it can be started, if that is so. */
  @Nullable String cannotRunAgain;

  private @Nullable Demand demand;
  private final long limit;

  JobRecord(
      JobId id, long number, JobRequest request, QueueState<JobRecord> queue, Instant submittedAt) {
    this.id = id;
    this.number = number;
    this.request = request;
    this.definition = request.effective();
    this.queue = queue;
    this.submittedAt = submittedAt;
    indices = request.array().orElse(ONE);
    elements = new Elements(indices.size());
    live = isArray() ? new HashMap<>() : Map.of();
    limit =
        definition
            .timeout()
            .or(queue.definition()::defaultTimeout)
            .map(Nanos::of)
            .orElse(UNLIMITED);
  }

  Memory memory() {
    return definition.resources().memoryPerNode();
  }

  boolean isArray() {
    return request.isArray();
  }

  boolean hasEnded() {
    return ending != null;
  }

  JobId elementId(int rank) {
    return isArray() ? id.element(indices.indexAt(rank)) : id;
  }

  /** The number that tables show: {@code 20}, or {@code 20_17} for an element. */
  String nativeId(int rank) {
    return isArray() ? number + "_" + indices.indexAt(rank) : String.valueOf(number);
  }

  @Override
  public int priority() {
    return request.priority();
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public long limit() {
    return limit;
  }

  @Override
  public String share() {
    return request.share().orElse("");
  }

  @Override
  public Demand demand() {
    if (repeatable != null && !repeatable.isEmpty()) {
      return demandOf(repeatable.firstEntry().getValue());
    }
    if (demand == null) {
      demand = Demand.of(definition.resources(), memory());
    }
    return demand;
  }

  @Override
  protected void keep(Demand same) {
    demand = same.equals(demand) ? same : demand;
  }

  void addLive(Live attempt) {
    if (isArray()) {
      live.put(attempt.rank, attempt);
    } else {
      live = Map.of(attempt.rank, attempt);
    }
  }

  void removeLive(int rank) {
    if (isArray()) {
      live.remove(rank);
    } else {
      live = Map.of();
    }
  }

  /** Attempts that could be repeated now, lowest rank first. */
  Collection<Live> repeatable() {
    return repeatable == null ? List.of() : repeatable.values();
  }

  void addRepeatable(Live attempt) {
    if (repeatable == null) {
      repeatable = new TreeMap<>();
    }
    repeatable.put(attempt.rank, attempt);
  }

  void removeRepeatable(int rank) {
    if (repeatable != null) {
      repeatable.remove(rank);
    }
  }

  /** Who waits for the whole, or index by index. */
  List<Dependent> dependents() {
    return dependents;
  }

  void addDependent(Dependent dependent) {
    dependents = added(dependents, dependent);
  }

  /** Returns and forgets who waits for the whole, or index by index. */
  List<Dependent> takeDependents() {
    List<Dependent> taken = dependents;
    dependents = List.of();
    return taken;
  }

  /** The ranks of elements that somebody waits for. */
  Set<Integer> elementsWaitedFor() {
    return elementDependents.keySet();
  }

  void addDependent(int rank, Dependent dependent) {
    if (elementDependents.isEmpty()) {
      elementDependents = new HashMap<>();
    }
    elementDependents.computeIfAbsent(rank, r -> new ArrayList<>(1)).add(dependent);
  }

  /** Returns and forgets who waits for one element. */
  List<Dependent> takeDependents(int rank) {
    List<Dependent> taken = elementDependents.get(rank);
    if (taken == null) {
      return List.of();
    }
    elementDependents.remove(rank);
    return taken;
  }

  /** How many elements have failed by themselves. */
  int failures() {
    return elements.countAlone(JobState.FAILED);
  }

  void addTimer(Cancellable timer) {
    timers = added(timers, timer);
  }

  void cancelTimers() {
    timers.forEach(Cancellable::cancel);
    timers = List.of();
  }

  /** What has to be met before anything of it may start. */
  List<Dependency> unmet() {
    return unmet;
  }

  void addUnmet(Dependency dependency) {
    unmet = added(unmet, dependency);
  }

  void met(Dependency dependency) {
    unmet.remove(dependency);
  }

  private static <T> List<T> added(List<T> list, T more) {
    List<T> longer = list.isEmpty() ? new ArrayList<>(1) : list;
    longer.add(more);
    return longer;
  }

  /** Whether an attempt's end need not be remembered: success at the first try, on one node. */
  boolean isPlain(int rank, int attempt, int nodes, Ending how) {
    return attempt == 1
        && nodes == 1
        && elements.node(rank) != Elements.NO_NODE
        && how.equals(Views.plainSuccess(this));
  }

  /** Keeps what is unusual about an attempt that has ended. */
  void remember(int rank, Ending how, Attempt attempt, @Nullable Object result) {
    Elements.Detail detail = elements.detailToChange(rank);
    detail.attempts.add(attempt);
    detail.ending = how;
    detail.nodes = attempt.nodes().isEmpty() ? detail.nodes : attempt.nodes();
    detail.result = result;
  }

  /** Counts an element as ended for good. */
  void endElement(int rank, Ending how, Instant end) {
    elements.set(rank, how.state());
    elements.ended(rank, end);
    if (how.state() == JobState.FAILED) {
      lowestFailed = Math.min(lowestFailed, rank);
    }
    if (how.state() != JobState.SUCCEEDED) {
      brokenAt = Math.min(brokenAt, rank);
    }
  }

  /** Counts all elements as ended that have neither started nor ended. */
  void endRest(Ending how, Instant end) {
    if (how.state() == JobState.FAILED) {
      lowestFailed = Math.min(lowestFailed, elements.next());
    }
    elements.endRest(how, end);
  }

  Demand demandOf(Live attempt) {
    return Demand.of(definition.resources(), attempt.memory);
  }

  /** Whether nothing that concerns the job as a whole keeps it from starting. */
  boolean isOpen() {
    return ending == null && !held && begun && unmet.isEmpty();
  }

  boolean isThrottled() {
    return request.throttle().isPresent() && active >= request.throttle().getAsInt();
  }

  boolean canStart() {
    return isOpen() && !isThrottled() && (!repeatable().isEmpty() || nextFresh() >= 0);
  }

  /** The rank of the next element that could start for the first time, or -1. */
  int nextFresh() {
    if (elements.untouched() == 0 || (request.sequential() && !live.isEmpty())) {
      return -1;
    }
    if (gate == null || !request.sequential()) {
      return gate == null ? elements.next() : gate.first();
    }
    return gate.isReady(elements.next()) ? elements.next() : -1;
  }

  /** The state of attempts whose delay is over. */
  JobState repeatableState() {
    return held ? JobState.PENDING : JobState.RUNNABLE;
  }

  /** Whether a sequence has come to an element without success, so that the rest has to end. */
  boolean isSequenceBroken() {
    return request.sequential() && brokenAt < elements.next();
  }

  /** Whether an untouched element waits for nothing but capacity and its turn. */
  boolean isReady(int rank) {
    if (!isOpen()) {
      return false;
    }
    if (request.sequential()) {
      return rank == nextFresh();
    }
    return gate == null || gate.isReady(rank);
  }

  /** How many untouched elements wait for nothing but capacity and their turn. */
  int readyCount() {
    if (!isOpen() || elements.untouched() == 0) {
      return 0;
    }
    if (request.sequential()) {
      return nextFresh() < 0 ? 0 : 1;
    }
    return gate == null ? elements.untouched() : gate.readyCount();
  }

  /** How many attempts could be started one after the other, were there room. */
  int startable() {
    int all = readyCount() + repeatable().size();
    return request.throttle().isPresent()
        ? Math.min(all, request.throttle().getAsInt() - active)
        : all;
  }

  /** How many elements start before this one; empty if it is not known, or does not wait. */
  OptionalInt ahead(int rank) {
    if (repeatable != null && repeatable.containsKey(rank)) {
      return OptionalInt.of(repeatable.headMap(rank).size());
    }
    if (gate != null || request.sequential() || !elements.isUntouched(rank)) {
      return OptionalInt.empty();
    }
    long before = IntStream.range(elements.next(), rank).filter(elements::isUntouched).count();
    return OptionalInt.of(repeatable().size() + Math.toIntExact(before));
  }

  /** How many elements wait, to start or to be repeated. */
  int waiting() {
    return elements.untouched() + live.size() - active;
  }

  JobState state(int rank) {
    JobState known = elements.state(rank);
    if (known == null) {
      return isReady(rank) ? JobState.RUNNABLE : JobState.PENDING;
    }
    return known == JobState.RUNNABLE && !isOpen() ? JobState.PENDING : known;
  }

  /** The state of the whole. */
  JobState state() {
    if (!isArray()) {
      return state(0);
    }
    if (ending != null) {
      boolean byElement = ending.state() == JobState.CANCELLED && cancelReason == null;
      return byElement ? JobState.FAILED : ending.state();
    }
    if (firstStart != null) {
      return JobState.RUNNING;
    }
    return readyCount() > 0 ? JobState.RUNNABLE : JobState.PENDING;
  }

  @Override
  public String toString() {
    return number + " " + request + " " + state();
  }
}
