package io.hpc4j.local.engine;

/** Runs Java tasks. */
interface TaskExecutor {
  /**
   * Runs a task some time.
   *
   * @param task must not throw
   * @param then what is done when it is over, in short time
   */
  void execute(Runnable task, Runnable then);
}
