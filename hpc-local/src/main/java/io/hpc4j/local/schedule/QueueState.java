package io.hpc4j.local.schedule;

import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
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
  private final Shares<J> shares;
  private int waiting;
  private long cpusInUse;

  // of the last pass
  private long open = Long.MAX_VALUE;
  private @Nullable Reservation promise;

  /** Creates one without jobs. */
  public QueueState(JobQueue definition, List<EnvironmentState> environments) {
    this.definition = definition;
    this.environments = List.copyOf(environments);
    shares = new Shares<>(definition.policy());
  }

  /** Changes the queue; its jobs stay, and what they have used. */
  public void redefine(JobQueue changed, List<EnvironmentState> changedEnvironments, long now) {
    definition = changed;
    environments = List.copyOf(changedEnvironments);
    shares.redefine(changed.policy(), now);
  }

  /** The same queue with nothing running, and with copies of what waits. */
  <G extends Candidate> QueueState<G> copy(List<EnvironmentState> on, Function<J, G> copyOf) {
    QueueState<G> copy = new QueueState<>(definition, on);
    copy.shares.copyIdle(shares);
    for (ShareState<J> share : shares.all()) {
      share.classes().forEach(present -> present.forEach(job -> copy.add(copyOf.apply(job))));
    }
    return copy;
  }

  /** Lets a copy of an allocation run as the original does. */
  void carryOn(Allocation copy, Allocation original) {
    copy.queue = this;
    cpusInUse += copy.cpus();
    if (original.share != null && original.charge != null) {
      ShareState<J> share = shares.of(original.share.name);
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

  /** Its environments, in the order in which they are tried. */
  public List<EnvironmentState> environments() {
    return environments;
  }

  /** Whether any of its environments could ever hold it. */
  public boolean couldEverHold(Demand demand) {
    return any(demand, EnvironmentState::couldEverHold);
  }

  /** Whether any of its environments could hold it if its nodes in service were idle. */
  public boolean couldHoldNow(Demand demand) {
    return any(demand, EnvironmentState::couldHoldNow);
  }

  /** The same, without more cpus than active shares may use. */
  boolean couldStart(Demand demand) {
    return any(demand, this::couldStart);
  }

  /** Whether one environment could. */
  boolean couldStart(EnvironmentState environment, Demand demand) {
    return environment.couldHoldNow(demand) && environment.cpusIfIdle(demand) <= open;
  }

  private boolean any(Demand demand, BiPredicate<EnvironmentState, Demand> could) {
    for (EnvironmentState environment : environments) {
      if (could.test(environment, demand)) {
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
    shares.of(job.share()).add(job);
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

  Shares<J> shares() {
    return shares;
  }

  /** How many nodes of its trees have been looked at; for tests of what a pass costs. */
  public long touched() {
    return shares.touched();
  }

  /** How often the usage of a share has been worked out; for tests of what a pass costs. */
  public long evaluated() {
    return shares.evaluated();
  }

  // --- shares and what they use -----------------------------------------------------------------

  /** A job of a share has been taken in. */
  public void accepted(String share) {
    shares.accepted(share);
  }

  /** A job of a share has ended; the share counts as active until its usage has decayed. */
  public void finished(String share, long now) {
    shares.finished(share, now);
  }

  /**
   * Counts what was used before anything is started here.
   *
   * @param uses in any order
   */
  public void used(Collection<PastUse> uses) {
    shares.used(uses);
  }

  /** Whether a share has jobs that have not ended, or usage that has not decayed. */
  public boolean isActive(String share, long now) {
    return shares.isActive(share, now);
  }

  /** How many shares are active; those that are not are forgotten. */
  public int activeShares(long now) {
    return shares.active(now);
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
    shares.started(job.share(), allocation, limit, now);
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
   * Tells how the shares stand, who goes next first.
   *
   * @param waitingIn how much waits in a share
   */
  public List<ShareStatus> standings(long now, ToIntFunction<String> waitingIn) {
    return shares.standings(now, waitingIn);
  }

  /** The share that goes before that of a job, if one does. */
  public Optional<String> goesBefore(J job) {
    return shares.goesBefore(job.share());
  }

  @Override
  public String toString() {
    return definition.name() + ", " + waiting + " waiting";
  }
}
