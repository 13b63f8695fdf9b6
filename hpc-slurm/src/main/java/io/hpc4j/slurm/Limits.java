package io.hpc4j.slurm;

import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Sentence;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Until when a job may be open, and how long it may wait: what Slurm does not look after. */
final class Limits {
  private Limits() {}

  /** What is said of a job that is past its deadline. */
  static Optional<Sentence> late(JobRequest request, Instant now) {
    return request
        .deadline()
        .filter(deadline -> !now.isBefore(deadline))
        .map(deadline -> Sentence.failed(Reason.DEADLINE, "it had not ended by " + deadline));
  }

  /** What is said of a job that has been ready for too long, and has never started. */
  static Optional<Sentence> unschedulable(SlurmJob job, JobRequest request, Instant now) {
    if (request.unschedulableLimit().isEmpty()) {
      return Optional.empty();
    }
    boolean ready =
        job.stream().noneMatch(Task::hasStarted) && job.stream().anyMatch(Limits::isReady);
    Instant since = job.readySince == null ? since(job, request, now) : job.readySince;
    job.readySince = ready ? since : null;
    Duration limit = request.unschedulableLimit().get();
    return ready && !now.isBefore(since.plus(limit))
        ? Optional.of(
            Sentence.failed(Reason.UNSCHEDULABLE, "it could not be scheduled within " + limit))
        : Optional.empty();
  }

  /** Slurm does not say since when a job waits for nothing but nodes. */
  private static Instant since(SlurmJob job, JobRequest request, Instant now) {
    boolean fromTheStart =
        request.dependencies().isEmpty() && !request.hold() && request.begin().isEmpty();
    return fromTheStart ? job.submittedAt : now;
  }

  /** Whether it waits for nothing but nodes. */
  static boolean isReady(Task task) {
    return task.sight.state() == JobState.RUNNABLE;
  }
}
