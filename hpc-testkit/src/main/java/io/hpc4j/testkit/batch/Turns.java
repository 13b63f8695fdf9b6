package io.hpc4j.testkit.batch;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One at a time: requests take their turn on their own threads, what the backend tells is taken
 * before and after each of them, or by the executor. Who tells never waits for a turn that waits
 * for the backend: it would wait for itself.
 */
final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> told = new ConcurrentLinkedQueue<>();
  private final Executor executor;
  private boolean closed;

  /**
   * Creates them.
   *
   * @param executor takes what is told: directly where the backend tells without holding anything,
   *     as in virtual time, so that time cannot go on before it is taken
   */
  Turns(Executor executor) {
    this.executor = executor;
  }

  <T> T call(Supplier<T> request) {
    lock.lock();
    try {
      takeTold();
      return request.get();
    } finally {
      takeTold();
      lock.unlock();
    }
  }

  /** Carries out a request of a client; there are none any more after the close. */
  <T> T request(Supplier<T> request) {
    return call(
        () -> {
          if (closed) {
            throw new ApiException(503, "ServiceUnavailableException", "The endpoint is closed");
          }
          return request.get();
        });
  }

  /** Takes in no more: what ends with the backend is not to be repeated. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a piece of news, in the order in which it was told. */
  void tell(Runnable news) {
    told.add(news);
    if (!lock.isHeldByCurrentThread()) {
      executor.execute(this::take);
    }
  }

  private void take() {
    lock.lock();
    try {
      takeTold();
    } finally {
      lock.unlock();
    }
  }

  private static void guarded(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) { // it is nobody's request
      LOG.error("news of the backend could not be taken in", e);
    }
  }

  private void takeTold() {
    for (Runnable next = told.poll(); next != null; next = told.poll()) {
      if (!closed) {
        guarded(next);
      }
    }
  }
}
