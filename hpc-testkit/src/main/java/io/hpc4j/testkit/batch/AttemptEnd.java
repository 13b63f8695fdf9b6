package io.hpc4j.testkit.batch;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import org.jspecify.annotations.Nullable;

/** How an attempt has ended, in AWS's words. */
final class AttemptEnd {
  static final String EXITED = "Essential container in task exited";
  private static final String TIMED_OUT = "Job attempt duration exceeded timeout";
  private static final int KILLED = 137;

  private AttemptEnd() {}

  /** Writes the end of the backend's job into the attempt. */
  static void describe(JobAttempt attempt, JobStatus status, Reason reason) {
    attempt.exitCode = status.exit().map(AttemptEnd::number).orElse(null);
    switch (reason) {
      case SUCCESS, NON_ZERO_EXIT, SIGNALLED -> attempt.statusReason = EXITED;
      case OUT_OF_MEMORY -> {
        killed(attempt);
        attempt.reason = "OutOfMemoryError: Container killed due to memory usage";
        attempt.statusReason = EXITED;
      }
      case TIMEOUT -> {
        killed(attempt);
        attempt.statusReason = TIMED_OUT;
      }
      case CANCELLED -> {
        killed(attempt);
        attempt.statusReason = EXITED;
      }
      case LAUNCH_FAILURE -> {
        attempt.reason = "CannotStartContainerError: " + status.message();
        attempt.statusReason = "Task failed to start";
      }
      case IMAGE_PULL -> {
        attempt.reason = "CannotPullContainerError: " + status.message();
        attempt.statusReason = "Task failed to start";
      }
      case NODE_FAILURE, SPOT_RECLAIMED, PREEMPTED -> {
        attempt.exitCode = null;
        attempt.statusReason =
            "Host EC2 (instance " + LocalRuns.instanceId(attempt.instance) + ") terminated.";
      }
      default ->
          attempt.statusReason = status.message().isEmpty() ? reason.name() : status.message();
    }
  }

  private static @Nullable Integer number(Exit exit) {
    if (exit.code().isPresent()) {
      return exit.code().getAsInt();
    }
    return exit.signal().isPresent() ? (Integer) (128 + exit.signal().getAsInt()) : null;
  }

  private static void killed(JobAttempt attempt) {
    if (attempt.exitCode == null) {
      attempt.exitCode = KILLED;
    }
  }
}
