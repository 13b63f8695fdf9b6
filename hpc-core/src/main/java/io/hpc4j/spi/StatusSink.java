package io.hpc4j.spi;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobStatus;

/** Receives what a pushing backend has to tell; thread-safe, and quick. */
public interface StatusSink {
  /** Takes a status of a job, array or element. Statuses of one job come in order. */
  void update(JobStatus status);

  /** Whether anybody wants to hear of this array's elements one by one; may change at any time. */
  boolean wantsElements(JobId array);
}
