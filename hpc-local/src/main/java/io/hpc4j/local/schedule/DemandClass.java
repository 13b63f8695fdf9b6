package io.hpc4j.local.schedule;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All of a share that wait for the same demand, in order: where one of them does not fit, none
 * does. A treap whose nodes know the shortest limit below them, so that the first that is short
 * enough is found in logarithmic time. Not thread-safe.
 *
 * @param <J> the jobs
 */
final class DemandClass<J extends Candidate> {
  final Demand demand;
  private final ShareState<J> share;
  private @Nullable Candidate root;
  private @Nullable J first;
  private @Nullable J candidate; // in a walk
  private @Nullable J passed; // in a walk: the last that did not start
  private @Nullable Candidate low; // what split() returns besides
  private @Nullable Candidate high;

  DemandClass(Demand demand, ShareState<J> share) {
    this.demand = demand;
    this.share = share;
  }

  ShareState<J> share() {
    return share;
  }

  /** The first in order, or null if it is empty. */
  @Nullable J first() {
    return first;
  }

  /** Notes who of it may start. */
  void propose(J job) {
    candidate = job;
  }

  /** Who of it may start, as far as is known. */
  J candidate() {
    return Objects.requireNonNull(candidate, "candidate");
  }

  /** The first in order whose limit is at most this. */
  @SuppressWarnings("unchecked") // only such are added
  @Nullable J firstWithin(long limit) {
    Candidate node = root;
    if (node == null || node.shortest > limit) {
      return null;
    }
    while (true) {
      share.touched++;
      Candidate before = node.left;
      if (before != null && before.shortest <= limit) {
        node = before;
      } else if (node.limit() <= limit) {
        return (J) node;
      } else {
        node = node.right; // the shortest is there
        if (node == null) {
          throw new IllegalStateException("a limit has changed while its job waited");
        }
      }
    }
  }

  /** Forgets who was passed in an earlier walk. */
  void beginWalk() {
    passed = null;
  }

  /** Notes that a walk has come past a job. */
  void passed(J job) {
    passed = job;
  }

  /** The first in order that the walk has not come past. */
  @SuppressWarnings("unchecked") // only such are added
  @Nullable J firstNotPassed() {
    if (passed == null) {
      return first;
    }
    Candidate next = null;
    Candidate node = root;
    while (node != null) {
      share.touched++;
      if (Candidate.ORDER.compare(passed, node) < 0) {
        next = node;
        node = node.left;
      } else {
        node = node.right;
      }
    }
    return (J) next;
  }

  /** Goes through all, in no order. */
  void forEach(Consumer<J> action) {
    visit(root, action);
  }

  @SuppressWarnings("unchecked") // only such are added
  private void visit(@Nullable Candidate tree, Consumer<J> action) {
    if (tree != null) {
      visit(tree.left, action);
      action.accept((J) tree);
      visit(tree.right, action);
    }
  }

  void add(J job) {
    job.home = this;
    job.left = null;
    job.right = null;
    job.shortest = job.limit();
    root = insert(root, job);
    if (first == null || Candidate.ORDER.compare(job, first) < 0) {
      first = job;
    }
  }

  @SuppressWarnings("unchecked") // only such are added
  void remove(J job) {
    root = delete(root, job);
    job.home = null;
    job.left = null;
    job.right = null;
    if (job == first) {
      Candidate node = root;
      while (node != null && node.left != null) {
        node = node.left;
      }
      first = (J) node;
    }
  }

  private Candidate insert(@Nullable Candidate tree, Candidate job) {
    if (tree == null) {
      return job;
    }
    if (weight(job) > weight(tree)) {
      split(tree, job);
      job.left = low;
      job.right = high;
      return summed(job);
    }
    if (Candidate.ORDER.compare(job, tree) < 0) {
      tree.left = insert(tree.left, job);
    } else {
      tree.right = insert(tree.right, job);
    }
    return summed(tree);
  }

  /** Splits into what goes before a job and what goes after it. */
  private void split(@Nullable Candidate tree, Candidate job) {
    if (tree == null) {
      low = null;
      high = null;
    } else if (Candidate.ORDER.compare(tree, job) < 0) {
      split(tree.right, job);
      tree.right = low;
      low = summed(tree);
    } else {
      split(tree.left, job);
      tree.left = high;
      high = summed(tree);
    }
  }

  private static @Nullable Candidate delete(@Nullable Candidate tree, Candidate job) {
    if (tree == null) {
      throw new IllegalStateException("a job is not where it waits: " + job);
    }
    if (tree == job) {
      return merge(tree.left, tree.right);
    }
    if (Candidate.ORDER.compare(job, tree) < 0) {
      tree.left = delete(tree.left, job);
    } else {
      tree.right = delete(tree.right, job);
    }
    return summed(tree);
  }

  private static @Nullable Candidate merge(@Nullable Candidate before, @Nullable Candidate after) {
    if (before == null || after == null) {
      return before == null ? after : before;
    }
    if (weight(before) > weight(after)) {
      before.right = merge(before.right, after);
      return summed(before);
    }
    after.left = merge(before, after.left);
    return summed(after);
  }

  private static Candidate summed(Candidate node) {
    long shortest = node.limit();
    if (node.left != null) {
      shortest = Math.min(shortest, node.left.shortest);
    }
    if (node.right != null) {
      shortest = Math.min(shortest, node.right.shortest);
    }
    node.shortest = shortest;
    return node;
  }

  /** As good as random and the same in each run: the finalizer of SplitMix64. */
  private static long weight(Candidate job) {
    long z = job.number() * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
