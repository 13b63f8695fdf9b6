package io.hpc4j.local.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts attempts, so that the scheduler never waits for a fork. What the end of a process makes
 * room for is started on the thread that has told of that end, once it is the scheduler's no more,
 * which spares a change of threads; all else on threads of its own. Thread-safe.
 */
final class Starter implements Executor {
  private static final ThreadLocal<@Nullable Loan> LOANS = new ThreadLocal<>();

  private final ThreadPoolExecutor pool;

  /** A thread that takes one task on. */
  private static final class Loan {
    private @Nullable Runnable task;
  }

  Starter(int threads, ThreadFactory factory) {
    pool =
        new ThreadPoolExecutor(
            threads, threads, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    pool.allowCoreThreadTimeOut(true);
  }

  /** Runs an action, and then the first task that it has brought. */
  void lend(Runnable action) {
    if (LOANS.get() != null) {
      action.run(); // that task has failed at once, and takes on no other
      return;
    }
    Loan loan = new Loan();
    LOANS.set(loan);
    try {
      action.run();
      if (loan.task != null) {
        loan.task.run();
      }
    } finally {
      LOANS.remove();
    }
  }

  @Override
  public void execute(Runnable task) {
    Loan loan = LOANS.get();
    if (loan != null && loan.task == null) {
      loan.task = task;
    } else {
      pool.execute(task);
    }
  }

  void close() {
    pool.shutdown();
  }
}
