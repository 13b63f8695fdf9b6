package io.hpc4j;

import io.hpc4j.model.HpcException;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.WaitReason;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a future: blocks in real time, drives the clock in virtual time. There it gives up at
 * once when no work is left, so that a test cannot hang.
 */
final class Waiting {
  private static final int MOST_POLLS_WITHOUT_WORK = 10_000;

  private final TimeSource time;
  private final JobTracker tracker;

  Waiting(TimeSource time, JobTracker tracker) {
    this.time = time;
    this.tracker = tracker;
  }

  /**
   * Waits until a job's future is done.
   *
   * @param explain tells why the job waits, for the message when virtual time is idle
   * @throws HpcException when virtual time is idle and the future is not done
   */
  void await(
      Tracked job, CompletableFuture<?> future, Function<JobStatus, Optional<WaitReason>> explain) {
    refuseInCallback();
    tracker.flush();
    if (time instanceof VirtualTime virtual) {
      drive(
          virtual,
          future,
          () -> tracker.isUpToDate(job, virtual.workCount()),
          () -> idleMessage(job, explain));
    } else {
      join(future, null);
    }
    rethrow(future);
  }

  /** Waits until a future is done or this time has passed; returns whether it is done. */
  boolean await(CompletableFuture<?> future, Duration atMost) {
    refuseInCallback();
    tracker.flush();
    if (time instanceof VirtualTime virtual) {
      driveUntil(virtual, future, TimeSource.plus(time.instant(), atMost));
    } else {
      join(future, atMost);
    }
    if (future.isDone()) {
      rethrow(future);
    }
    return future.isDone();
  }

  /** Lets this much time pass. */
  void pause(Duration duration) {
    await(new CompletableFuture<Void>(), duration);
  }

  boolean isInCallback() {
    return tracker.isInCallback();
  }

  private void refuseInCallback() {
    if (isInCallback()) {
      throw new IllegalStateException(
          "waiting inside a callback would wait for itself; use completion() and go on from there");
    }
  }

  private static void join(CompletableFuture<?> future, @Nullable Duration atMost) {
    try {
      if (atMost == null) {
        future.get();
      } else {
        future.get(saturatedNanos(atMost), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HpcException("interrupted while waiting", e);
    } catch (TimeoutException | ExecutionException e) {
      return; // the caller looks at the future itself
    }
  }

  private static long saturatedNanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? 0 : Long.MAX_VALUE;
    }
  }

  private static void drive(
      VirtualTime time,
      CompletableFuture<?> future,
      BooleanSupplier upToDate,
      Supplier<String> idleMessage) {
    for (int polls = 0; !future.isDone(); ) {
      if (!time.hasWork()) {
        time.advance(Duration.ZERO); // lets another thread that drives finish its step
        boolean idle =
            !time.hasWork() && (upToDate.getAsBoolean() || polls++ > MOST_POLLS_WITHOUT_WORK);
        if (idle && !future.isDone()) {
          throw new HpcException(idleMessage.get());
        }
      }
      if (!future.isDone() && !time.step() && !future.isDone()) {
        throw new HpcException(idleMessage.get());
      }
    }
  }

  private static void driveUntil(VirtualTime time, CompletableFuture<?> future, Instant deadline) {
    AtomicBoolean over = new AtomicBoolean();
    Cancellable alarm = time.schedule(deadline, Phase.MONITOR, () -> over.set(true));
    while (!over.get() && !future.isDone() && time.step()) {
      // each step brings the alarm nearer
    }
    alarm.cancel();
  }

  private static String idleMessage(
      Tracked job, Function<JobStatus, Optional<WaitReason>> explain) {
    JobStatus status = job.status();
    String what = "job " + status.nativeId().orElse(status.id().toString());
    String why =
        explain.apply(status).map(reason -> ": " + reason.detail()).orElse(": nothing is due");
    return "virtual time is idle; " + what + " is " + status.state() + why;
  }

  private static void rethrow(CompletableFuture<?> future) {
    try {
      future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
