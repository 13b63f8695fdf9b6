package io.hpc4j.local.process;

/** Starts processes. Thread-safe. */
public interface Launcher extends AutoCloseable {
  /**
   * Starts a process. Never throws for a program that cannot be started: that is an end.
   *
   * @param listener is told on another thread or before this returns
   */
  RunningProcess start(ProcessSpec spec, ProcessListener listener);

  /** Whether it tells signals from exit codes, and measures processor time. */
  boolean isExact();

  /** Whether it holds processes to their memory, as far as is known now. */
  boolean holdsMemory();

  /** Ends all processes that still run, at once. Idempotent. */
  @Override
  void close();
}
