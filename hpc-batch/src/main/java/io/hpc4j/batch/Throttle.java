package io.hpc4j.batch;

import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * Lets so many calls a second pass, and a second's worth of them at once. In virtual time calls
 * take no time and none waits. Thread-safe.
 */
final class Throttle {
  private final TimeSource time;
  private final long nanosEach;
  private final long nanosAtOnce;
  private Instant next = Instant.MIN; // when the bucket would be full again if nobody called

  Throttle(TimeSource time, double callsPerSecond) {
    this.time = time;
    nanosEach = Math.round(1e9 / callsPerSecond);
    nanosAtOnce = Math.max(0, 1_000_000_000L - nanosEach);
  }

  /** Waits until a call may be made. */
  void take() {
    Duration wait = reserve(time.instant());
    if (!wait.isZero() && !(time instanceof VirtualTime)) {
      CompletableFuture<Void> over = new CompletableFuture<>();
      time.schedule(wait, Phase.SUBMIT, () -> over.complete(null));
      over.join();
    }
  }

  /** Takes the next place and tells how long it is until then. */
  synchronized Duration reserve(Instant now) {
    Instant base = next.isBefore(now) ? now : next;
    next = base.plusNanos(nanosEach);
    Duration ahead = Duration.between(now, base).minusNanos(nanosAtOnce);
    return ahead.isNegative() ? Duration.ZERO : ahead;
  }
}
