package io.hpc4j.model;

/** Anything that names one job: a {@link JobId} or a live handle. */
public interface JobRef {
  /** The job's identity. */
  JobId id();
}
