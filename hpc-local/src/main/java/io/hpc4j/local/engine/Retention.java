package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Nanos;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Forgets jobs that have ended, beyond the number and the age that are kept. One that a job depends
 * on that has not ended is kept until that has, whether the condition has been met or not: after a
 * restart it is looked at anew. Owned by the loop.
 */
final class Retention {
  private final Books books;
  private final int count;
  private final long age; // nanoseconds
  private final Deque<JobRecord> ended = new ArrayDeque<>(); // the first to end first
  private final Map<JobId, Integer> needed = new HashMap<>();
  private final Map<JobId, JobRecord> spared = new HashMap<>(); // needed when their turn came
  private boolean hasForgotten;

  Retention(Books books, int count, Duration age) {
    this.books = books;
    this.count = count;
    this.age = Nanos.of(age);
  }

  /** Takes in the jobs of a store, those that have ended in the order in which they did. */
  void restore(List<JobRecord> jobs, long lastNumber) {
    hasForgotten = jobs.size() < lastNumber; // they are numbered from 1, without gaps
    jobs.stream().filter(job -> !job.hasEnded()).forEach(this::accepted);
    jobs.stream()
        .filter(JobRecord::hasEnded)
        .sorted(Comparator.comparing(Retention::end))
        .forEach(ended::add);
  }

  private static Instant end(JobRecord job) {
    return job.endedAt == null ? job.submittedAt : job.endedAt;
  }

  /** A job has been taken in, and needs those that it depends on. */
  void accepted(JobRecord job) {
    for (Dependency dependency : job.request.dependencies()) {
      needed.merge(dependency.on().job(), 1, Integer::sum);
    }
  }

  /** A job has ended, and needs no other any more. */
  void ended(JobRecord job) {
    ended.add(job);
    for (Dependency dependency : job.request.dependencies()) {
      JobId on = dependency.on().job();
      needed.computeIfPresent(on, (id, jobs) -> jobs == 1 ? null : jobs - 1);
      if (!needed.containsKey(on) && spared.containsKey(on)) {
        forget(spared.remove(on));
      }
    }
  }

  /** Forgets what is beyond the number or the age. */
  void forget(Instant now) {
    while (!ended.isEmpty() && (ended.size() > count || isOld(ended.getFirst(), now))) {
      JobRecord job = ended.removeFirst();
      if (needed.containsKey(job.id)) {
        spared.put(job.id, job);
      } else {
        forget(job);
      }
    }
  }

  private boolean isOld(JobRecord job, Instant now) {
    return Nanos.of(now) - Nanos.of(end(job)) > age; // is asked after each event: makes no objects
  }

  private void forget(JobRecord job) {
    books.remove(job);
    hasForgotten = true;
  }

  /** Whether a job that is not known may have been here all the same. */
  boolean hasForgotten() {
    return hasForgotten;
  }
}
