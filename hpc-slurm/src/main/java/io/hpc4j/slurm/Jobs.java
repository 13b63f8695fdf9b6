package io.hpc4j.slurm;

import io.hpc4j.model.JobId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The jobs that are known here, by their tokens: all that may still change, and of those that are
 * over the last few. What is forgotten is found again as another program's jobs are. Thread-safe.
 */
final class Jobs {
  private final int mostOver;
  private final Map<String, SlurmJob> open = new LinkedHashMap<>();
  private final Map<String, SlurmJob> over = new LinkedHashMap<>(); // in the order of their ends

  Jobs(int mostOver) {
    this.mostOver = mostOver;
  }

  synchronized Optional<SlurmJob> find(JobId id) {
    SlurmJob known = open.get(id.token());
    return Optional.ofNullable(known == null ? over.get(id.token()) : known);
  }

  /** Adds a job, in place of one that was found under its token while it was being sent. */
  synchronized void put(SlurmJob job) {
    over.remove(job.id.token());
    open.put(job.id.token(), job);
  }

  /**
   * Adds a job of another program, and returns it; the one that is there if it is known already.
   */
  synchronized SlurmJob found(SlurmJob job) {
    Optional<SlurmJob> known = find(job.id);
    if (known.isEmpty()) {
      put(job);
    }
    return known.orElse(job);
  }

  synchronized void forget(SlurmJob job) {
    open.remove(job.id.token());
  }

  /** Those that may still change, in the order in which they were added. */
  synchronized List<SlurmJob> open() {
    return List.copyOf(open.values());
  }

  synchronized List<SlurmJob> all() {
    List<SlurmJob> all = new ArrayList<>(over.values());
    all.addAll(open.values());
    return all;
  }

  synchronized Set<String> tokens() {
    Set<String> all = new HashSet<>(over.keySet());
    all.addAll(open.keySet());
    return all;
  }

  /**
   * Notes that jobs are over; the oldest of all such are forgotten, unless an open one needs them.
   */
  synchronized void over(Collection<SlurmJob> jobs) {
    for (SlurmJob job : jobs) {
      open.remove(job.id.token());
      over.put(job.id.token(), job);
    }
    if (over.size() > mostOver) {
      Set<String> needed = new HashSet<>();
      open.values().stream().flatMap(SlurmJob::needs).map(JobId::token).forEach(needed::add);
      Iterator<String> oldest = over.keySet().iterator();
      while (over.size() > mostOver && oldest.hasNext()) {
        if (!needed.contains(oldest.next())) {
          oldest.remove();
        }
      }
    }
  }
}
