package io.hpc4j;

import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobListener;
import io.hpc4j.model.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One job, array or element as the tracker knows it. Guarded by itself. */
final class Tracked {
  private final JobId id;
  private final Notifier notifier;
  private final Consumer<JobEvent> audience;
  private final CompletableFuture<JobStatus> completion = new CompletableFuture<>();
  private volatile List<JobListener> listeners = List.of();
  private volatile List<JobListener> elementListeners = List.of();
  private List<Waiter> waiters = List.of();
  private volatile JobStatus status;

  // for jobs that are polled
  private @Nullable Instant unknownSince;
  private volatile boolean submitting;
  private long answeredAtWork = -1;
  private int answers;

  private record Waiter(Predicate<JobStatus> condition, CompletableFuture<JobStatus> future) {}

  /**
   * Creates one.
   *
   * @param audience takes each event under this job's lock, to hand it to the notifier
   */
  Tracked(JobStatus initial, Notifier notifier, Consumer<JobEvent> audience) {
    id = initial.id();
    status = initial;
    this.notifier = notifier;
    this.audience = audience;
    if (initial.state().isEnded()) {
      completion.complete(initial);
    }
  }

  JobId id() {
    return id;
  }

  JobStatus status() {
    return status;
  }

  /** Completes once, with the ending as it was first seen. */
  CompletableFuture<JobStatus> completion() {
    return completion;
  }

  synchronized void addListener(JobListener listener) {
    listeners = added(listeners, listener);
  }

  synchronized void addElementListener(JobListener listener) {
    elementListeners = added(elementListeners, listener);
  }

  private static <T> List<T> added(List<T> list, T more) {
    List<T> longer = new ArrayList<>(list);
    longer.add(more);
    return List.copyOf(longer);
  }

  boolean hasElementListeners() {
    return !elementListeners.isEmpty();
  }

  List<JobListener> elementListeners() {
    return elementListeners;
  }

  /**
   * Returns a future of the first status that meets a condition, beginning with the present one.
   */
  synchronized CompletableFuture<JobStatus> when(Predicate<JobStatus> condition) {
    CompletableFuture<JobStatus> future = new CompletableFuture<>();
    if (condition.test(status)) {
      JobStatus now = status;
      notifier.add(() -> future.complete(now));
    } else {
      waiters = added(waiters, new Waiter(condition, future));
    }
    return future;
  }

  synchronized void forget(CompletableFuture<JobStatus> future) {
    waiters = waiters.stream().filter(waiter -> waiter.future() != future).toList();
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
    JobEvent event = eventOf(previous, next);
    if (event != null) {
      listeners.forEach(listener -> notifier.add(() -> listener.on(event)));
      audience.accept(event);
    }
    for (Waiter waiter : waiters) {
      if (waiter.condition().test(next)) {
        forget(waiter.future());
        notifier.add(() -> waiter.future().complete(next));
      }
    }
    if (next.state().isEnded()) {
      notifier.add(() -> completion.complete(next));
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
    notifier.add(() -> completion.completeExceptionally(why));
    waiters.forEach(waiter -> notifier.add(() -> waiter.future().completeExceptionally(why)));
    waiters = List.of();
  }

  /** Notes that the backend knows the job, after this much virtual work had been done. */
  synchronized void known(long workCount) {
    answers = workCount == answeredAtWork ? answers + 1 : 1;
    answeredAtWork = workCount;
    unknownSince = null;
  }

  /** Notes that the backend does not know the job; returns since when that has been so. */
  synchronized Instant unknown(Instant now) {
    answers = 0;
    if (unknownSince == null) {
      unknownSince = now;
    }
    return unknownSince;
  }

  /** Since when the backend has not known the job; empty while it does. */
  synchronized Optional<Instant> unknownSince() {
    return Optional.ofNullable(unknownSince);
  }

  /** Leaves a time out of that for which the backend has not known the job. */
  synchronized void excuse(Duration outage) {
    if (unknownSince != null) {
      unknownSince = unknownSince.plus(outage);
    }
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
    return workCount == answeredAtWork ? answers : 0;
  }
}
