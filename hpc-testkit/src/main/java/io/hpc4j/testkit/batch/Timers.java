package io.hpc4j.testkit.batch;

import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;

/** Runs what is to be done later in a turn of its own. */
final class Timers {
  private final TimeSource time;
  private final Turns turns;

  Timers(TimeSource time, Turns turns) {
    this.time = time;
    this.turns = turns;
  }

  Cancellable in(Duration duration, Runnable action) {
    return time.schedule(duration, Phase.END, () -> turns.tell(action));
  }
}
