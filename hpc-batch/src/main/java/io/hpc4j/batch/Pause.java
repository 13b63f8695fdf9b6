package io.hpc4j.batch;

import io.hpc4j.spi.PollPolicy;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** When what could not be done for a job is tried again: ever later. Guarded by its job. */
final class Pause {
  private Duration length = Duration.ZERO;
  private Instant until = Instant.MIN;

  Instant until() {
    return until;
  }

  /** It could be done. */
  void end() {
    length = Duration.ZERO;
    until = Instant.MIN;
  }

  /** It could not, once more. */
  void grow(Instant now, PollPolicy policy) {
    Duration next = length.isZero() ? policy.shortest() : length.multipliedBy(2);
    length = next.compareTo(policy.longest()) < 0 ? next : policy.longest();
    until = TimeSource.plus(now, length);
  }
}
