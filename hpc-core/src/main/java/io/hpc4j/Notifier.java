package io.hpc4j;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs callbacks one at a time in the order in which they were added, on the thread of its
 * executor: a thread of its own in real time, the calling thread in virtual time. Thread-safe.
 */
final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean draining = new AtomicBoolean();
  private final Executor executor;
  private volatile @Nullable Thread runner;

  Notifier(Executor executor) {
    this.executor = executor;
  }

  /** Adds a callback; may be called under a lock. */
  void add(Runnable callback) {
    queue.add(callback);
  }

  /** Gets the callbacks run; must not be called under a lock. */
  void flush() {
    if (!queue.isEmpty() && draining.compareAndSet(false, true)) {
      executor.execute(this::drain);
    }
  }

  /** Whether the current thread is inside a callback. */
  boolean isRunningHere() {
    return Thread.currentThread() == runner;
  }

  private void drain() {
    runner = Thread.currentThread();
    try {
      for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
        run(next);
      }
    } finally {
      runner = null;
      draining.set(false);
    }
    flush(); // what came after the last poll and before the flag fell
  }

  private static void run(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException e) {
      LOG.warn("a listener threw", e);
    }
  }
}
