package io.hpc4j.batch;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobRequest;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.FailureBudget;
import java.time.Instant;
import java.util.BitSet;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** Ends what waits of an array that has had too many failures; what runs only if told so. */
final class Spending {
  private final Observer observer;

  Spending(Observer observer) {
    this.observer = observer;
  }

  /** Decides it, once for each element; called under the job's lock. */
  void apply(BatchJob job, Instant now) {
    JobRequest request = Objects.requireNonNull(job.request);
    Optional<FailureBudget> budget = FailureBudget.of(request);
    if (budget.isEmpty() || !budget.get().isSpentBy(job.failures())) {
      return;
    }
    BitSet some = new BitSet();
    job.forEach(
        (index, task) -> {
          boolean here = task.piece == null || task.retry != null;
          some.set(index, here || request.failFast());
        });
    if (!request.failFast()) {
      job.pieces.stream()
          .filter(piece -> !piece.over)
          .flatMapToInt(piece -> waiting(job, piece))
          .forEach(some::set);
    }
    job.forEach(
        (index, task) -> {
          if (task.isEnded() || job.decisions.of(index) != null) {
            some.clear(index);
          }
        });
    if (!some.isEmpty()) {
      job.decide(new Decision(IndexSet.of(some), budget.get().sentence()));
      Orders.carryOut(job, some::get, now);
    }
  }

  /** The elements of a piece that wait on AWS; one that begins meanwhile is left alone there. */
  private IntStream waiting(BatchJob job, Piece piece) {
    if (piece.isArray()) {
      return observer.waiting(job, piece).stream();
    }
    boolean begun =
        piece.seen != null && piece.seen.state().filter(s -> !s.isWaiting()).isPresent();
    return begun ? IntStream.empty() : piece.indices().stream();
  }
}
