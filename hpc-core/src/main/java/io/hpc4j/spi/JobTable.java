package io.hpc4j.spi;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The jobs that a backend knows, by their tokens: all that may still change, and of those that are
 * over the last ones. What is forgotten is found again as another program's jobs are. Thread-safe.
 *
 * @param <J> what the backend keeps of a job
 */
public final class JobTable<J> {
  private final int mostOver;
  private final Function<J, JobId> id;
  private final Function<J, Optional<JobRequest>> request;
  private final Map<String, J> open = new LinkedHashMap<>();
  private final Map<String, J> over = new LinkedHashMap<>(); // in the order of their ends

  /**
   * A table without jobs.
   *
   * @param mostOver how many that are over are kept; those that an open one depends on are kept
   *     beyond that
   * @param id a job's id, which must not change
   * @param request what was asked for; empty of a job of another program
   */
  public JobTable(int mostOver, Function<J, JobId> id, Function<J, Optional<JobRequest>> request) {
    this.mostOver = mostOver;
    this.id = id;
    this.request = request;
  }

  private String token(J job) {
    return id.apply(job).token();
  }

  /** The job of an id, or of one of its elements. */
  public synchronized Optional<J> find(JobId any) {
    J known = open.get(any.token());
    return Optional.ofNullable(known == null ? over.get(any.token()) : known);
  }

  /** Adds a job, in place of one that was found under its token while it was being sent. */
  public synchronized void put(J job) {
    over.remove(token(job));
    open.put(token(job), job);
  }

  /** Adds a job of another program, unless it is known already; returns the one that is. */
  public synchronized J found(J job) {
    Optional<J> known = find(id.apply(job));
    if (known.isEmpty()) {
      put(job);
    }
    return known.orElse(job);
  }

  /** Removes a job. */
  public synchronized void forget(J job) {
    open.remove(token(job), job);
    over.remove(token(job), job);
  }

  /** Those that may still change, in the order in which they were added. */
  public synchronized List<J> open() {
    return List.copyOf(open.values());
  }

  /** All, those that are over first. */
  public synchronized List<J> all() {
    List<J> all = new ArrayList<>(over.values());
    all.addAll(open.values());
    return all;
  }

  /** The tokens of all. */
  public synchronized Set<String> tokens() {
    Set<String> all = new HashSet<>(over.keySet());
    all.addAll(open.keySet());
    return all;
  }

  /**
   * Notes that jobs are over; the oldest of all such are forgotten, unless an open one depends on
   * them.
   */
  public synchronized void over(Collection<J> jobs) {
    for (J job : jobs) {
      open.remove(token(job));
      over.put(token(job), job);
    }
    if (over.size() > mostOver) {
      Set<String> needed = needed();
      Iterator<String> oldest = over.keySet().iterator();
      while (over.size() > mostOver && oldest.hasNext()) {
        if (!needed.contains(oldest.next())) {
          oldest.remove();
        }
      }
    }
  }

  private Set<String> needed() {
    Set<String> needed = new HashSet<>();
    for (J job : open.values()) {
      request
          .apply(job)
          .ifPresent(asked -> asked.dependencies().forEach(d -> needed.add(d.on().token())));
    }
    return needed;
  }
}
