package io.hpc4j.model;

/**
 * Why a job or an attempt ended; the same words on every backend, and what retry rules match on.
 */
public enum Reason {
  /** The work ended well. */
  SUCCESS,
  /** The process ended with an exit code other than zero. */
  NON_ZERO_EXIT,
  /** The process was ended by a signal that the backend itself did not send. */
  SIGNALLED,
  /** A Java task threw. */
  EXCEPTION,
  /** More memory was used than requested, whatever the exit code. */
  OUT_OF_MEMORY,
  /** The attempt ran longer than its timeout. */
  TIMEOUT,
  /** The job had not ended by its deadline. */
  DEADLINE,
  /** Somebody cancelled the job, its array or the backend. */
  CANCELLED,
  /** The scheduler took the nodes away for a job that goes first. */
  PREEMPTED,
  /** A spot instance was reclaimed. */
  SPOT_RECLAIMED,
  /** A node failed or vanished. */
  NODE_FAILURE,
  /** The work could not be started: no such program, no such directory, no permission. */
  LAUNCH_FAILURE,
  /** The container image could not be fetched. */
  IMAGE_PULL,
  /** A job that this one depends on did not end as required. */
  DEPENDENCY_FAILED,
  /** It could not be scheduled within the time that was set for it. */
  UNSCHEDULABLE,
  /** The backend accepted the job and refused it later. */
  REJECTED,
  /** No source knows the job any more. */
  LOST,
  /** The backend gave no reason that is known here; the native text is kept. */
  UNKNOWN
}
