package io.hpc4j.local.process;

/** A process that was started, with its descendants as far as they can be found. Thread-safe. */
public interface RunningProcess {
  /** What could not be started has nothing to end. */
  RunningProcess NONE =
      new RunningProcess() {
        @Override
        public void terminate() {}

        @Override
        public void kill() {}
      };

  /** Asks it and all its descendants to end, by SIGTERM. */
  void terminate();

  /** Ends it, all its descendants and those that {@link #terminate} saw, by SIGKILL. */
  void kill();
}
