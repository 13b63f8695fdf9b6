package io.hpc4j.local.engine;

import io.hpc4j.model.JobId;

/** Finds the jobs that others depend on. */
@FunctionalInterface
interface DependencyTargets {
  /** Returns the job or array that an id belongs to; it has been checked that there is one. */
  JobRecord find(JobId id);
}
