package io.hpc4j.batch;

import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Another's time with what has passed since by itself, which is not virtual to a backend. What is
 * scheduled is run by the test. Thread-safe.
 */
final class HandedTime implements TimeSource {
  final List<Runnable> scheduled = new CopyOnWriteArrayList<>();
  private final TimeSource like;
  private volatile Duration ahead = Duration.ZERO;

  HandedTime(TimeSource like) {
    this.like = like;
  }

  void pass(Duration duration) {
    ahead = ahead.plus(duration);
  }

  @Override
  public Instant instant() {
    return like.instant().plus(ahead);
  }

  @Override
  public Cancellable schedule(Instant when, Phase phase, Runnable action) {
    scheduled.add(action);
    return () -> scheduled.remove(action);
  }
}
