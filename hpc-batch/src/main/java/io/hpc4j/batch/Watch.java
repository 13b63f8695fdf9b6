package io.hpc4j.batch;

import io.hpc4j.model.HpcException;
import io.hpc4j.model.JobId;
import io.hpc4j.spi.JobTable;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the jobs that are known here up to date, when it is asked to. Thread-safe. */
final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final TimeSource time;
  private final Observer observer;
  private final Locator locator;
  private final Steward steward;
  private final JobTable<BatchJob> jobs;
  private final ReentrantLock observing = new ReentrantLock();

  // guarded by observing
  private @Nullable Cancellable next;
  private boolean closed;

  Watch(
      TimeSource time,
      Observer observer,
      Locator locator,
      Steward steward,
      JobTable<BatchJob> jobs) {
    this.time = time;
    this.observer = observer;
    this.locator = locator;
    this.steward = steward;
    this.jobs = jobs;
  }

  JobTable<BatchJob> jobs() {
    return jobs;
  }

  /**
   * Asks AWS where these jobs and elements are, those that this program has something to do for and
   * what they wait for; and does it.
   */
  void observe(Collection<JobId> ids) {
    Set<JobId> all = new LinkedHashSet<>(ids);
    for (BatchJob job : jobs.open()) {
      synchronized (job) {
        if (job.isWorkedOnHere()) {
          all.add(job.id);
          all.addAll(job.awaited());
        }
      }
    }
    look(all);
  }

  /** Asks where a job is, and does what is to be done for it. */
  void look(BatchJob job) {
    look(List.of(job.id));
  }

  /** Asks AWS where these jobs and elements alone are. */
  void look(Collection<JobId> ids) {
    Set<BatchJob> some = new LinkedHashSet<>();
    ids.forEach(id -> jobs.find(id).ifPresent(some::add));
    if (some.isEmpty()) {
      return;
    }
    observing.lock();
    try {
      Instant now = time.instant();
      locator.complete(some);
      observer.observe(some, ids, now);
      some.forEach(job -> steward.tend(job, now));
      jobs.over(jobs.open().stream().filter(Watch::isOver).toList());
      plan();
    } finally {
      observing.unlock();
    }
  }

  private static boolean isOver(BatchJob job) {
    synchronized (job) {
      return job.isOver();
    }
  }

  /** Plans for a job that is new here. */
  void planAgain() {
    observing.lock();
    try {
      plan();
    } finally {
      observing.unlock();
    }
  }

  /**
   * Comes back by itself when a further attempt is due, something uncertain has settled, or a limit
   * is reached.
   */
  private void plan() {
    if (next != null) {
      next.cancel();
      next = null;
    }
    Instant now = time.instant();
    Instant due =
        jobs.open().stream()
            .flatMap(job -> Steward.nextStep(job, now).stream())
            .min(Instant::compareTo)
            .orElse(Instant.MAX);
    if (!closed && due.isBefore(Instant.MAX)) {
      Instant at = due.isAfter(now) ? due : now.plusSeconds(1);
      next = time.schedule(at, Phase.SUBMIT, this::again);
    }
  }

  /**
   * Leaves the clock's thread at once: calls wait for their turn until that very thread wakes them.
   * In virtual time none waits.
   */
  private void again() {
    if (time instanceof VirtualTime) {
      tend();
    } else {
      Thread own = new Thread(this::tend, "hpc4j-batch");
      own.setDaemon(true);
      own.start();
    }
  }

  private void tend() {
    observing.lock();
    try {
      if (!closed) {
        observe(List.of());
      }
    } catch (HpcException e) {
      LOG.debug("jobs are tended to later", e);
    } finally {
      observing.unlock();
    }
  }

  void close() {
    observing.lock();
    try {
      closed = true;
      if (next != null) {
        next.cancel();
      }
    } finally {
      observing.unlock();
    }
  }
}
