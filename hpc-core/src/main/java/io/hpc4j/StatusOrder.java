package io.hpc4j;

import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.util.Optional;

/** The rules by which a status may follow another. Pure. */
final class StatusOrder {
  private StatusOrder() {}

  /**
   * Returns what the status becomes when a source reports another, or empty when the report is
   * late, impossible or says nothing new.
   *
   * <p>A final state never changes. A lost job may be seen again in any state. Otherwise a higher
   * attempt wins, a lower one is late; within an attempt the state moves forward only, except that
   * PENDING and RUNNABLE alternate.
   */
  static Optional<JobStatus> follow(JobStatus current, JobStatus reported) {
    if (!mayFollow(current, reported)) {
      return Optional.empty();
    }
    JobStatus merged = complete(current, reported);
    return saysNothingNew(current, merged) ? Optional.empty() : Optional.of(merged);
  }

  private static boolean mayFollow(JobStatus current, JobStatus reported) {
    if (current.state().isFinal()) {
      return false;
    }
    if (current.state() == JobState.LOST) {
      return reported.state() != JobState.LOST && reported.attempt() >= current.attempt();
    }
    if (reported.attempt() != current.attempt()) {
      return reported.attempt() > current.attempt();
    }
    return rank(reported.state()) >= rank(current.state()) && !countsGoBack(current, reported);
  }

  private static int rank(JobState state) {
    return switch (state) {
      case SUBMITTED -> 0;
      case PENDING, RUNNABLE -> 1;
      case STARTING -> 2;
      case RUNNING -> 3;
      case SUCCEEDED, FAILED, CANCELLED, LOST -> 4;
    };
  }

  private static boolean countsGoBack(JobStatus current, JobStatus reported) {
    return finalElements(reported) < finalElements(current);
  }

  private static int finalElements(JobStatus status) {
    return status.count(JobState.SUCCEEDED)
        + status.count(JobState.FAILED)
        + status.count(JobState.CANCELLED);
  }

  /** A source that leaves out what an earlier one has told does not make it unknown. */
  private static JobStatus complete(JobStatus current, JobStatus reported) {
    if (leavesOutNothing(current, reported)) {
      return reported;
    }
    JobStatus.Builder b = reported.toBuilder();
    if (reported.name().isEmpty()) {
      b.name(current.name().orElse(null));
    }
    if (reported.queue().isEmpty()) {
      b.queue(current.queue().orElse(null));
    }
    if (reported.submittedAt().isEmpty()) {
      b.submittedAt(current.submittedAt().orElse(null));
    }
    if (reported.nativeId().isEmpty()) {
      b.nativeId(current.nativeId().orElse(null));
    }
    if (reported.startedAt().isEmpty() && reported.attempt() == current.attempt()) {
      b.startedAt(current.startedAt().orElse(null));
    }
    if (reported.nodes().isEmpty() && reported.attempt() == current.attempt()) {
      b.nodes(current.nodes());
    }
    if (reported.state().isEnded() && reported.reason().isEmpty()) {
      b.reason(reported.state() == JobState.SUCCEEDED ? Reason.SUCCESS : Reason.UNKNOWN);
    }
    return b.build();
  }

  /** Spares the copy; so it mostly is with a source that pushes. */
  private static boolean leavesOutNothing(JobStatus current, JobStatus reported) {
    return reported.name().isPresent()
        && reported.queue().isPresent()
        && reported.submittedAt().isPresent()
        && reported.nativeId().isPresent()
        && (reported.startedAt().isPresent() || current.startedAt().isEmpty())
        && (!reported.nodes().isEmpty() || current.nodes().isEmpty())
        && (reported.reason().isPresent() || !reported.state().isEnded());
  }

  private static boolean saysNothingNew(JobStatus current, JobStatus merged) {
    return merged.state() == current.state() // mostly it is not, and that is cheap to see
        && merged.attempt() == current.attempt()
        && merged.counts().equals(current.counts())
        && merged.toBuilder().observedAt(current.observedAt()).build().equals(current);
  }
}
