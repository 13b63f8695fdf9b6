package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Sentence;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Ends jobs that have not ended, or not started, in time; AWS Batch knows neither limit. AWS is
 * told why, and repeats it to whichever program asks next.
 */
final class Limits {
  private static final List<String> STARTED = List.of("STARTING", "RUNNING", "SUCCEEDED");

  private final Calls calls;

  Limits(Calls calls) {
    this.calls = calls;
  }

  private static Optional<Sentence> late(JobRequest request) {
    return request
        .deadline()
        .map(at -> Sentence.failed(Reason.DEADLINE, "it had not ended by its deadline " + at));
  }

  private static Optional<Sentence> unschedulable(JobRequest request) {
    return request
        .unschedulableLimit()
        .map(
            limit -> Sentence.failed(Reason.UNSCHEDULABLE, "it could not be started for " + limit));
  }

  /** Whether a job has any. */
  static boolean has(JobRequest request) {
    return request.deadline().isPresent() || request.unschedulableLimit().isPresent();
  }

  /** What AWS was told when it was told to end a job for one of its limits. */
  static Optional<Sentence> told(JobRequest request, String statusReason) {
    return Stream.of(late(request), unschedulable(request))
        .flatMap(Optional::stream)
        .filter(sentence -> statusReason.startsWith(sentence.message()))
        .findFirst();
  }

  /** Ends what has come to its limit; called under the job's lock. */
  void apply(BatchJob job, Instant now) {
    JobRequest request = Objects.requireNonNull(job.request);
    if (request.deadline().filter(at -> !now.isBefore(at)).isPresent()) {
      Orders.condemn(job, late(request).orElseThrow(), now);
    }
    if (request.unschedulableLimit().isEmpty() || job.pieces.isEmpty()) {
      return;
    }
    boolean ready = job.pieces.stream().anyMatch(Limits::isReady) && !hasStarted(job);
    Instant since = job.readySince == null ? since(job, now) : job.readySince;
    job.readySince = ready ? since : null;
    if (ready && !now.isBefore(since.plus(request.unschedulableLimit().get()))) {
      Sentence why = unschedulable(request).orElseThrow();
      for (Piece piece : job.pieces) {
        if (!piece.over) {
          calls.cancel(piece.nativeId, why.message()); // which leaves alone what has just started
        }
      }
    }
  }

  /** AWS does not say since when a job waits for nothing but capacity. */
  private static Instant since(BatchJob job, Instant now) {
    boolean fromTheStart = Objects.requireNonNull(job.request).dependencies().isEmpty();
    Piece last = job.pieces.get(job.pieces.size() - 1);
    return fromTheStart ? sent(last) : now;
  }

  private static Instant sent(Piece piece) {
    return Optional.ofNullable(piece.seen).flatMap(Seen::created).orElse(piece.acceptedAt);
  }

  private static boolean isReady(Piece piece) {
    Seen seen = piece.seen;
    return seen != null
        && !piece.over
        && (piece.count("RUNNABLE") > 0
            || (!piece.isArray() && seen.state().equals(Optional.of(JobState.RUNNABLE))));
  }

  private static boolean hasStarted(BatchJob job) {
    boolean[] started = {false};
    job.forEach(
        (index, task) ->
            started[0] |= task.state() == JobState.STARTING || task.started().isPresent());
    return started[0]
        || job.pieces.stream()
            .anyMatch(piece -> STARTED.stream().anyMatch(word -> piece.count(word) > 0));
  }

  /** When a job comes to one of its limits, as far as that can be known now. */
  static Optional<Instant> next(BatchJob job, Instant now) {
    JobRequest request = job.request;
    if (request == null || job.isOver()) {
      return Optional.empty();
    }
    Optional<Instant> gaveUp =
        request.unschedulableLimit().flatMap(limit -> waiting(job).map(since -> since.plus(limit)));
    return Stream.of(request.deadline(), gaveUp)
        .flatMap(Optional::stream)
        .filter(now::isBefore)
        .min(Instant::compareTo);
  }

  private static Optional<Instant> waiting(BatchJob job) {
    return job.pieces.isEmpty() || hasStarted(job)
        ? Optional.empty()
        : Optional.ofNullable(job.readySince)
            .or(() -> Optional.of(sent(job.pieces.get(job.pieces.size() - 1))));
  }
}
