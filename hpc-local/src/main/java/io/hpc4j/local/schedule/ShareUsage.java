package io.hpc4j.local.schedule;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * What a share has used: cpu seconds that count less the older they are, and nothing once they are
 * as old as the window; and, for what runs, a charge in advance that real use replaces second by
 * second. Not thread-safe; time is in nanoseconds, and stands still where it would go back.
 *
 * <p>With r(t) cpus in use, W(t) the cpu seconds within the window D, and U(t) the decayed usage,
 * W' = r(t) - r(t - D) and U' = r(t) - W(t) / D. Both are carried on from one change of a rate to
 * the next, so that a question costs no more than what has changed since the last.
 */
final class ShareUsage {
  private static final double SECOND = 1e9;

  private long window;
  private long at = Long.MIN_VALUE;
  private long rate; // cpus in use
  private long lagging; // cpus in use one window ago
  private double inWindow; // W, cpu seconds
  private double decayed; // U, cpu seconds
  private final Deque<Change> changes = new ArrayDeque<>(); // of the rate, within the window
  private final PriorityQueue<Charge> charges =
      new PriorityQueue<>(Comparator.comparingLong(charge -> charge.until));
  private final Set<Charge> running = new LinkedHashSet<>();
  private long chargedCpus;
  private double charged; // cpu seconds

  private record Change(long time, long cpus) {}

  /** What is charged in advance for something that runs. */
  static final class Charge {
    final double cpuSeconds;
    private final long cpus;
    private final long limit;
    private final long start;
    private long until;
    private boolean open = true;

    private Charge(long cpus, long limit, long window, long now) {
      this.cpus = cpus;
      this.limit = limit;
      start = now;
      until = now + Math.min(limit, window);
      cpuSeconds = cpus * (Math.min(limit, window) / SECOND);
    }

    private Charge(Charge original) {
      cpus = original.cpus;
      limit = original.limit;
      start = original.start;
      until = original.until;
      cpuSeconds = original.cpuSeconds;
      open = original.open;
    }
  }

  ShareUsage(long window) {
    this.window = window;
  }

  /** The same usage without the charges in advance. */
  ShareUsage idleCopy() {
    ShareUsage copy = new ShareUsage(window);
    copy.at = at;
    copy.rate = rate;
    copy.lagging = lagging;
    copy.inWindow = inWindow;
    copy.decayed = decayed;
    copy.changes.addAll(changes);
    return copy;
  }

  /** Takes over the charge for something that runs. */
  Charge carryOn(Charge original) {
    Charge copy = new Charge(original);
    running.add(copy);
    if (copy.open) {
      charges.add(copy);
      chargedCpus += copy.cpus;
      charged += copy.cpus * ((copy.until - at) / SECOND);
    }
    return copy;
  }

  /** At this instant so many more cpus came into use, or went out of it; nothing is charged. */
  void used(long when, long cpus) {
    advance(when);
    change(cpus);
  }

  /** Something that runs at most this long takes cpus. */
  Charge start(long cpus, long limit, long now) {
    advance(now);
    change(cpus);
    Charge charge = new Charge(cpus, limit, window, at);
    running.add(charge);
    charges.add(charge);
    chargedCpus += cpus;
    charged += charge.cpuSeconds;
    return charge;
  }

  /** It gives them back; what was charged beyond what it used is taken off. */
  void end(Charge charge, long now) {
    advance(now);
    change(-charge.cpus);
    running.remove(charge);
    if (charge.open) {
      close(charge);
      charges.remove(charge);
    }
  }

  private void change(long cpus) {
    rate += cpus;
    Change last = changes.peekLast();
    boolean again = last != null && last.time == at;
    changes.add(new Change(at, again ? changes.removeLast().cpus + cpus : cpus));
  }

  private void close(Charge charge) {
    charge.open = false;
    chargedCpus -= charge.cpus;
    charged = chargedCpus == 0 ? 0 : charged - charge.cpus * ((charge.until - at) / SECOND);
  }

  /** The usage now, in cpu seconds. */
  double usage(long now) {
    advance(now);
    return Math.max(0, decayed) + Math.max(0, charged);
  }

  /** The last instant that was asked for. */
  long at() {
    return at;
  }

  /** How many cpus are in use. */
  long cpusInUse() {
    return rate;
  }

  /**
   * Lets usage decay over another window; what has left the old one has been forgotten. What runs
   * is charged as if the window had never been another.
   */
  void window(long changed, long now) {
    if (changed == window) {
      return;
    }
    advance(now);
    if (at == Long.MIN_VALUE) {
      window = changed;
      return;
    }
    if (changed > window) {
      changes.addFirst(new Change(at - window, lagging));
      lagging = 0;
    }
    long from = at - Math.min(window, changed);
    window = changed;
    while (!changes.isEmpty() && changes.getFirst().time <= at - window) {
      lagging += changes.removeFirst().cpus;
    }
    sumUp(from);
    chargeAnew();
  }

  private void chargeAnew() {
    charges.clear();
    chargedCpus = 0;
    charged = 0;
    for (Charge charge : running) {
      charge.until = charge.start + Math.min(charge.limit, window);
      charge.open = charge.until > at;
      if (charge.open) {
        charges.add(charge);
        chargedCpus += charge.cpus;
        charged += charge.cpus * ((charge.until - at) / SECOND);
      }
    }
  }

  private void sumUp(long from) {
    inWindow = 0;
    decayed = 0;
    long cpus = lagging;
    long since = from;
    for (Change change : changes) {
      add(cpus, since, change.time);
      cpus += change.cpus;
      since = change.time;
    }
    add(cpus, since, at);
  }

  private void add(long cpus, long since, long until) {
    double seconds = (until - since) / SECOND;
    double meanAge = ((at - since) + (at - until)) / 2.0;
    inWindow += cpus * seconds;
    decayed += cpus * seconds * (1 - meanAge / window);
  }

  private void advance(long now) {
    if (at == Long.MIN_VALUE) {
      at = now;
    }
    while (at < now) {
      long leaves = changes.isEmpty() ? Long.MAX_VALUE : changes.getFirst().time + window;
      long expires = charges.isEmpty() ? Long.MAX_VALUE : charges.element().until;
      passTo(Math.min(now, Math.min(leaves, expires)));
      while (!changes.isEmpty() && changes.getFirst().time + window <= at) {
        lagging += changes.removeFirst().cpus;
      }
      while (!charges.isEmpty() && charges.element().until <= at) {
        close(charges.remove());
      }
    }
    if (rate == 0 && lagging == 0 && changes.isEmpty()) {
      inWindow = 0; // and not what rounding has left
      decayed = 0;
    }
  }

  private void passTo(long then) {
    double seconds = (then - at) / SECOND;
    double growth = (rate - lagging) * seconds;
    decayed += rate * seconds - (inWindow + growth / 2) * seconds / (window / SECOND);
    inWindow += growth;
    charged -= chargedCpus * seconds;
    at = then;
  }
}
