package io.hpc4j.local.process;

/** Hears of a process: at most once that it runs, then exactly once how it ended. */
public interface ProcessListener {
  /**
   * It runs.
   *
   * @param held whether it is held to its memory, and need not be watched
   */
  void started(long pid, boolean held);

  /** It has ended or could not be started, and with it all that it had started is gone. */
  void ended(ProcessEnd end);
}
