package io.hpc4j.local.schedule;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A share of a queue: what waits in it, and what it has used. A queue without shares has one, whose
 * name is empty. Not thread-safe.
 *
 * @param <J> the jobs
 */
final class ShareState<J extends Candidate> {
  /**
   * Who has used least goes first. What is equal to a millionth of a cpu second counts as equal, so
   * that rounding decides nothing.
   */
  static final Comparator<ShareState<?>> ORDER = ShareState::compare;

  private static final double PRECISION = 1e6;

  final String name;
  final ShareUsage usage;
  long touched; // nodes of trees that were looked at; for tests of what a pass costs
  int open; // jobs that have not ended
  long activeUntil; // when it is idle: from when on it does not count as active

  /** In a walk: the classes of which one may start, whose is first in order first. */
  final PriorityQueue<DemandClass<J>> mayStart =
      new PriorityQueue<>(
          1, (one, other) -> Candidate.ORDER.compare(one.candidate(), other.candidate()));

  private double weight;
  private double standing; // usage over weight at the instant that was asked for last
  private double rounded;

  private final Map<Demand, DemandClass<J>> classes = new HashMap<>();
  private final NavigableSet<DemandClass<J>> byHead =
      new TreeSet<>((one, other) -> Candidate.ORDER.compare(head(one), head(other)));

  ShareState(String name, ShareUsage usage, double weight) {
    this.name = name;
    this.usage = usage;
    this.weight = weight;
  }

  private static int compare(ShareState<?> one, ShareState<?> other) {
    int byUsage = Double.compare(one.rounded, other.rounded);
    if (byUsage != 0) {
      return byUsage;
    }
    int byCpus = Double.compare(one.cpusInUse(), other.cpusInUse());
    return byCpus == 0 ? one.name.compareTo(other.name) : byCpus;
  }

  private static double rounded(double cpuSeconds) {
    return Math.rint(cpuSeconds * PRECISION);
  }

  /** Over the weight. */
  private double cpusInUse() {
    return rounded(usage.cpusInUse() / weight);
  }

  double weight() {
    return weight;
  }

  void weigh(double changed) {
    weight = changed;
  }

  /** Works out how it stands at an instant. */
  void evaluate(long now) {
    stand(usage.usage(now) / weight);
  }

  /** Adds the charge for what has just been started. */
  void charge(Allocation started) {
    if (started.charge != null) {
      stand(standing + started.charge.cpuSeconds / weight);
    }
  }

  private void stand(double usageOverWeight) {
    standing = usageOverWeight;
    rounded = rounded(usageOverWeight);
  }

  boolean isActive(long now) {
    return open > 0 || activeUntil > now;
  }

  private static <J extends Candidate> J head(DemandClass<J> present) {
    J first = present.first();
    if (first == null) {
      throw new IllegalStateException("an empty class stands in line");
    }
    return first;
  }

  boolean isEmpty() {
    return byHead.isEmpty();
  }

  /** What waits, by demand, ordered by the first that waits for each. */
  Collection<DemandClass<J>> classes() {
    return byHead;
  }

  /** The first in order, but for demands that are passed over. */
  @Nullable J first(Collection<DemandClass<J>> passedOver) {
    for (DemandClass<J> present : byHead) {
      if (!passedOver.contains(present)) {
        return present.first();
      }
    }
    return null;
  }

  void add(J job) {
    DemandClass<J> to =
        classes.computeIfAbsent(job.demand(), demand -> new DemandClass<>(demand, this));
    job.keep(to.demand);
    J first = to.first();
    if (first != null && Candidate.ORDER.compare(first, job) < 0) {
      to.add(job);
    } else {
      if (first != null) {
        byHead.remove(to);
      }
      to.add(job);
      byHead.add(to);
    }
  }

  void remove(J job, DemandClass<J> from) {
    if (from.first() != job) {
      from.remove(job);
      return;
    }
    byHead.remove(from);
    from.remove(job);
    if (from.first() == null) {
      classes.remove(from.demand);
    } else {
      byHead.add(from);
    }
  }
}
