package io.hpc4j.testkit.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The jobs of a queue, or below another job, by number, by status and by name, so that a listing
 * looks only at what it lists. Owned by the turns.
 */
final class JobIndex {
  private static final Comparator<BatchJob> STARTING_ORDER =
      Comparator.comparingInt((BatchJob job) -> -job.startingPriority())
          .thenComparingLong(job -> job.parent == null ? job.number : job.parent.number)
          .thenComparingInt(job -> job.index);

  private final NavigableMap<Long, BatchJob> all = new TreeMap<>();
  private final Map<Status, NavigableMap<Long, BatchJob>> byStatus = new EnumMap<>(Status.class);
  private final NavigableMap<String, NavigableMap<Long, BatchJob>> byName = new TreeMap<>();
  private final Map<String, Integer> openByShare = new HashMap<>();
  private final Map<String, NavigableSet<BatchJob>> runnable = new TreeMap<>();

  void add(BatchJob job) {
    all.put(job.number, job);
    with(job.status).put(job.number, job);
    byName.computeIfAbsent(key(job.name()), any -> new TreeMap<>()).put(job.number, job);
    openByShare.merge(job.share(), 1, Integer::sum);
  }

  void moved(BatchJob job, Status before) {
    with(before).remove(job.number);
    with(job.status).put(job.number, job);
    if (job.status.isEnded()) {
      openByShare.computeIfPresent(job.share(), (any, count) -> count == 1 ? null : count - 1);
    }
  }

  void remove(BatchJob job) {
    all.remove(job.number);
    with(job.status).remove(job.number);
    NavigableMap<Long, BatchJob> namesakes =
        Objects.requireNonNullElseGet(byName.get(key(job.name())), TreeMap::new);
    namesakes.remove(job.number);
    if (namesakes.isEmpty()) {
      byName.remove(key(job.name()));
    }
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  NavigableMap<Long, BatchJob> all() {
    return all;
  }

  NavigableMap<Long, BatchJob> with(Status status) {
    return byStatus.computeIfAbsent(status, any -> new TreeMap<>());
  }

  /**
   * The jobs of this name, whatever its case, or with {@code *} at the end of names that begin so.
   */
  NavigableMap<Long, BatchJob> named(String pattern) {
    String key = key(pattern);
    if (!key.endsWith("*")) {
      return byName.getOrDefault(key, new TreeMap<>());
    }
    String stem = key.substring(0, key.length() - 1);
    NavigableMap<Long, BatchJob> found = new TreeMap<>();
    for (Map.Entry<String, NavigableMap<Long, BatchJob>> entry : byName.tailMap(stem).entrySet()) {
      if (!entry.getKey().startsWith(stem)) {
        break;
      }
      found.putAll(entry.getValue());
    }
    return found;
  }

  /** The jobs and children that are RUNNABLE, by share, in the order in which they are to start. */
  Map<String, NavigableSet<BatchJob>> runnable() {
    return runnable;
  }

  void addRunnable(BatchJob job) {
    runnable.computeIfAbsent(job.share(), any -> new TreeSet<>(STARTING_ORDER)).add(job);
  }

  void removeRunnable(BatchJob job) {
    NavigableSet<BatchJob> same = runnable.get(job.share());
    if (same != null && same.remove(job) && same.isEmpty()) {
      runnable.remove(job.share());
    }
  }

  /** How many shares have a job that has not ended. */
  int activeShares() {
    return openByShare.size();
  }

  boolean isActive(String share) {
    return openByShare.containsKey(share);
  }

  /** All that have not ended, in the order of submission. */
  List<BatchJob> open() {
    List<BatchJob> open = new ArrayList<>();
    all.values().stream().filter(job -> !job.status.isEnded()).forEach(open::add);
    return open;
  }
}
