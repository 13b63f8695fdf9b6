package io.hpc4j.time;

/** A scheduled action that can be called off. */
@FunctionalInterface
public interface Cancellable {
  /**
   * Calls it off. One that has started goes on; one that has not never starts. Idempotent and
   * thread-safe; does not block.
   */
  void cancel();
}
