package io.hpc4j;

import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobListener;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.StatusSink;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows the jobs of one scope for all clients of this program: keeps their states in order and
 * tells everybody who waits or listens. Fed by a backend that pushes, else by its {@link Poller}.
 * Thread-safe; nobody is told anything under a lock.
 */
final class JobTracker implements StatusSink {
  private static final int ENOUGH_ANSWERS = 10;
  private static final Map<String, JobTracker> SHARED = new ConcurrentHashMap<>();

  private final TimeSource time;
  private final Notifier notifier;
  private final Map<JobId, Tracked> jobs = new ConcurrentHashMap<>();
  private final Map<JobId, Integer> wantedElements = new ConcurrentHashMap<>();
  private final List<JobListener> listeners = new CopyOnWriteArrayList<>();
  private final List<Backend> backends = new CopyOnWriteArrayList<>();
  private final Deque<Ended> ended = new ArrayDeque<>();
  private volatile TrackerOptions options = TrackerOptions.DEFAULT;
  private final @Nullable Poller poller;

  private record Ended(Tracked job, Instant at) {}

  private JobTracker(Backend backend) {
    time = backend.time();
    String scope = backend.name() + "-" + backend.scope();
    notifier = new Notifier(Threads.single(time, "hpc4j-notifier-" + scope));
    poller = backend.pushTo(this) ? null : new Poller(this, time, scope);
  }

  /** Returns the tracker of a backend's scope, shared with the other clients of that scope. */
  static JobTracker join(Backend backend, TrackerOptions options) {
    return SHARED.compute(
        backend.name() + ":" + backend.scope(),
        (scope, shared) -> {
          JobTracker tracker = shared == null ? new JobTracker(backend) : shared;
          tracker.options = tracker.backends.isEmpty() ? options : tracker.options.and(options);
          tracker.backends.add(backend);
          return tracker;
        });
  }

  /**
   * Ends a client's share, whose backend has been released; with the last one everything that still
   * waits is told so.
   */
  void leave(Backend backend, Collection<JobListener> own) {
    listeners.removeAll(own);
    SHARED.compute(
        backend.name() + ":" + backend.scope(),
        (scope, shared) -> shared == this && backends.isEmpty() ? null : shared);
    if (backends.isEmpty()) {
      if (poller != null) {
        poller.stop();
      }
      jobs.values().stream()
          .filter(job -> !job.status().state().isEnded())
          .forEach(job -> job.abandon(new IllegalStateException("the client is closed")));
      jobs.clear();
    }
    notifier.flush();
  }

  /** The first of the open clients' backends. */
  Optional<Backend> first() {
    return backends.stream().findFirst();
  }

  /** The open clients' backends. */
  List<Backend> backends() {
    return backends;
  }

  /** Whether an open backend tends to a job, through which this program has it. */
  boolean isTended(JobId id) {
    Tracked job = jobs.get(id);
    return job != null && job.isTended() && backends.contains(job.backend());
  }

  /** Asks a backend no more, which is about to be closed. */
  void release(Backend backend) {
    backends.remove(backend);
    jobs.values().forEach(job -> job.leave(backend));
  }

  /**
   * The backend to ask for a job: the one through which this program has submitted it, taken it up
   * or attached to it. No other may know what is still to be done for it, or know it at all, where
   * two of one scope are of different places. Else this one.
   */
  Backend backend(JobId id, Backend otherwise) {
    return Stream.of(id.job(), id)
        .flatMap(one -> Stream.ofNullable(jobs.get(one)))
        .flatMap(job -> Stream.ofNullable(job.backend()))
        .filter(backends::contains)
        .findFirst()
        .orElse(otherwise);
  }

  TrackerOptions options() {
    return options;
  }

  boolean isInCallback() {
    return notifier.isRunningHere() || (time instanceof VirtualTime virtual && virtual.isDriving());
  }

  void addListener(JobListener listener) {
    listeners.add(listener);
  }

  /** The same as {@link #follow}, of a job that a backend tends to from now on. */
  Tracked tend(JobStatus initial, Backend backend) {
    Tracked job = follow(initial, backend);
    job.tendedBy(backend);
    return job;
  }

  /**
   * Begins to follow a job from this status on; one that is followed already stays as it is.
   *
   * @param backend that has told of it; {@code null} if none is open
   */
  Tracked follow(JobStatus initial, @Nullable Backend backend) {
    JobId id = initial.id();
    Tracked added = new Tracked(initial, this, backend);
    Tracked known = jobs.putIfAbsent(id, added);
    if (known != null) {
      known.foundBy(backend);
      return known;
    }
    if (id.index().isPresent()) {
      wantedElements.merge(id.job(), 1, Integer::sum);
    }
    if (initial.state().isFinal()) {
      retire(added);
    } else if (poller != null) {
      poller.wake();
    }
    return added;
  }

