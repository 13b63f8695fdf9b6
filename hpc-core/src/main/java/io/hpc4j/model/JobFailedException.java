package io.hpc4j.model;

/** Carries a job that did not succeed to a caller who wanted an exception instead of a value. */
public class JobFailedException extends HpcException {
  private static final long serialVersionUID = 1L;

  private final transient JobStatus status;
  private final String outputTail;

  /**
   * Creates one.
   *
   * @param status the ending
   * @param outputTail the end of its error output and where the whole of it is; may be empty
   */
  public JobFailedException(JobStatus status, String outputTail) {
    super(
        "job "
            + status.id()
            + " ended "
            + status.describe()
            + (outputTail.isEmpty() ? "" : "\n" + outputTail));
    this.status = status;
    this.outputTail = outputTail;
  }

  /** The ending. */
  public JobStatus status() {
    return status;
  }

  /** The end of the job's error output and where the whole of it is; empty when there is none. */
  public String outputTail() {
    return outputTail;
  }
}
