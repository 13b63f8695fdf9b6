package io.hpc4j;

import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Makes the executors of a client: one named daemon thread that goes away when idle. */
final class Threads {
  private Threads() {}

  /** Returns the calling thread in virtual time, else a thread of this name. */
  static Executor single(TimeSource time, String name) {
    if (time instanceof VirtualTime) {
      return Runnable::run;
    }
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
