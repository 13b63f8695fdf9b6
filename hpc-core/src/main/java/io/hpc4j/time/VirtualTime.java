package io.hpc4j.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A time that stands still until somebody drives it: a week passes as fast as its actions run.
 *
 * <p>It has no threads of its own. Whoever calls {@link #advance} or {@link #step} runs what is
 * due, in the order of instant, phase and insertion. Thread-safe: actions can be scheduled from any
 * thread; several threads that drive take turns, action by action.
 *
 * <p>What an action throws reaches whoever drives. The action is gone then, time stands at its
 * instant, and driving can go on.
 */
public final class VirtualTime implements TimeSource {
  private final ReentrantLock driver = new ReentrantLock(true);

  private volatile Instant now; // changed under this

  // guarded by this
  private final ActionHeap queue = new ActionHeap();
  private long inserted;
  private long workQueued;
  private long workDone;

  private VirtualTime(Instant start) {
    now = start;
  }

  /** Returns a time that begins at this instant. */
  public static VirtualTime startingAt(Instant start) {
    return new VirtualTime(Objects.requireNonNull(start, "start"));
  }

  /**
   * Returns a time that begins at this instant: {@code 2026-01-01T00:00:00Z}.
   *
   * @throws java.time.format.DateTimeParseException if the text is not an instant
   */
  public static VirtualTime startingAt(String start) {
    return startingAt(Instant.parse(start));
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public synchronized Cancellable schedule(Instant when, Phase phase, Runnable action) {
    Objects.requireNonNull(action, "action");
    if (when.equals(Instant.MAX)) {
      return () -> {};
    }
    Queued queued = new Queued(when.isBefore(now) ? now : when, phase, inserted++, action);
    queue.add(queued);
    workQueued += phase.isWork() ? 1 : 0;
    return queued;
  }

  /** A scheduled action, which its cancelling takes out of the queue. */
  private final class Queued extends ActionHeap.Action implements Cancellable {
    Queued(Instant when, Phase phase, long number, Runnable body) {
      super(when, phase, number, body);
    }

    @Override
    public void cancel() {
      synchronized (VirtualTime.this) {
        if (queue.remove(this)) {
          workQueued -= phase.isWork() ? 1 : 0;
        }
      }
    }
  }

  /**
   * Lets time pass, and runs all that is due up to and including the end of it.
   *
   * @throws IllegalArgumentException if the duration is negative
   * @throws IllegalStateException inside an action
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + duration);
    }
    advanceTo(TimeSource.plus(instant(), duration));
  }

  /**
   * Lets time pass until an instant, and runs all that is due up to and including it; has no effect
   * on the time if that has passed already.
   *
   * @throws IllegalStateException inside an action
   */
  public void advanceTo(Instant target) {
    Objects.requireNonNull(target, "target");
    boolean more = true;
    while (more) {
      more = runNext(target);
    }
  }

  /**
   * Goes to the next action that is scheduled, whenever that is, and runs it.
   *
   * @return whether there was one
   * @throws IllegalStateException inside an action
   */
  public boolean step() {
    return runNext(null);
  }

  /** Runs the next action due by the limit; without one, time goes on to the limit. */
  private boolean runNext(@Nullable Instant limit) {
    if (isDriving()) {
      throw new IllegalStateException(
          "virtual time cannot be driven, nor waited for, inside one of its own actions");
    }
    driver.lock();
    try {
      ActionHeap.Action next = take(limit);
      if (next != null) {
        next.body.run();
      }
      return next != null;
    } finally {
      driver.unlock();
    }
  }

  private synchronized ActionHeap.@Nullable Action take(@Nullable Instant limit) {
    ActionHeap.Action next = queue.first();
    if (next == null || (limit != null && next.when.isAfter(limit))) {
      now = limit != null && limit.isAfter(now) ? limit : now;
      return null;
    }
    queue.remove(next);
    now = next.when.isAfter(now) ? next.when : now;
    if (next.phase.isWork()) {
      workQueued--;
      workDone++;
    }
    return next;
  }

  /** Whether the current thread is inside an action. */
  public boolean isDriving() {
    return driver.isHeldByCurrentThread();
  }

  /** Whether any work is scheduled; polls and samples are not work. */
  public synchronized boolean hasWork() {
    return workQueued > 0;
  }

  /** How many actions that are work have been run, one that runs now included. */
  public synchronized long workCount() {
    return workDone;
  }

  /** How many actions are scheduled, of any phase; cancelled ones are not. */
  public synchronized int pending() {
    return queue.size();
  }

  @Override
  public String toString() {
    return "virtual " + instant();
  }
}
