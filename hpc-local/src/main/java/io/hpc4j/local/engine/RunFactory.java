package io.hpc4j.local.engine;

/** Makes the run of an attempt, by what its work is. */
@FunctionalInterface
interface RunFactory {
  /** Returns the run of an attempt that has its nodes. */
  Run create(Live live);

  /** Whether an attempt outlived the program that started it, or has left how it ended. */
  default boolean canAdopt(Live live) {
    return false;
  }

  /** Whether an attempt that cannot be adopted was decided on and never begun. */
  default boolean wasNeverStarted(Live live) {
    return false;
  }

  /** Returns the run of an attempt that goes on. */
  default Run adopt(Live live) {
    return create(live);
  }

  /** Ends what is left of an attempt that cannot go on. */
  default void endRemains(Live live) {}

  /** Lets go of what is kept for an attempt that has ended. */
  default void ended(Live live) {}

  /** Lets go of what is kept for a job that has ended. */
  default void forget(JobRecord job) {}
}
