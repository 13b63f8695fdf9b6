package io.hpc4j;

import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobListener;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Backend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One job, array or element as the tracker knows it. Guarded by itself. There may be a million for
 * which nobody waits: what only some need comes when it is needed.
 */
final class Tracked {
  private final JobId id; // with the hints that later reports may lack
  private final JobTracker tracker;
  private volatile JobStatus status;
  private @Nullable JobStatus ending; // as it was first seen
  private @Nullable CompletableFuture<JobStatus> completion;
  private volatile @Nullable Audience audience;
  private @Nullable Sightings sightings;
  private volatile boolean submitting;

  /** Through which this program has it; none any more when that is closed. */
  private volatile @Nullable Backend backend;

  /** Whether that has submitted it or taken it up. */
  private volatile boolean tended;

  /** Whether all who listen have been told of the ending. */
  private boolean endingTold;

  private static final class Audience {
    private volatile List<JobListener> listeners = List.of();
    private volatile List<JobListener> elementListeners = List.of();
    private List<Waiter> waiters = List.of();
  }

  private record Waiter(Predicate<JobStatus> condition, CompletableFuture<JobStatus> future) {}

  /** How a job is answered for that is polled. */
  private static final class Sightings {
    private @Nullable Instant unknownSince;
    private long answeredAtWork = -1;
    private int answers;
  }

  /** Creates one that tells the tracker of each event, under its own lock. */
  Tracked(JobStatus initial, JobTracker tracker, @Nullable Backend backend) {
    id = initial.id();
    this.tracker = tracker;
    this.backend = backend;
    status = initial;
    if (initial.state().isEnded()) {
      ending = initial;
      endingTold = true;
    }
  }

  JobId id() {
    return id;
  }

  JobStatus status() {
    return status;
  }

  /** Completes once, with the ending as it was first seen. */
  synchronized CompletableFuture<JobStatus> completion() {
    CompletableFuture<JobStatus> future = completion;
    if (future == null) {
      future = endingTold ? CompletableFuture.completedFuture(ending) : new CompletableFuture<>();
      completion = future;
    }
    return future;
  }

  synchronized void addListener(JobListener listener) {
    Audience all = audience();
    all.listeners = added(all.listeners, listener);
  }

  synchronized void addElementListener(JobListener listener) {
    Audience all = audience();
    all.elementListeners = added(all.elementListeners, listener);
  }

  private Audience audience() {
    Audience present = audience;
    if (present == null) {
      present = new Audience();
      audience = present;
    }
    return present;
  }

  private static <T> List<T> added(List<T> list, T more) {
    List<T> longer = new ArrayList<>(list);
    longer.add(more);
    return List.copyOf(longer);
  }

  boolean hasListeners() {
    Audience present = audience;
    return present != null && !present.listeners.isEmpty();
  }

  List<JobListener> elementListeners() {
    Audience present = audience;
    return present == null ? List.of() : present.elementListeners;
  }

  /**
   * Returns a future of the first status that meets a condition, beginning with the present one.
   */
  synchronized CompletableFuture<JobStatus> when(Predicate<JobStatus> condition) {
    CompletableFuture<JobStatus> future = new CompletableFuture<>();
    if (condition.test(status)) {
      JobStatus now = status;
      tracker.later(() -> future.complete(now));
    } else {
      Audience all = audience();
      all.waiters = added(all.waiters, new Waiter(condition, future));
    }
    return future;
  }

  synchronized void forget(CompletableFuture<JobStatus> future) {
    Audience all = audience;
    if (all != null) {
      all.waiters = all.waiters.stream().filter(waiter -> waiter.future() != future).toList();
    }
  }

  /** Takes a report, and tells what it changes to all who want to hear. */
  synchronized void report(JobStatus reported) {
    StatusOrder.follow(status, reported).ifPresent(this::change);
  }

  /** Replaces a status without asking whether it may follow, for a person's decision. */
  synchronized void settle(JobStatus next) {
    change(next);
  }

