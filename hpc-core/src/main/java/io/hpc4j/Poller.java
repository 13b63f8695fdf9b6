package io.hpc4j;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

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
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a backend that does not push: one question for all open jobs of each client's backend, at an
 * interval that doubles from the policy's shortest to its longest and begins again with each
 * submission. No open job, no question. A question that fails changes no job. Thread-safe.
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
  private Instant nextAt = Instant.MAX;
  private int doublings;
  private boolean stopped;

  /** Since when each backend that fails has done so; written under asking. */
  private final Map<Backend, Instant> degradedSince = new ConcurrentHashMap<>();

  Poller(JobTracker tracker, TimeSource time, String scope) {
    this.tracker = tracker;
    this.time = time;
    io = Threads.single(time, "hpc4j-poller-" + scope);
    jitter = time instanceof VirtualTime ? new Random(1) : new Random();
  }

  /** Begins again with the shortest interval; a poll that is due earlier is not put off. */
  synchronized void wake() {
    doublings = 0;
    Instant due = TimeSource.plus(time.instant(), interval());
    if (next == null || due.isBefore(nextAt)) {
      schedule(due);
    }
  }

  synchronized void stop() {
    stopped = true;
    if (next != null) {
      next.cancel();
    }
  }

  private synchronized void schedule(Instant due) {
    if (next != null) {
      next.cancel();
      next = null;
    }
    if (!stopped && tracker.all().stream().anyMatch(Poller::isOpen)) {
      Optional<Instant> lost = nextLoss(due);
      nextAt = lost.orElse(due);
      // a job that is being given up is work: virtual time is not idle before that
      Phase phase = lost.isPresent() ? Phase.END : Phase.MONITOR;
      next = time.schedule(nextAt, phase, () -> io.execute(this::pollAndGoOn));
    }
  }

  /** When to ask because a job is to be given up, if any is unknown; by the next poll at latest. */
  private Optional<Instant> nextLoss(Instant due) {
    Backend first = tracker.first().orElse(null);
    if (first == null || !degradedSince.isEmpty()) {
      return Optional.empty();
    }
    Instant earliest =
        TimeSource.plus(time.instant(), max(shortest(), tracker.options().pollFloor()));
    return tracker.all().stream()
        .filter(Poller::isOpen)
        .flatMap(job -> job.unknownSince().map(since -> lossOf(job, since, first)).stream())
        .min(Comparator.naturalOrder())
        .map(lost -> lost.isBefore(earliest) ? earliest : lost)
        .map(lost -> lost.isBefore(due) ? lost : due);
  }

  private Instant lossOf(Tracked job, Instant unknownSince, Backend otherwise) {
    return TimeSource.plus(
        unknownSince, tracker.backend(job.id(), otherwise).pollPolicy().lostAfter());
  }

  /** The interval now: at most a tenth shorter than the doubling says, never below the floor. */
  private Duration interval() {
    Duration wish = shortest().multipliedBy(1L << Math.min(doublings, 20));
    wish =
        min(wish, least(PollPolicy::longest))
            .multipliedBy(1000 - jitter.nextInt(100))
            .dividedBy(1000);
    return max(max(wish, shortest()), tracker.options().pollFloor());
  }

  private Duration shortest() {
    return least(PollPolicy::shortest);
  }

  /** The least that a backend wants of something: what is soon enough for all is for each. */
  private Duration least(Function<PollPolicy, Duration> what) {
    return tracker.backends().stream()
        .map(backend -> what.apply(backend.pollPolicy()))
        .min(Comparator.naturalOrder())
        .orElseGet(() -> what.apply(PollPolicy.DEFAULT));
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

  private void pollAndGoOn() {
    synchronized (this) {
      next = null;
      nextAt = Instant.MAX;
    }
    try {
      pollNow();
    } finally {
      synchronized (this) {
        if (next == null) { // else something was submitted meanwhile
          doublings++;
          schedule(TimeSource.plus(time.instant(), interval()));
        }
      }
    }
  }

  /**
   * Asks each backend once for all open and lost jobs of its own, if there are any. What is still
   * being submitted may be there in part, which looks like all of it.
   */
  void pollNow() {
    synchronized (asking) {
      Map<Backend, List<Tracked>> asked = tracker.first().map(this::openJobs).orElseGet(Map::of);
      for (Backend silent : degradedSince.keySet()) {
        if (!asked.containsKey(silent)) { // nobody will hear whether it answers again
          recover(silent, tracker.all());
        }
      }
      asked.forEach(this::ask);
    }
    tracker.flush(); // listeners hear of it outside the lock
  }

  private Map<Backend, List<Tracked>> openJobs(Backend first) {
    return tracker.all().stream()
        .filter(job -> !job.status().state().isFinal() && !job.isSubmitting())
        .collect(groupingBy(job -> tracker.backend(job.id(), first), LinkedHashMap::new, toList()));
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
    recover(backend, jobs);
    for (Tracked job : jobs) {
      JobStatus status = answer.get(job.id());
      if (status == null) {
        unknown(backend, job);
      } else {
        job.known(work);
        tracker.take(status);
      }
    }
  }

  private void degrade(Backend backend, RuntimeException e) {
    LOG.debug("{} could not be asked", backend.name(), e);
    boolean first = degradedSince.isEmpty();
    degradedSince.putIfAbsent(backend, time.instant());
    if (first) {
      tracker.note(
          new JobEvent.Degraded(backend.name(), backend.scope(), String.valueOf(e.getMessage())));
    }
  }

  /** While nobody could be asked, nobody could know a job: that time does not count against it. */
  private void recover(Backend backend, Collection<Tracked> jobs) {
    Instant since = degradedSince.remove(backend);
    if (since != null) {
      Duration outage = Duration.between(since, time.instant());
      jobs.forEach(job -> job.excuse(outage));
      if (degradedSince.isEmpty()) {
        tracker.note(new JobEvent.Recovered(backend.name(), backend.scope()));
      }
    }
  }

  /** Not seen is not ended: only after the grace, and asked again then, the job is lost. */
  private void unknown(Backend backend, Tracked job) {
    Instant now = time.instant();
    if (job.status().state() == JobState.LOST) {
      return;
    }
    Instant lostAt = TimeSource.plus(job.unknown(now), backend.pollPolicy().lostAfter());
    if (!now.isBefore(lostAt)) {
      tracker.take(
          job.status().toBuilder()
              .state(JobState.LOST)
              .reason(Reason.LOST)
              .message("no source has known the job for " + backend.pollPolicy().lostAfter())
              .source("tracker")
              .observedAt(now)
              .endedAt(now)
              .build());
    }
  }
}
