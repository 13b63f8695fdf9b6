package io.hpc4j.spi;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobStatus;
import java.util.List;

/** Receives what a pushing backend has to tell; thread-safe, and quick. */
public interface StatusSink {
  /** Takes a status of a job, array or element. Statuses of one job come in order. */
  void update(JobStatus status);

  /** Takes what several jobs have become, in this order. */
  default void updateAll(List<JobStatus> statuses) {
    statuses.forEach(this::update);
  }

  /**
   * Whether anybody wants to hear of each change of this job, which is no array; else it is enough
   * to be told what it has become when much has happened at once. May change at any time.
   */
  default boolean wantsEachChange(JobId job) {
    return true;
  }

  /** Whether anybody wants to hear of this array's elements one by one; may change at any time. */
  boolean wantsElements(JobId array);
}