  private void change(JobStatus next) {
    JobStatus previous = status;
    status = next;
    boolean heard = tell(previous, next);
    if (next.state().isEnded() && ending == null) {
      ending = next;
      if (heard || completion != null) {
        tracker.later(this::complete); // after those who listen
      } else {
        endingTold = true;
      }
    }
  }

  /** Returns whether there is anybody who is told. */
  private boolean tell(JobStatus previous, JobStatus next) {
    JobEvent event = eventOf(previous, next);
    Audience all = audience;
    if (all != null) {
      if (event != null) {
        all.listeners.forEach(listener -> tracker.later(() -> listener.on(event)));
      }
      for (Waiter waiter : all.waiters) {
        if (waiter.condition().test(next)) {
          forget(waiter.future());
          tracker.later(() -> waiter.future().complete(next));
        }
      }
    }
    boolean heard = event != null && tracker.announce(this, event);
    return heard || all != null;
  }

  private void complete() {
    CompletableFuture<JobStatus> future;
    JobStatus end;
    synchronized (this) {
      endingTold = true;
      future = completion;
      end = ending;
    }
    if (future != null) {
      future.complete(end);
    }
  }

  private static @Nullable JobEvent eventOf(JobStatus previous, JobStatus next) {
    if (previous.state().isEnded()) {
      return new JobEvent.Corrected(previous, next);
    }
    if (previous.state() != next.state() || previous.attempt() != next.attempt()) {
      return new JobEvent.StateChanged(previous, next);
    }
    return previous.counts().equals(next.counts()) ? null : new JobEvent.Progress(previous, next);
  }

  /** Fails everything that still waits, because nothing will come any more. */
  synchronized void abandon(RuntimeException why) {
    CompletableFuture<JobStatus> end = completion();
    tracker.later(() -> end.completeExceptionally(why));
    Audience all = audience;
    if (all != null) {
      all.waiters.forEach(
          waiter -> tracker.later(() -> waiter.future().completeExceptionally(why)));
      all.waiters = List.of();
    }
  }

  private Sightings sightings() {
    Sightings present = sightings;
    if (present == null) {
      present = new Sightings();
      sightings = present;
    }
    return present;
  }

  /** Notes that the backend knows the job, after this much virtual work had been done. */
  synchronized void known(long workCount) {
    Sightings seen = sightings();
    seen.answers = workCount == seen.answeredAtWork ? seen.answers + 1 : 1;
    seen.answeredAtWork = workCount;
    seen.unknownSince = null;
  }

  /** Notes that the backend does not know the job; returns since when that has been so. */
  synchronized Instant unknown(Instant now) {
    Sightings seen = sightings();
    Instant since = seen.unknownSince == null ? now : seen.unknownSince;
    seen.answers = 0;
    seen.unknownSince = since;
    return since;
  }

  /** Since when the backend has not known the job; empty while it does. */
  synchronized Optional<Instant> unknownSince() {
    return Optional.ofNullable(sightings).map(seen -> seen.unknownSince);
  }

  /** Leaves a time out of that for which the backend has not known the job. */
  synchronized void excuse(Duration outage) {
    unknownSince().ifPresent(since -> sightings().unknownSince = since.plus(outage));
  }

  /** Notes which backend has submitted it or taken it up. */
  synchronized void tendedBy(Backend value) {
    backend = value;
    tended = true;
  }

  /** Notes a backend that has told of it, if there is no other. */
  synchronized void foundBy(@Nullable Backend value) {
    if (backend == null) {
      backend = value;
    }
  }

  /** Notes that a backend is asked no more. */
  synchronized void leave(Backend value) {
    if (value.equals(backend)) {
      backend = null;
      tended = false;
    }
  }

  boolean isTended() {
    return tended;
  }

  @Nullable Backend backend() {
    return backend;
  }

  /** Notes whether it is still on its way to the backend, which cannot be blamed then. */
  void submitting(boolean value) {
    submitting = value;
  }

  boolean isSubmitting() {
    return submitting;
  }

  /** How many answers there have been since this much virtual work had been done. */
  synchronized int answersSince(long workCount) {
    Sightings seen = sightings;
    return seen != null && workCount == seen.answeredAtWork ? seen.answers : 0;
  }
}
