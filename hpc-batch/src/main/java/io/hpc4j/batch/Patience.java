package io.hpc4j.batch;

import io.hpc4j.model.BackendException;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/** Asks again and again, ever more seldom and not for ever. In virtual time it drives the time. */
final class Patience {
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration MOST = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final TimeSource time;

  Patience(TimeSource time) {
    this.time = time;
  }

  /**
   * Refuses to begin what could not be waited for.
   *
   * @throws IllegalStateException inside an action of virtual time
   */
  void refuseInAction() {
    if (time instanceof VirtualTime virtual && virtual.isDriving()) {
      throw new IllegalStateException("AWS cannot be waited for inside an action of virtual time");
    }
  }

  /**
   * Waits until it is so.
   *
   * @param what what is waited for
   * @throws BackendException after an hour, or if the thread is interrupted
   */
  void until(String what, BooleanSupplier isSo) {
    Instant end = TimeSource.plus(time.instant(), LONGEST);
    Duration next = FIRST;
    while (!isSo.getAsBoolean()) {
      if (!time.instant().isBefore(end)) {
        throw new BackendException(what + ": not within " + LONGEST, null);
      }
      pause(what, next);
      next = next.multipliedBy(2).compareTo(MOST) < 0 ? next.multipliedBy(2) : MOST;
    }
  }

  private void pause(String what, Duration duration) {
    if (time instanceof VirtualTime virtual) {
      virtual.advance(duration);
      return;
    }
    CompletableFuture<Void> over = new CompletableFuture<>();
    Object unused = time.schedule(duration, Phase.MONITOR, () -> over.complete(null));
    try {
      over.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException(what + ": interrupted", e);
    } catch (ExecutionException e) {
      throw new AssertionError("it only ends", e);
    }
  }
}
