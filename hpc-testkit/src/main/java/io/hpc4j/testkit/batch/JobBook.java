package io.hpc4j.testkit.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All jobs by id; those that ended more than seven days ago are gone. Owned by the turns. */
final class JobBook {
  private static final Duration KEPT = Duration.ofDays(7);

  private final Map<String, BatchJob> jobs = new LinkedHashMap<>();
  private final Deque<BatchJob> ended = new ArrayDeque<>();
  private final LogStreams streams = new LogStreams();

  void add(BatchJob job) {
    jobs.put(job.id, job);
    job.queue().jobs.add(job);
  }

  /** The children of an array come into being. */
  void spawnChildren(BatchJob array, Instant now) {
    for (BatchJob child : array.children) {
      child.createdAt = now;
      child.visibleAt = array.visibleAt;
      child.status = Status.PENDING;
    }
    array.childrenIn.put(Status.PENDING, array.children.size());
  }

  LogStreams streams() {
    return streams;
  }

  Collection<BatchJob> jobs() {
    return jobs.values();
  }

  /** The job, array or child with this id; null if there is none. */
  @Nullable BatchJob find(String id) {
    int colon = id.indexOf(':');
    if (colon < 0) {
      return jobs.get(id);
    }
    BatchJob array = jobs.get(id.substring(0, colon));
    try {
      int index = Integer.parseInt(id.substring(colon + 1));
      return array == null || index < 0 || index >= array.children.size()
          ? null
          : array.children.get(index);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Moves a job to another status, and counts it there. */
  void move(BatchJob job, Status status) {
    Status before = job.status;
    if (before == status) {
      return;
    }
    job.status = status;
    if (before == Status.RUNNABLE) {
      job.queue().jobs.removeRunnable(job);
    } else if (status == Status.RUNNABLE) {
      job.queue().jobs.addRunnable(job);
    }
    BatchJob parent = job.parent;
    if (parent == null) {
      job.queue().jobs.moved(job, before);
    } else {
      parent.childrenIn.merge(before, -1, Integer::sum);
      parent.childrenIn.merge(status, 1, Integer::sum);
    }
  }

  void ended(BatchJob job) {
    if (job.parent == null) {
      ended.add(job);
    }
  }

  /** Forgets what ended too long ago. */
  void purge(Instant now) {
    for (BatchJob oldest = ended.peek(); oldest != null; oldest = ended.peek()) {
      Instant end = oldest.endedAt;
      if (end == null || end.plus(KEPT).isAfter(now)) {
        return;
      }
      forget(oldest);
      ended.remove();
    }
  }

  /** Forgets a job as if it had ended too long ago. */
  void forget(BatchJob job) {
    if (jobs.remove(job.id, job)) {
      job.queue().jobs.remove(job);
      streams.forget(job);
    }
  }
}
