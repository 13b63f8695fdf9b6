package io.hpc4j.local.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events run on one daemon thread, as many in a row as there are, then at most one pass; what they
 * have written is committed, then comes what was put off, the answers to calls included. The thread
 * goes away when it has had nothing to do for a while.
 */
final class ThreadLoop implements Loop {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ThreadPoolExecutor executor;
  private final Runnable pass;
  private final Runnable settle;
  private final Runnable commit;

  // owned by the thread
  private final Queue<Runnable> putOff = new ArrayDeque<>();
  private boolean passRequested;

  private volatile @Nullable Thread owner;

  ThreadLoop(String name, Runnable pass, Runnable settle, Runnable commit) {
    this.pass = pass;
    this.settle = settle;
    this.commit = commit;
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              owner = thread;
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    // a call that comes with the close is answered all the same, on its own thread
    executor.setRejectedExecutionHandler((task, closed) -> task.run());
  }

  @Override
  public void post(Runnable event) {
    events.add(event);
    wake();
  }

  private void wake() {
    if (!events.isEmpty() && scheduled.compareAndSet(false, true)) {
      executor.execute(this::run);
    }
  }

  private void run() {
    try {
      for (Runnable next = events.poll(); next != null; next = events.poll()) {
        guarded(next);
      }
      while (passRequested) {
        passRequested = false;
        guarded(pass);
      }
      guarded(settle);
      guarded(commit);
      for (Runnable next = putOff.poll(); next != null; next = putOff.poll()) {
        guarded(next);
      }
    } finally {
      scheduled.set(false);
    }
    wake(); // what came after the last poll and before the flag fell
  }

  private static void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("an event of the local scheduler threw", e);
    }
  }

  @Override
  public <T> T call(Supplier<T> event) {
    if (Thread.currentThread() == owner) {
      return event.get();
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    post(
        () -> {
          try {
            T value = event.get();
            putOff.add(() -> answer.complete(value));
          } catch (RuntimeException e) {
            putOff.add(() -> answer.completeExceptionally(e));
          }
        });
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public void later(Runnable action) {
    putOff.add(action);
  }

  @Override
  public void requestPass() {
    passRequested = true;
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
