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
 * Runs events in turns: as many in a row as there are, then at most one pass; what they have
 * written is committed, then comes what was put off, the answers to calls included. One thread at a
 * time does that: a daemon thread that goes away when it has had nothing to do for a while, or who
 * comes with an event when nobody is at it, which spares both a change of threads.
 */
final class ThreadLoop implements Loop {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

  private static final int MOST_IN_A_ROW = 1000; // one that lends its thread gets it back

  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean taken = new AtomicBoolean();
  private final ThreadPoolExecutor executor;
  private final Runnable pass;
  private final Runnable settle;
  private final Runnable commit;
  private final boolean lends;

  // owned by the thread whose turn it is
  private final Queue<Runnable> putOff = new ArrayDeque<>();
  private final Queue<Runnable> answers = new ArrayDeque<>(); // when all that was put off is done
  private boolean passRequested;

  private volatile @Nullable Thread owner;

  /**
   * Creates one.
   *
   * @param lends whether turns may run on the threads of others. What they do must be safe from
   *     interruption then, and must not wait for them
   */
  ThreadLoop(String name, boolean lends, Runnable pass, Runnable settle, Runnable commit) {
    this.lends = lends;
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

  @Override
  public void run(Runnable event) {
    events.add(event);
    if (lends && taken.compareAndSet(false, true)) {
      turn();
    } else {
      wake();
    }
  }

  private void wake() {
    if (!events.isEmpty() && taken.compareAndSet(false, true)) {
      executor.execute(this::turn);
    }
  }

  private void turn() {
    owner = Thread.currentThread();
    try {
      int left = MOST_IN_A_ROW;
      do {
        left -= runEvents(left);
        while (passRequested) {
          passRequested = false;
          guarded(pass);
        }
        guarded(settle);
        guarded(commit);
        run(putOff);
        run(answers);
      } while (left > 0 && !events.isEmpty()); // no other thread has to come for these
    } finally {
      owner = null;
      taken.set(false);
    }
    wake(); // what came after the last poll and before the flag fell
  }

  /** Runs at most so many events; returns how many there were. */
  private int runEvents(int most) {
    int ran = 0;
    for (Runnable next = events.poll(); next != null; next = ran < most ? events.poll() : null) {
      guarded(next);
      ran++;
    }
    return ran;
  }

  private static void run(Queue<Runnable> steps) {
    for (Runnable next = steps.poll(); next != null; next = steps.poll()) {
      guarded(next);
    }
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
    run(
        () -> {
          try {
            T value = event.get();
            answers.add(() -> answer.complete(value));
          } catch (RuntimeException e) {
            answers.add(() -> answer.completeExceptionally(e));
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
  public void requestSettling() {
    // each turn ends with it
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
