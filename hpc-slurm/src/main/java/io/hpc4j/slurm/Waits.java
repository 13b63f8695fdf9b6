package io.hpc4j.slurm;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.WaitReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why a job does not run. Pure. */
final class Waits {
  private Waits() {}

  /** Why a job or element waits; of an array, why the first that waits does, while none runs. */
  static Optional<WaitReason> of(SlurmJob job, JobId id, Instant now) {
    JobState state = Statuses.of(job, id, now).state();
    if (state.isEnded()) {
      return Optional.empty();
    }
    if (!job.isArray() || id.index().isPresent()) {
      return why(job, job.task(id));
    }
    List<WaitReason> reasons = new ArrayList<>(1);
    job.forEach(
        (index, task) -> {
          if (reasons.isEmpty() && !task.isEnded()) {
            why(job, task).ifPresent(reasons::add);
          }
        });
    return state == JobState.RUNNING ? Optional.empty() : reasons.stream().findFirst();
  }

  private static Optional<WaitReason> why(SlurmJob job, Task task) {
    Optional<WaitReason> shown = task.shown().waits();
    if (task.piece.attempt() > 1
        && shown.filter(w -> w.kind() == WaitReason.Kind.BEGIN_TIME).isPresent()) {
      return Optional.of(Task.NEXT_ATTEMPT);
    }
    boolean others = job.awaitsOthers && !job.held;
    if (job.request != null
        && (others || shown.filter(w -> w.kind() == WaitReason.Kind.DEPENDENCY).isPresent())) {
      List<JobId> on = job.needs().toList();
      return Optional.of(
          new WaitReason(WaitReason.Kind.DEPENDENCY, "it waits for " + on).about(on));
    }
    return shown;
  }
}
