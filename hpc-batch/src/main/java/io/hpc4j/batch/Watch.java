package io.hpc4j.batch;

import io.hpc4j.model.HpcException;
import io.hpc4j.model.JobId;
import io.hpc4j.spi.JobTable;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the jobs that are known here up to date, when it is asked to. Thread-safe. */
final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final TimeSource time;
  private final Duration shortest;
  private final Observer observer;
  private final Locator locator;
  private final Steward steward;
  private final JobTable<BatchJob> jobs;
  private final ReentrantLock observing = new ReentrantLock();

  private final AtomicReference<@Nullable Cancellable> next = new AtomicReference<>();
  private volatile boolean closed;
  private Instant planned = Instant.EPOCH; // guarded by observing

  Watch(
      Settings settings,
      Observer observer,
      Locator locator,
      Steward steward,
      JobTable<BatchJob> jobs) {
    time = settings.time();
    shortest = settings.pollPolicy().shortest();
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
    all.addAll(withAwaited(jobs.open().stream().filter(Watch::isWorkedOn).toList()));
    look(all);
  }

  private static boolean isWorkedOn(BatchJob job) {
    synchronized (job) {
      return job.isWorkedOnHere();
    }
  }

  private static Set<JobId> withAwaited(List<BatchJob> some) {
    Set<JobId> all = new LinkedHashSet<>();
    for (BatchJob job : some) {
      synchronized (job) {
        all.add(job.id);
        all.addAll(job.awaited());
      }
    }
    return all;
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
      for (BatchJob job : some) {
        if (!closed) {
          steward.tend(job, now);
        }
      }
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

  /** Adds a job for which something is still to be done, though nobody may ask for it. */
  void keep(BatchJob job) {
    jobs.put(job);
    planAgain();
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

  /** Adds a job of an earlier program; the first of many lets the program come back for all. */
  void adopt(BatchJob job) {
    if (next.get() == null) {
      keep(job);
    } else {
      jobs.put(job);
    }
  }

  /**
   * Comes back by itself when a further attempt is due, something uncertain has settled, a limit is
   * reached, or what could not be done may be tried again.
   */
  private void plan() {
    Instant now = time.instant();
    planned = now;
    Instant due =
        jobs.open().stream()
            .flatMap(job -> Steward.nextStep(job, now).stream())
            .min(Instant::compareTo)
            .orElse(Instant.MAX);
    Cancellable step = null;
    if (due.isBefore(Instant.MAX)) {
      Instant at = due.isAfter(now) ? due : now.plus(shortest);
      step = time.schedule(at, Phase.SUBMIT, this::again);
    }
    cancel(next.getAndSet(step));
    if (closed) {
      cancel(next.getAndSet(null));
    }
  }

  private static void cancel(@Nullable Cancellable step) {
    if (step != null) {
      step.cancel();
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
      Instant now = time.instant();
      List<BatchJob> due =
          jobs.open().stream()
              .filter(
                  job -> Steward.nextStep(job, planned).filter(at -> !at.isAfter(now)).isPresent())
              .toList();
      if (!closed && !due.isEmpty()) {
        look(withAwaited(due));
      } else {
        plan();
      }
    } catch (HpcException e) {
      LOG.debug("jobs are tended to later", e);
    } finally {
      observing.unlock();
    }
  }

  /** Nothing more is begun; what is being done for one job is not waited for. */
  void close() {
    closed = true;
    cancel(next.getAndSet(null));
  }
}
