package io.hpc4j.slurm;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.ArrayStatus;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Tells what is known of a job; called under its lock. Pure. */
final class Statuses {
  private Statuses() {}

  /** The status of a job or an array. */
  static JobStatus of(SlurmJob job, Instant now) {
    return of(job, job.id, now);
  }

  /** The status of a job, an array or an element. */
  static JobStatus of(SlurmJob job, JobId id, Instant now) {
    return job.isArray() && id.index().isEmpty()
        ? array(job, now)
        : single(job, id, job.task(id), now);
  }

  private static JobStatus single(SlurmJob job, JobId id, Task task, Instant now) {
    Sight s = task.shown();
    return JobStatus.builder(id, s.state(), now)
        .submittedAt(job.submittedAt)
        .name(job.name)
        .queue(job.queue)
        .attempt(s.attempt())
        .reason(s.reason().orElse(null))
        .exit(s.exit().orElse(null))
        .message(s.message())
        .waitReason(s.waits().orElse(null))
        .source(s.source())
        .startedAt(s.started().orElse(null))
        .endedAt(s.ended().orElse(null))
        .nodes(s.nodes())
        .nativeId(task.piece.isSent() ? task.piece.nativeId(id.index().orElse(0)) : null)
        .nativeState(s.nativeState().isEmpty() ? null : s.nativeState())
        .build();
  }

  private static JobStatus array(SlurmJob job, Instant now) {
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    job.stream().forEach(task -> counts.merge(task.shown().state(), 1, Integer::sum));
    if (job.unsent() > 0) {
      counts.merge(JobState.PENDING, job.unsent(), Integer::sum);
    }
    boolean started = job.stream().anyMatch(task -> task.sight.started().isPresent());
    JobState state = ArrayStatus.state(counts, started, job.decisions.ofAll().isPresent());
    JobStatus.Builder b =
        JobStatus.builder(job.id, state, now)
            .submittedAt(job.submittedAt)
            .name(job.name)
            .queue(job.queue)
            .counts(counts)
            .source(job.task(job.indices.first()).map(t -> t.shown().source()).orElse("sbatch"))
            .nativeId(job.pieces.isEmpty() ? null : job.pieces.get(0).nativeId());
    job.stream()
        .flatMap(task -> task.sight.started().stream())
        .min(Comparator.naturalOrder())
        .ifPresent(b::startedAt);
    if (ArrayStatus.hasEnded(counts)) {
      job.stream()
          .flatMap(task -> task.sight.ended().stream())
          .max(Comparator.naturalOrder())
          .ifPresent(b::endedAt);
      ArrayStatus.conclude(
          b,
          counts,
          job.decisions.ofAll().orElse(null),
          end -> of(job, job.id.element(job.indices(Set.of(end)).first()), now));
    }
    return b.build();
  }
}
