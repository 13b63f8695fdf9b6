package io.hpc4j.local.schedule;

import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A queue with all that could start in it now, by share, and what its shares have used. Not
 * thread-safe; instants are in nanoseconds and must not go back.
 *
 * @param <J> the jobs
 */
public final class QueueState<J extends Candidate> {
  private JobQueue definition;
  private List<EnvironmentState> environments;
  private final Map<String, ShareState<J>> shares = new HashMap<>();
  private int waiting;
  private long cpusInUse;
  private long evaluated;

  // of the last pass
  private long open = Long.MAX_VALUE;
  private @Nullable Reservation promise;

  /** Creates one without jobs. */
  public QueueState(JobQueue definition, List<EnvironmentState> environments) {
    this.definition = definition;
    this.environments = List.copyOf(environments);
  }

  /** Changes the queue; its jobs stay, and what they have used. */
  public void redefine(JobQueue changed, List<EnvironmentState> changedEnvironments, long now) {
    long before = window();
    definition = changed;
    environments = List.copyOf(changedEnvironments);
    for (ShareState<J> share : shares.values()) {
      share.usage.window(window(), now);
      if (share.activeUntil > now) {
        share.activeUntil += window() - before;
      }
    }
  }

  /** The same queue with nothing running, and with copies of what waits. */
  <G extends Candidate> QueueState<G> copy(List<EnvironmentState> on, Function<J, G> copyOf) {
    QueueState<G> copy = new QueueState<>(definition, on);
    for (ShareState<J> share : shares.values()) {
      ShareState<G> shareCopy = new ShareState<>(share.name, share.usage.idleCopy());
      shareCopy.open = share.open;
      shareCopy.activeUntil = share.activeUntil;
      copy.shares.put(share.name, shareCopy);
      share.classes().forEach(present -> present.forEach(job -> copy.add(copyOf.apply(job))));
    }
    return copy;
  }

  /** Lets a copy of an allocation run as the original does. */
  void carryOn(Allocation copy, Allocation original) {
    copy.queue = this;
    cpusInUse += copy.cpus();
    if (original.share != null && original.charge != null) {
      ShareState<J> share = share(original.share.name);
      copy.share = share;
      copy.charge = share.usage.carryOn(original.charge);
    }
  }

  /** The queue as it was declared. */
  public JobQueue definition() {
    return definition;
  }

  SchedulingPolicy policy() {
    return definition.policy();
  }

  private long window() {
    return Nanos.of(policy().decayWindow());
  }

  /** Its environments, in the order in which they are tried. */
  public List<EnvironmentState> environments() {
    return environments;
  }

  /** Whether any of its environments could ever hold it. */
  public boolean couldEverHold(Demand demand) {
    for (EnvironmentState environment : environments) {
      if (environment.couldEverHold(demand)) {
        return true;
      }
    }
    return false;
  }

