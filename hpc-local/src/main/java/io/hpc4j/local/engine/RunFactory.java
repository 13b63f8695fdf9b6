package io.hpc4j.local.engine;

/** Makes the run of an attempt, by what its work is. */
@FunctionalInterface
interface RunFactory {
  /** Returns the run of an attempt that has its nodes. */
  Run create(Live live);

  /** Lets go of what is kept for a job that has ended. */
  default void forget(JobRecord job) {}
}