  @Nullable Tracked find(JobId id) {
    return jobs.get(id);
  }

  /** Begins to ask for a job that has been submitted. */
  void submitted(Tracked job) {
    job.submitting(false);
    if (poller != null) {
      poller.wake();
    }
  }

  /** Stops following a job that was never submitted. */
  void drop(JobId id) {
    jobs.remove(id);
  }

  /** Lets a listener hear of each element of an array. */
  void listenToElements(Tracked array, JobListener listener) {
    array.addElementListener(listener);
    wantedElements.merge(array.id(), 1, Integer::sum);
  }

  @Override
  public boolean wantsElements(JobId array) {
    return wantedElements.containsKey(array);
  }

  @Override
  public boolean wantsEachChange(JobId id) {
    Tracked job = jobs.get(id);
    return job != null && (job.hasListeners() || !listeners.isEmpty());
  }

  @Override
  public void update(JobStatus reported) {
    take(reported);
    notifier.flush();
  }

  @Override
  public void updateAll(List<JobStatus> reported) {
    reported.forEach(this::take);
    notifier.flush();
  }

  /** Takes a status without telling anybody yet, for callers that hold a lock. */
  void take(JobStatus reported) {
    Tracked job = jobs.get(reported.id());
    if (job == null) {
      job = trackListenedElement(reported);
    }
    if (job != null) {
      boolean wasLost = job.status().state() == JobState.LOST;
      job.report(reported);
      if (poller != null && wasLost && !job.status().state().isEnded()) {
        poller.wake();
      }
    }
  }

  private @Nullable Tracked trackListenedElement(JobStatus reported) {
    JobId id = reported.id();
    Tracked array = id.index().isPresent() ? jobs.get(id.job()) : null;
    if (array == null || array.elementListeners().isEmpty()) {
      return null;
    }
    JobStatus initial = JobStatus.builder(id, JobState.SUBMITTED, reported.observedAt()).build();
    return follow(initial, array.backend());
  }

  /** Settles a lost job by a person's decision; has no effect on any other. */
  void settle(Tracked job, JobStatus decided) {
    job.settle(decided);
    notifier.flush();
  }

  /** Takes an event that is about no single job, without telling anybody yet. */
  void note(JobEvent event) {
    addFor(listeners, event);
  }

  void flush() {
    notifier.flush();
  }

  /** Does something when callbacks are run next; may be called under a lock. */
  void later(Runnable callback) {
    notifier.add(callback);
  }

  /**
   * Takes an event of a job, under its lock.
   *
   * @return whether there is anybody who is told
   */
  boolean announce(Tracked job, JobEvent event) {
    JobId id = job.id();
    Tracked array = id.index().isPresent() ? jobs.get(id.job()) : null;
    List<JobListener> ofElements = array == null ? List.of() : array.elementListeners();
    addFor(ofElements, event);
    addFor(listeners, event);
    if (job.status().state().isFinal()) {
      retire(job);
    }
    return !ofElements.isEmpty() || !listeners.isEmpty();
  }

  private void addFor(List<JobListener> audience, JobEvent event) {
    audience.forEach(listener -> notifier.add(() -> listener.on(event)));
  }

  private void retire(Tracked job) {
    JobId id = job.id();
    if (jobs.get(id) != job) {
      return;
    }
    if (id.index().isPresent()) {
      wantedElements.computeIfPresent(id.job(), (array, n) -> n == 1 ? null : n - 1);
    } else {
      wantedElements.remove(id);
    }
    synchronized (ended) {
      ended.addLast(new Ended(job, time.instant()));
      // beyond the number and the age that are kept; their handles still know
      while (!ended.isEmpty() && (ended.size() > options.keepEnded() || isOld(ended.getFirst()))) {
        Tracked old = ended.removeFirst().job();
        jobs.remove(old.id(), old);
      }
    }
  }

  private boolean isOld(Ended job) {
    return Duration.between(job.at(), time.instant()).compareTo(options.keepEndedFor()) > 0;
  }

  Collection<Tracked> all() {
    return jobs.values();
  }

  /**
   * Whether everything that the backend can tell of a job without more work is known; answers may
   * be late, so one is not enough. Only virtual time needs it: to know that waiting on is in vain.
   */
  boolean isUpToDate(Tracked job, long workCount) {
    return poller == null || job.answersSince(workCount) >= ENOUGH_ANSWERS;
  }

  /** Whether the backend tells by itself what happens. */
  boolean isPushed() {
    return poller == null;
  }

  /** Asks a backend that is polled, now; for one that pushes there is nothing to do. */
  void refresh() {
    if (poller != null) {
      poller.pollNow();
    }
  }
}
