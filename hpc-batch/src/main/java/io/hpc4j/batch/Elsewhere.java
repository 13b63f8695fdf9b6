package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.JobState;
import java.util.Objects;
import java.util.Optional;

/** What other programs have done to a job of this one, as far as AWS tells it. Pure. */
final class Elsewhere {
  private Elsewhere() {}

  /**
   * Why another program has cancelled an array, if one has: what AWS has not got of it, or not any
   * more, is meant too. Called under the job's lock.
   */
  static Optional<String> cancellation(BatchJob job) {
    return job.decisions.ofAll().isPresent()
        ? Optional.empty()
        : job.pieces.stream()
            .filter(piece -> isCancelledByOthers(job, piece))
            .findFirst()
            .map(piece -> Objects.requireNonNull(piece.seen).statusReason());
  }

  private static boolean isCancelledByOthers(BatchJob job, Piece piece) {
    Seen seen = piece.seen;
    if (seen == null
        || !piece.isArray()
        || !seen.state().equals(Optional.of(JobState.CANCELLED))
        || seen.statusReason().isEmpty()
        || job.isTakenBack(seen)
        || Limits.told(Objects.requireNonNull(job.request), seen.statusReason()).isPresent()) {
      return false;
    }
    boolean[] open = {false};
    boolean[] ours = {false};
    job.forEach(
        piece,
        (index, task) -> {
          open[0] = true;
          ours[0] |= job.decisions.of(index) != null;
        });
    return open[0] && !ours[0];
  }
}
