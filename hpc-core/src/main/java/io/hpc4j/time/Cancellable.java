package io.hpc4j.time;

/** A scheduled action that can be called off. Thread-safe. */
@FunctionalInterface
public interface Cancellable {
  /**
   * Calls the action off: if its turn has not come when this is called, it never runs. If another
   * thread has already taken its turn, it runs to its end; this does not wait for that. Idempotent;
   * without effect once the action has run. Does not block.
   */
  void cancel();
}
