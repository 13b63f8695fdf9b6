package io.hpc4j.local.engine;

/** The running of one attempt. Its methods are events of the engine. */
interface Run {
  /** Begins; tells the engine when it has begun and when it has ended. */
  void start();

  /** Asks it to end. */
  void terminate();

  /** Ends it. */
  void kill();

  /**
   * Whether it is sure to end by itself in this time, in nanoseconds, so that nobody need watch.
   */
  default boolean endsWithin(long limit) {
    return false;
  }

  /**
   * Calls an action when the attempt no longer needs its place on the nodes, which may be later
   * than its end; at once if it needs it no more.
   */
  default void whenReleased(Runnable action) {
    action.run();
  }
}
