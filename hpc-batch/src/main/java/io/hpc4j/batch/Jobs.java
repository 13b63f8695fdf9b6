package io.hpc4j.batch;

import io.hpc4j.model.JobId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The jobs that are known here, by their tokens: all that may still change, and of those that are
 * over the last few. Thread-safe.
 */
final class Jobs {
  private final int mostOver;
  private final Map<String, BatchJob> all = new LinkedHashMap<>();
  private final Map<String, BatchJob> over = new LinkedHashMap<>(); // in the order of their ends

  Jobs(int mostOver) {
    this.mostOver = mostOver;
  }

  synchronized Optional<BatchJob> find(JobId id) {
    return Optional.ofNullable(all.get(id.token()));
  }

  /** Adds a job, in place of one that was found under its token while it was being sent. */
  synchronized void put(BatchJob job) {
    over.remove(job.id.token());
    all.put(job.id.token(), job);
  }

  /** Adds a job of another program, unless it is known already; returns the one that is. */
  synchronized BatchJob found(BatchJob job) {
    BatchJob known = all.putIfAbsent(job.id.token(), job);
    return known == null ? job : known;
  }

  synchronized void forget(BatchJob job) {
    all.remove(job.id.token(), job);
  }

  /** Those that may still change, in the order in which they were added. */
  synchronized List<BatchJob> open() {
    return all.values().stream().filter(job -> !over.containsKey(job.id.token())).toList();
  }

  synchronized List<BatchJob> all() {
    return new ArrayList<>(all.values());
  }

  synchronized Set<String> tokens() {
    return new HashSet<>(all.keySet());
  }

  /**
   * Notes that a job is over; when there are too many, the first that was, and that no open one
   * depends on, is forgotten.
   */
  synchronized void over(BatchJob job) {
    over.put(job.id.token(), job);
    if (over.size() > mostOver) {
      Set<String> needed = needed();
      over.keySet().stream()
          .filter(token -> !needed.contains(token))
          .findFirst()
          .ifPresent(
              token -> {
                over.remove(token);
                all.remove(token);
              });
    }
  }

  private Set<String> needed() {
    return open().stream()
        .flatMap(job -> Stream.ofNullable(job.request))
        .flatMap(request -> request.dependencies().stream())
        .map(d -> d.on().token())
        .collect(Collectors.toSet());
  }
}
