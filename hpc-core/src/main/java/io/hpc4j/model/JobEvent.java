package io.hpc4j.model;

/** Something that happened to a job, or to the view of a backend. */
public sealed interface JobEvent {
  /**
   * A job's state or attempt changed.
   *
   * @param previous the status before
   * @param status the status now
   */
  record StateChanged(JobStatus previous, JobStatus status) implements JobEvent {}

  /**
   * The counts of an array changed and its state did not.
   *
   * @param previous the status before
   * @param status the status now
   */
  record Progress(JobStatus previous, JobStatus status) implements JobEvent {}

  /**
   * A job that was {@link JobState#LOST} has been seen again.
   *
   * @param previous the status when it was lost
   * @param status the status now
   */
  record Corrected(JobStatus previous, JobStatus status) implements JobEvent {}

  /**
   * A backend could not be asked; every job keeps its state.
   *
   * @param backend the backend
   * @param scope its scope
   * @param message what went wrong, in the backend's words
   */
  record Degraded(String backend, String scope, String message) implements JobEvent {}

  /**
   * A backend answers again.
   *
   * @param backend the backend
   * @param scope its scope
   */
  record Recovered(String backend, String scope) implements JobEvent {}
}
