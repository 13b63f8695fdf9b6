package io.hpc4j.local.engine;

import java.util.function.Supplier;

/**
 * Runs events one after the other. After a call, after a pass and, in real time, after each run of
 * events it settles: what has changed is written down to be told. Thread-safe.
 */
interface Loop {
  /** Runs an event some time, never on this thread; in virtual time at once, and on it. */
  void post(Runnable event);

  /** Runs an event some time, on this thread if no other runs any. */
  void run(Runnable event);

  /**
   * Runs an event and waits until what it has written is committed, and for its value; what it
   * throws is thrown here.
   */
  <T> T call(Supplier<T> event);

  /** Puts something off until the present event is over and nothing is owned any more. */
  void later(Runnable action);

  /** Asks for one scheduling pass, when the other events of this instant are over. */
  void requestPass();

  /** Asks to settle, when the other events of this instant are over. */
  void requestSettling();

  /** Lets go of the thread. */
  void close();
}
