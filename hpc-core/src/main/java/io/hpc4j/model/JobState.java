package io.hpc4j.model;

/**
 * Where a job is between submission and its end.
 *
 * <p>A job only moves forward, with two exceptions: {@link #PENDING} and {@link #RUNNABLE} may
 * alternate, and a retry starts over with a higher attempt number. States may be skipped.
 */
public enum JobState {
  /** The backend is being told, or has been told and has not said more yet. */
  SUBMITTED,
  /** Waits for something other than capacity: a dependency, a hold, a begin time, a retry delay. */
  PENDING,
  /** Could run and waits for capacity, its turn or its array's throttle. */
  RUNNABLE,
  /** Has its nodes; the work itself has not begun. */
  STARTING,
  /** At work. An array is running from its first element's start until all elements have ended. */
  RUNNING,
  /** Ended well. */
  SUCCEEDED,
  /** Ended badly; {@link JobStatus#reason()} says why. */
  FAILED,
  /** Ended because somebody cancelled it. */
  CANCELLED,
  /**
   * No source knows the job any more. It counts as ended, yet later evidence may still correct it.
   */
  LOST;

  /** Whether nothing more is expected: succeeded, failed, cancelled or lost. */
  public boolean isEnded() {
    return compareTo(SUCCEEDED) >= 0;
  }

  /** Whether the state can never change again: ended, and not {@link #LOST}. */
  public boolean isFinal() {
    return isEnded() && this != LOST;
  }

  /** Whether the job has been accepted and has not started: submitted, pending or runnable. */
  public boolean isWaiting() {
    return compareTo(RUNNABLE) <= 0;
  }

  /** Whether the job holds nodes: starting or running. */
  public boolean isActive() {
    return this == STARTING || this == RUNNING;
  }
}
