package io.hpc4j.local.process;

/** A process that was started, with its descendants as far as they can be found. Thread-safe. */
public interface RunningProcess {
  /** Asks it and all its descendants to end, by SIGTERM. */
  void terminate();

  /** Ends it, all its descendants and those that {@link #terminate} saw, by SIGKILL. */
  void kill();
}
