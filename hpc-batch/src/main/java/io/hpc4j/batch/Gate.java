package io.hpc4j.batch;

import java.time.Instant;
import java.util.Optional;

/** What keeps a job in this program before AWS gets it, or gets it again. Pure. */
final class Gate {
  private Gate() {}

  /** Whether its parts may be sent; what is to be cancelled is looked for as if they were. */
  static boolean isOpen(BatchJob job, Instant now) {
    return job.decisions.ofAll().isPresent() || (!isShut(job, now) && !job.awaitsOthers);
  }

  /** Whether it is kept by the user's own word, so that nothing of it can have been sent. */
  static boolean isShut(BatchJob job, Instant now) {
    return job.held || begin(job).filter(now::isBefore).isPresent();
  }

  /** When it may begin at the earliest, if that was said. */
  static Optional<Instant> begin(BatchJob job) {
    return Optional.ofNullable(job.request).flatMap(request -> request.begin());
  }

  /** When it opens by itself; empty if others have to do something first, or it has. */
  static Optional<Instant> opensAt(BatchJob job) {
    boolean waits = !job.held && !job.awaitsOthers && job.pieces.isEmpty() && !job.unsent.isEmpty();
    return waits ? begin(job) : Optional.empty();
  }
}
