package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.WaitReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why a job does not run, by what is known of it. Pure. */
final class Waits {
  private static final WaitReason NEXT_ATTEMPT =
      new WaitReason(WaitReason.Kind.RETRY_DELAY, "it waits for its next attempt after a failure");

  private static final WaitReason PERHAPS_ANOTHER =
      new WaitReason(
          WaitReason.Kind.RETRY_DELAY,
          "the program that has submitted it may make another attempt");

  private static final WaitReason HELD =
      new WaitReason(WaitReason.Kind.HELD, "it is held; release it");

  private static final WaitReason SENT_AGAIN =
      new WaitReason(WaitReason.Kind.OTHER, "it was held, and is sent to AWS Batch again");

  /** What AWS says of a job that blocks its queue; the rest of the text is for people. */
  private static final Map<String, WaitReason.Kind> BLOCKED =
      Map.of(
          "CAPACITY:", WaitReason.Kind.RESOURCES,
          "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE", WaitReason.Kind.NEVER_FITS,
          "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", WaitReason.Kind.NEVER_FITS,
          "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS", WaitReason.Kind.NODES_UNAVAILABLE);

  private Waits() {}

  /** Why a job or element waits; empty if it does not. */
  static Optional<WaitReason> of(BatchJob job, Task task, Instant now) {
    return of(job, task, task.state(), task.told(), now);
  }

  /** Why an array waits, by its first element that does: AWS tells most of the whole. */
  static Optional<WaitReason> ofArray(BatchJob job, Task first, Instant now) {
    Seen whole = first.piece == null ? null : first.piece.seen;
    return whole == null
        ? of(job, first, now)
        : of(job, first, whole.state().orElse(first.state()), Optional.of(whole), now);
  }

  private static Optional<WaitReason> of(
      BatchJob job, Task task, JobState state, Optional<Seen> told, Instant now) {
    if (job.held && task.state().isWaiting()) {
      return Optional.of(HELD);
    }
    boolean here = (task.piece == null && !task.isEnded()) || task.isTakenBack();
    if (here && job.awaitsOthers) {
      return Optional.of(others(job));
    }
    Instant begin = Gate.begin(job).orElse(Instant.MIN);
    if (here && now.isBefore(begin)) {
      return Optional.of(
          new WaitReason(WaitReason.Kind.BEGIN_TIME, "it begins at " + begin).expectedAt(begin));
    }
    if (task.isTakenBack()) {
      return Optional.of(SENT_AGAIN);
    }
    if (task.isFollowed()) {
      return Optional.of(task.retry == null ? PERHAPS_ANOTHER : NEXT_ATTEMPT);
    }
    if (state == JobState.PENDING) {
      return Optional.of(
          job.request == null || job.request.dependencies().isEmpty()
              ? new WaitReason(WaitReason.Kind.OTHER, words(told, "it is pending"))
              : others(job));
    }
    if (state != JobState.RUNNABLE) {
      return Optional.empty();
    }
    String words = words(told, "it waits for capacity");
    WaitReason.Kind kind =
        BLOCKED.entrySet().stream()
            .filter(e -> words.startsWith(e.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(WaitReason.Kind.RESOURCES);
    return Optional.of(new WaitReason(kind, words));
  }

  private static String words(Optional<Seen> told, String otherwise) {
    return told.map(Seen::statusReason).filter(w -> !w.isEmpty()).orElse(otherwise);
  }

  private static WaitReason others(BatchJob job) {
    List<JobId> on =
        job.request == null
            ? List.of()
            : job.request.dependencies().stream().map(Dependency::on).toList();
    return new WaitReason(WaitReason.Kind.DEPENDENCY, "it waits for " + on).about(on);
  }
}