  /** Whether any of its environments could start it if its nodes in service were idle. */
  boolean couldStart(Demand demand) {
    for (EnvironmentState environment : environments) {
      if (couldStart(environment, demand)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an environment could, without more cpus than active shares may use. */
  boolean couldStart(EnvironmentState environment, Demand demand) {
    return environment.couldHoldNow(demand) && environment.cpusIfIdle(demand) <= open;
  }

  /** Whether any of its environments could hold it if its nodes in service were idle. */
  public boolean couldHoldNow(Demand demand) {
    for (EnvironmentState environment : environments) {
      if (environment.couldHoldNow(demand)) {
        return true;
      }
    }
    return false;
  }

  // --- what waits -------------------------------------------------------------------------------

  /** Lets a job wait for its turn; if it does already, in the line for what it needs now. */
  public void add(J job) {
    DemandClass<J> home = home(job);
    if (home != null && home.demand.equals(job.demand())) {
      return;
    }
    boolean unused = remove(job);
    share(job.share()).add(job);
    waiting++;
  }

  /** Takes a job out; whether it was in. */
  public boolean remove(J job) {
    DemandClass<J> home = home(job);
    if (home == null) {
      return false;
    }
    home.share().remove(job, home);
    waiting--;
    return true;
  }

  @SuppressWarnings("unchecked") // a job waits in the queue it was submitted to
  private @Nullable DemandClass<J> home(J job) {
    return (DemandClass<J>) job.home;
  }

  boolean isEmpty() {
    return waiting == 0;
  }

  private ShareState<J> share(String name) {
    ShareState<J> present = shares.get(name);
    if (present == null) {
      present = new ShareState<>(name, new ShareUsage(window()));
      shares.put(name, present);
    }
    return present;
  }

  Collection<ShareState<J>> shares() {
    return shares.values();
  }

  /** How many nodes of its trees have been looked at; for tests of what a pass costs. */
  public long touched() {
    return shares.values().stream().mapToLong(share -> share.touched).sum();
  }

  /** How often the usage of a share has been worked out; for tests of what a pass costs. */
  public long evaluated() {
    return evaluated;
  }

  // --- shares and what they use -----------------------------------------------------------------

  /** A job of a share has been taken in. */
  public void accepted(String share) {
    if (policy().isFairShare()) {
      share(share).open++;
    }
  }

  /** A job of a share has ended; the share counts as active until its usage has decayed. */
  public void finished(String share, long now) {
    if (policy().isFairShare()) {
      ShareState<J> state = share(share);
      state.open--;
      state.activeUntil = now + window();
    }
  }

  /**
   * Counts what was used before anything is started here.
   *
   * @param uses in any order
   */
  public void used(Collection<PastUse> uses) {
    Map<String, NavigableMap<Long, Long>> changes = new HashMap<>();
    for (PastUse use : uses) {
      NavigableMap<Long, Long> of = changes.computeIfAbsent(use.share(), s -> new TreeMap<>());
      of.merge(use.start(), use.cpus(), Long::sum);
      of.merge(use.end(), -use.cpus(), Long::sum);
    }
    changes.forEach(
        (name, of) -> {
          ShareState<J> share = share(name);
          of.forEach(share.usage::used);
          share.activeUntil = of.lastKey() + window();
        });
  }

  /** Whether a share has jobs that have not ended, or usage that has not decayed. */
  public boolean isActive(String share, long now) {
    ShareState<J> state = shares.get(share);
    return state != null && isActive(state, now);
  }

  private static boolean isActive(ShareState<?> share, long now) {
    return share.open > 0 || share.activeUntil > now;
  }

  /** How many shares are active; those that are not are forgotten. */
  public int activeShares(long now) {
    shares.values().removeIf(s -> !isActive(s, now) && s.isEmpty() && s.usage.cpusInUse() == 0);
    return shares.size();
  }

  /**
   * Something of a job runs from now on.
   *
   * @param limit how long, at most
   */
  public void started(J job, Allocation allocation, long limit, long now) {
    allocation.queue = this;
    boolean ends = limit < Candidate.UNLIMITED - now;
    allocation.environment().runs(allocation, ends ? now + limit : Candidate.UNLIMITED);
    cpusInUse += allocation.cpus();
    if (policy().isFairShare()) {
      ShareState<J> share = share(job.share());
      allocation.share = share;
      allocation.charge = share.usage.start(allocation.cpus(), limit, now);
    }
  }

  void ended(Allocation allocation, long now) {
    cpusInUse -= allocation.cpus();
    if (allocation.share != null && allocation.charge != null) {
      allocation.share.usage.end(allocation.charge, now);
    }
  }

  /** Works out what holds for a whole pass: how many cpus its active shares may use in all. */
  void begin(long now) {
    open = Long.MAX_VALUE;
    promise = null;
    if (policy().reservation() > 0) {
      long cpus = environments.stream().mapToLong(EnvironmentState::cpus).sum();
      double rest = cpus * (1 - policy().reservedFraction(activeShares(now)));
      open = (long) Math.floor(rest + 1e-9);
    }
  }

  /** How many cpus its jobs may use; the rest is kept for shares that are not active. */
  public long open() {
    return open;
  }

  /** Whether somewhere there is room now for which its jobs may use enough more cpus. */
  public boolean isAllowed(Demand demand) {
    return couldStart(demand)
        && environments.stream()
            .anyMatch(e -> e.hasRoomFor(demand) && e.cpusFor(demand, null) <= room());
  }

  /** How many more cpus its jobs may use now. */
  long room() {
    return open == Long.MAX_VALUE ? open : open - cpusInUse;
  }

  /** What its first job is promised, if cpus are kept back that its others could take from it. */
  @Nullable Reservation promise() {
    return promise;
  }

  void promise(Reservation made) {
    promise = open == Long.MAX_VALUE ? null : made;
  }

  /**
   * A share at one instant: who has used least goes first. What is equal to a millionth of a cpu
   * second counts as equal, so that rounding decides nothing.
   */
  static final class Standing<J extends Candidate> {
    static final Comparator<Standing<?>> ORDER = Standing::compare;

    private static final double PRECISION = 1e6;

    final ShareState<J> share;
    private final double weight;
    private double usage; // over the weight

    private Standing(ShareState<J> share, double weight, long now) {
      this.share = share;
      this.weight = weight;
      usage = share.usage.usage(now) / weight;
    }

    private static int compare(Standing<?> one, Standing<?> other) {
      int byUsage = Double.compare(rounded(one.usage), rounded(other.usage));
      if (byUsage != 0) {
        return byUsage;
      }
      int byCpus = Double.compare(one.cpusInUse(), other.cpusInUse());
      return byCpus == 0 ? one.share.name.compareTo(other.share.name) : byCpus;
    }

    private static double rounded(double cpuSeconds) {
      return Math.rint(cpuSeconds * PRECISION);
    }

    /** Over the weight. */
    private double cpusInUse() {
      return rounded(share.usage.cpusInUse() / weight);
    }

    /** Adds the charge for what has just been started. */
    void charge(Allocation started) {
      if (started.charge != null) {
        usage += started.charge.cpuSeconds / weight;
      }
    }
  }

  Standing<J> standing(ShareState<J> share, long now) {
    evaluated++;
    return new Standing<>(share, policy().weightOf(share.name), now);
  }

  /**
   * Tells how the shares stand, who goes next first.
   *
   * @param waitingIn how much waits in a share
   */
  public List<ShareStatus> standings(long now, ToIntFunction<String> waitingIn) {
    if (!policy().isFairShare()) {
      return List.of();
    }
    int unused = activeShares(now);
    List<Standing<J>> all = new ArrayList<>();
    shares.values().forEach(share -> all.add(standing(share, now)));
    policy().shares().keySet().stream()
        .filter(name -> !name.endsWith("*") && !shares.containsKey(name))
        .forEach(name -> all.add(standing(new ShareState<>(name, new ShareUsage(window())), now)));
    all.sort(Standing.ORDER);
    double active = 0;
    for (Standing<J> s : all) {
      active += isActive(s.share, now) ? s.weight : 0;
    }
    List<ShareStatus> told = new ArrayList<>();
    for (Standing<J> s : all) {
      boolean isActive = isActive(s.share, now);
      told.add(
          new ShareStatus(
              s.share.name,
              s.weight,
              s.share.usage.usage(now),
              isActive ? s.weight / active : 0,
              Math.toIntExact(s.share.usage.cpusInUse()),
              waitingIn.applyAsInt(s.share.name),
              told.size() + 1,
              isActive));
    }
    return told;
  }

  /** The share that goes before that of a job, if one does. */
  public Optional<String> goesBefore(J job) {
    return shares.values().stream()
        .filter(share -> !share.isEmpty())
        .map(share -> new Standing<>(share, policy().weightOf(share.name), share.usage.at()))
        .min(Standing.ORDER)
        .map(first -> first.share.name)
        .filter(name -> !name.equals(job.share()));
  }

  @Override
  public String toString() {
    return definition.name() + ", " + waiting + " waiting";
  }
}
