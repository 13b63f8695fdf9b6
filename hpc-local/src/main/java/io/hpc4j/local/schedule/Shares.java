package io.hpc4j.local.schedule;

import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The shares of a queue, and how they stand to each other. A queue without shares has one, whose
 * name is empty, and which is not evaluated. Not thread-safe.
 *
 * @param <J> the jobs
 */
final class Shares<J extends Candidate> {
  private SchedulingPolicy policy;
  private final Map<String, ShareState<J>> all = new HashMap<>();
  private final PriorityQueue<ShareState<J>> inOrder = new PriorityQueue<>(1, ShareState.ORDER);
  private long evaluated;

  Shares(SchedulingPolicy policy) {
    this.policy = policy;
  }

  private long window() {
    return Nanos.of(policy.decayWindow());
  }

  /** Changes the policy; what was used stays, and who is active stays so for the new window. */
  void redefine(SchedulingPolicy changed, long now) {
    long before = window();
    policy = changed;
    for (ShareState<J> share : all.values()) {
      share.weigh(changed.weightOf(share.name));
      share.usage.window(window(), now);
      if (share.activeUntil > now) {
        share.activeUntil += window() - before;
      }
    }
  }

  /** Adds the shares of another queue, with what they have used and without what they hold. */
  void copyIdle(Shares<?> others) {
    for (ShareState<?> share : others.all.values()) {
      ShareState<J> copy = new ShareState<>(share.name, share.usage.idleCopy(), share.weight());
      copy.open = share.open;
      copy.activeUntil = share.activeUntil;
      all.put(share.name, copy);
    }
  }

  Collection<ShareState<J>> all() {
    return all.values();
  }

  /** The share of this name, made now if there is none. */
  ShareState<J> of(String name) {
    ShareState<J> present = all.get(name);
    if (present == null) {
      present = unused(name);
      all.put(name, present);
    }
    return present;
  }

  private ShareState<J> unused(String name) {
    return new ShareState<>(name, new ShareUsage(window()), policy.weightOf(name));
  }

  /** Any job that waits, or null if none does. */
  @Nullable J any() {
    for (ShareState<J> share : all.values()) {
      if (!share.isEmpty()) {
        return share.first(List.of());
      }
    }
    return null;
  }

  /** Those in which something waits, who goes next first: for one pass, until the next asks. */
  PriorityQueue<ShareState<J>> inOrder(long now) {
    inOrder.clear();
    for (ShareState<J> share : all.values()) {
      if (!share.isEmpty()) {
        evaluate(share, now);
        inOrder.add(share);
      }
    }
    return inOrder;
  }

  private void evaluate(ShareState<J> share, long now) {
    if (policy.isFairShare()) {
      evaluated++;
      share.evaluate(now);
    }
  }

  /** How often the usage of a share has been worked out; for tests of what a pass costs. */
  long evaluated() {
    return evaluated;
  }

  /** How many nodes of trees have been looked at; for tests of what a pass costs. */
  long touched() {
    return all.values().stream().mapToLong(share -> share.touched).sum();
  }

  /** A job of a share has been taken in. */
  void accepted(String name) {
    if (policy.isFairShare()) {
      of(name).open++;
    }
  }

  /** A job of a share has ended; the share counts as active until its usage has decayed. */
  void finished(String name, long now) {
    if (policy.isFairShare()) {
      ShareState<J> share = of(name);
      share.open--;
      share.activeUntil = now + window();
    }
  }

  /** Something of a share runs from now on, for so long at most. */
  void started(String name, Allocation allocation, long limit, long now) {
    if (policy.isFairShare()) {
      ShareState<J> share = of(name);
      allocation.share = share;
      allocation.charge = share.usage.start(allocation.cpus(), limit, now);
    }
  }

  /** Counts what was used before anything is started here, in any order. */
  void used(Collection<PastUse> uses) {
    Map<String, NavigableMap<Long, Long>> changes = new HashMap<>();
    for (PastUse use : uses) {
      NavigableMap<Long, Long> of = changes.computeIfAbsent(use.share(), s -> new TreeMap<>());
      of.merge(use.start(), use.cpus(), Long::sum);
      of.merge(use.end(), -use.cpus(), Long::sum);
    }
    changes.forEach(
        (name, of) -> {
          ShareState<J> share = of(name);
          of.forEach(share.usage::used);
          share.activeUntil = of.lastKey() + window();
        });
  }

  /** Whether a share has jobs that have not ended, or usage that has not decayed. */
  boolean isActive(String name, long now) {
    ShareState<J> share = all.get(name);
    return share != null && share.isActive(now);
  }

  /** How many shares are active; those that are not are forgotten. */
  int active(long now) {
    all.values().removeIf(s -> !s.isActive(now) && s.isEmpty() && s.usage.cpusInUse() == 0);
    return all.size();
  }

  /** Tells how the shares stand, with those that were declared and not used. */
  List<ShareStatus> standings(long now, ToIntFunction<String> waitingIn) {
    if (!policy.isFairShare()) {
      return List.of();
    }
    int unused = active(now);
    List<ShareState<J>> told = new ArrayList<>(all.values());
    policy.shares().keySet().stream()
        .filter(name -> !name.endsWith("*") && !all.containsKey(name))
        .forEach(name -> told.add(unused(name)));
    told.forEach(share -> evaluate(share, now));
    told.sort(ShareState.ORDER);
    double active =
        told.stream().filter(s -> s.isActive(now)).mapToDouble(ShareState::weight).sum();
    List<ShareStatus> statuses = new ArrayList<>();
    for (ShareState<J> share : told) {
      statuses.add(
          new ShareStatus(
              share.name,
              share.weight(),
              share.usage.usage(now),
              share.isActive(now) ? share.weight() / active : 0,
              Math.toIntExact(share.usage.cpusInUse()),
              waitingIn.applyAsInt(share.name),
              statuses.size() + 1,
              share.isActive(now)));
    }
    return statuses;
  }

  /** The share that goes before this one as they stood last, if one does. */
  Optional<String> goesBefore(String name) {
    ShareState<J> first = null;
    for (ShareState<J> share : all.values()) {
      if (!share.isEmpty()) {
        share.evaluate(share.usage.at());
        first = first == null || ShareState.ORDER.compare(share, first) < 0 ? share : first;
      }
    }
    return Optional.ofNullable(first).map(share -> share.name).filter(next -> !next.equals(name));
  }
}
