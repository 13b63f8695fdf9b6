package io.hpc4j.testkit.batch;

import org.jspecify.annotations.Nullable;

/**
 * How the parts of an attempt have ended, each by itself: the nodes of a multi-node job, the
 * containers of a task. In virtual time only the main part's end is known.
 */
final class Parts {
  private static final int KILLED = 137;

  private final LogFolder logs;
  private final boolean virtual;

  Parts(LogFolder logs, boolean virtual) {
    this.logs = logs;
    this.virtual = virtual;
  }

  /** The exit code of a part; null if it has none. */
  @Nullable Integer exitCode(BatchJob job, JobAttempt attempt, int part) {
    if (isToldByAttempt(job, part)) {
      return attempt.exitCode;
    }
    Integer own = virtual ? null : logs.exitCode(attempt, part).orElse(null);
    return own == null && wasKilled(job, attempt, part) ? (Integer) KILLED : own;
  }

  private boolean isToldByAttempt(BatchJob job, int part) {
    return part == job.submitted.mainPart() && (virtual || !job.isTask());
  }

  /** What was there when the main part ended, and could not say how it took that. */
  private boolean wasKilled(BatchJob job, JobAttempt attempt, int part) {
    return !virtual
        && attempt.stoppedAt != null
        && attempt.exitCode != null
        && (job.isMultiNode() || logs.hasOutput(attempt, part));
  }

  /** A node's status: its own as soon as it has ended. */
  Status ofNode(BatchJob job, int node) {
    JobAttempt attempt = job.lastAttempt();
    if (node == job.submitted.mainPart() || attempt == null || job.status == Status.RUNNABLE) {
      return job.status;
    }
    Integer code = exitCode(job, attempt, node);
    if (code == null) {
      return job.status;
    }
    return code == 0 ? Status.SUCCEEDED : Status.FAILED;
  }
}
