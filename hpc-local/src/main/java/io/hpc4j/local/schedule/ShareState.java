package io.hpc4j.local.schedule;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A share of a queue: what waits in it, and what it has used. A queue without shares has one, whose
 * name is empty. Not thread-safe.
 *
 * @param <J> the jobs
 */
final class ShareState<J extends Candidate> {
  final String name;
  final ShareUsage usage;
  long touched; // nodes of trees that were looked at; for tests of what a pass costs
  int open; // jobs that have not ended
  long activeUntil; // when it is idle: from when on it does not count as active

  private final Map<Demand, DemandClass<J>> classes = new HashMap<>();
  private final NavigableSet<DemandClass<J>> byHead =
      new TreeSet<>((one, other) -> Candidate.ORDER.compare(head(one), head(other)));

  ShareState(String name, ShareUsage usage) {
    this.name = name;
    this.usage = usage;
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
