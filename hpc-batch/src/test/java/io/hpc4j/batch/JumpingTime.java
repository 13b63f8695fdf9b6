package io.hpc4j.batch;

import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A virtual time that is none to a backend, and jumps to whatever is waited for. */
final class JumpingTime implements TimeSource {
  final List<Duration> waits = new ArrayList<>();
  private final VirtualTime time;

  JumpingTime(TimeSource time) {
    this.time = (VirtualTime) time;
  }

  @Override
  public Instant instant() {
    return time.instant();
  }

  @Override
  public Cancellable schedule(Instant when, Phase phase, Runnable action) {
    waits.add(Duration.between(instant(), when));
    time.advanceTo(when);
    action.run();
    return () -> {};
  }
}
