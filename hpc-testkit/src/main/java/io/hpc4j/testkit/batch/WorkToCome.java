package io.hpc4j.testkit.batch;

import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Changes that come by the mere passing of time. */
final class WorkToCome {
  private WorkToCome() {}

  /**
   * The instant at which one comes. It counts as work, so that whoever waits in virtual time is
   * brought there.
   */
  static Instant in(Duration duration, TimeSource time) {
    if (!duration.isZero()) {
      Cancellable unused = time.schedule(duration, Phase.END, () -> {});
    }
    return TimeSource.plus(time.instant(), duration);
  }
}
