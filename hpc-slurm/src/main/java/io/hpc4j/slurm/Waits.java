package io.hpc4j.slurm;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.WaitReason;
import io.hpc4j.slurm.query.WaitReasons;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why a job does not run. Pure. */
final class Waits {
  private static final WaitReason HELD_BY_US = WaitReasons.of("JobHeldUser");
  private static final WaitReason NEXT_PART =
      new WaitReason(
          WaitReason.Kind.THROTTLE,
          "the part of the array before it has to end: one throttle for all (Dependency)");

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
    boolean depends = shown.filter(w -> w.kind() == WaitReason.Kind.DEPENDENCY).isPresent();
    if (depends && !others && isNext(job, task)) {
      return Optional.of(NEXT_PART);
    }
    if (job.request != null && (others || depends)) {
      List<JobId> on = job.needs().toList();
      return Optional.of(
          new WaitReason(WaitReason.Kind.DEPENDENCY, "it waits for " + on).about(on));
    }
    if (!task.piece.isSent()) {
      return Optional.of(unsent("it", job));
    }
    return job.gathers && !job.held && shown.filter(HELD_BY_US::equals).isPresent()
        ? Optional.of(unsent("the rest of the array", job))
        : shown;
  }

  /** Whether all that it waits for is another part of its own array, for the throttle's sake. */
  private static boolean isNext(SlurmJob job, Task task) {
    return job.pieces.indexOf(task.piece) > 0
        && (job.needs().findAny().isEmpty()
            || job.stream().anyMatch(other -> other.sight.started().isPresent()));
  }

  private static WaitReason unsent(String what, SlurmJob job) {
    String why = job.refusal.isEmpty() ? "" : ": " + job.refusal;
    return new WaitReason(WaitReason.Kind.OTHER, what + " is still to be sent" + why);
  }
}
