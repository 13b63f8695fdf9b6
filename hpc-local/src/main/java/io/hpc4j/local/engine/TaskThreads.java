package io.hpc4j.local.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Threads for Java tasks, as many as there are tasks. A thread is free from the moment when its
 * task is over: what is done then may start the next task, which so takes the same thread.
 */
final class TaskThreads implements TaskExecutor {
  private final FreeThreads free = new FreeThreads();
  private final ThreadPoolExecutor pool;

  TaskThreads(ThreadFactory factory) {
    pool = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, free, factory);
  }

  /** Takes no more tasks than there are threads to come for them. */
  private static final class FreeThreads extends LinkedBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1;

    /** How many threads wait here or are about to, less the tasks that they are to take. */
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public boolean offer(Runnable task) {
      return claim() && super.offer(task);
    }

    @Override
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
      Runnable task = super.poll(timeout, unit);
      return task == null && !claim() ? take() : task; // a task comes for this thread
    }

    private boolean claim() {
      return count.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }
  }

  @Override
  public void execute(Runnable task, Runnable then) {
    pool.execute(
        () -> {
          task.run();
          free.count.incrementAndGet();
          then.run();
        });
  }

  void close() {
    pool.shutdownNow();
  }
}
