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
  private long nanosEach;
  private long debt; // how long nobody may call until the bucket is full again
  private Instant last = Instant.MAX;

  Throttle(double callsPerSecond) {
    nanosEach = nanosEach(callsPerSecond);
  }

  private static long nanosEach(double callsPerSecond) {
    return Math.round(1e9 / callsPerSecond);
  }

  /** Lets no more pass than this, or than it has let pass before. */
  synchronized void atMost(double callsPerSecond) {
    nanosEach = Math.max(nanosEach, nanosEach(callsPerSecond));
  }

  /** Waits until a call may be made. */
  void take(TimeSource time) {
    Duration wait = reserve(time.instant());
    if (!wait.isZero() && !(time instanceof VirtualTime)) {
      CompletableFuture<Void> over = new CompletableFuture<>();
      time.schedule(wait, Phase.SUBMIT, () -> over.complete(null));
      over.join();
    }
  }

  /** Takes the next place and tells how long it is until then; a clock may be set back. */
  synchronized Duration reserve(Instant now) {
    if (last.isBefore(now)) {
      Duration passed = Duration.between(last, now);
      debt = passed.compareTo(Duration.ofNanos(debt)) < 0 ? debt - passed.toNanos() : 0;
    }
    last = now;
    long atOnce = Math.max(0, 1_000_000_000L - nanosEach);
    Duration wait = Duration.ofNanos(Math.max(0, debt - atOnce));
    debt += nanosEach;
    return wait;
  }
}
