package io.hpc4j;

import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a backend that does not push: one question for all open jobs, at an interval that doubles
 * from the policy's shortest to its longest and begins again with each submission. No open job, no
 * question. A question that fails changes no job. Thread-safe.
 */
final class Poller {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);

  private final JobTracker tracker;
  private final TimeSource time;
  private final Executor io;
  private final Random jitter;
  private final Object asking = new Object();

  // guarded by this
  private @Nullable Cancellable next;
  private int doublings;
  private boolean stopped;

  private volatile boolean degraded;

  Poller(JobTracker tracker, TimeSource time, String scope) {
    this.tracker = tracker;
    this.time = time;
    io = Threads.single(time, "hpc4j-poller-" + scope);
    jitter = new Random(scope.hashCode());
  }

  /** Begins again with the shortest interval. */
  synchronized void wake() {
    doublings = 0;
    schedule();
  }

  synchronized void stop() {
    stopped = true;
    if (next != null) {
      next.cancel();
    }
  }

  private synchronized void schedule() {
    if (next != null) {
      next.cancel();
      next = null;
    }
    if (!stopped && tracker.all().stream().anyMatch(Poller::isOpen)) {
      next = time.schedule(interval(), Phase.MONITOR, () -> io.execute(this::pollAndGoOn));
    }
  }

  /** The interval now: at most a tenth shorter than the doubling says, never below the floor. */
  private Duration interval() {
    Backend backend = backend();
    PollPolicy policy = backend == null ? PollPolicy.DEFAULT : backend.pollPolicy();
    Duration floor = tracker.options().pollFloor();
    Duration wish = policy.shortest().multipliedBy(1L << Math.min(doublings, 20));
    wish = wish.multipliedBy(1000 - jitter.nextInt(100)).dividedBy(1000);
    wish = max(min(wish, policy.longest()), policy.shortest());
    return max(wish, floor);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static boolean isOpen(Tracked job) {
    return !job.status().state().isEnded();
  }

  private @Nullable Backend backend() {
    List<Backend> backends = tracker.backends();
    return backends.isEmpty() ? null : backends.get(0);
  }

  private void pollAndGoOn() {
    try {
      pollNow();
    } finally {
      synchronized (this) {
        doublings++;
        schedule();
      }
    }
  }

  /** Asks once for all open and lost jobs, if there is an open one or a lost one to ask for. */
  void pollNow() {
    synchronized (asking) {
      Backend backend = backend();
      List<Tracked> asked = new ArrayList<>();
      tracker.all().stream().filter(job -> !job.status().state().isFinal()).forEach(asked::add);
      if (backend != null && !asked.isEmpty()) {
        ask(backend, asked);
      }
    }
    tracker.flush();
  }

  private void ask(Backend backend, List<Tracked> jobs) {
    List<JobId> ids = jobs.stream().map(Tracked::id).toList();
    long work = time instanceof VirtualTime virtual ? virtual.workCount() : 0;
    Map<JobId, JobStatus> answer;
    try {
      answer = backend.describe(ids);
    } catch (RuntimeException e) {
      degrade(backend, e);
      return;
    }
    recover(backend);
    for (Tracked job : jobs) {
      JobStatus status = answer.get(job.id());
      if (status == null) {
        unknown(backend, job);
      } else {
        job.known(work);
        tracker.update(status);
      }
    }
  }

  private void degrade(Backend backend, RuntimeException e) {
    LOG.debug("{} could not be asked", backend.name(), e);
    if (!degraded) {
      degraded = true;
      tracker.tell(
          new JobEvent.Degraded(backend.name(), backend.scope(), String.valueOf(e.getMessage())));
    }
  }

  private void recover(Backend backend) {
    if (degraded) {
      degraded = false;
      tracker.tell(new JobEvent.Recovered(backend.name(), backend.scope()));
    }
  }

  /** Not seen is not ended: only after the grace, and asked again then, the job is lost. */
  private void unknown(Backend backend, Tracked job) {
    if (job.status().state() == JobState.LOST) {
      return;
    }
    Instant now = time.instant();
    Instant lostAt = TimeSource.plus(job.unknown(now), backend.pollPolicy().lostAfter());
    if (!now.isBefore(lostAt)) {
      tracker.update(
          job.status().toBuilder()
              .state(JobState.LOST)
              .reason(Reason.LOST)
              .message("no source has known the job for " + backend.pollPolicy().lostAfter())
              .source("tracker")
              .observedAt(now)
              .endedAt(now)
              .build());
    } else if (!job.hasLostTimer()) {
      job.lostTimer(time.schedule(lostAt, Phase.END, () -> io.execute(this::pollNow)));
    }
  }
}
