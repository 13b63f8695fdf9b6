package io.hpc4j.local.process;

import java.util.function.Consumer;

/** Starts processes. Thread-safe. */
public interface Launcher extends AutoCloseable {
  /**
   * Starts a process. Never throws for a program that cannot be started: that is an end.
   *
   * @param onEnd is told the end exactly once, on another thread or before this returns
   */
  RunningProcess start(ProcessSpec spec, Consumer<ProcessEnd> onEnd);

  @Override
  void close();
}
