package io.hpc4j.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TaskThreadsTest {
  private final List<Thread> made = new ArrayList<>();
  private final TaskThreads threads =
      new TaskThreads(
          task -> {
            Thread thread = new Thread(task, "task");
            synchronized (made) {
              made.add(thread);
            }
            return thread;
          });

  @AfterEach
  void close() {
    threads.close();
  }

  @Test
  void what_a_task_leads_to_takes_the_same_thread() throws InterruptedException {
    BlockingQueue<Thread> ran = new LinkedBlockingQueue<>();
    chain(100, ran);
    Thread first = next(ran);
    for (int i = 1; i < 100; i++) {
      assertThat(next(ran)).isSameAs(first);
    }
  }

  private void chain(int more, BlockingQueue<Thread> ran) {
    threads.execute(
        () -> ran.add(Thread.currentThread()),
        () -> {
          if (more > 1) {
            chain(more - 1, ran);
          }
        });
  }

  private static Thread next(BlockingQueue<Thread> ran) throws InterruptedException {
    Thread thread = ran.poll(30, TimeUnit.SECONDS);
    assertThat(thread).isNotNull();
    return thread;
  }

  /** None of these ends before all have begun, so each needs a thread, round after round. */
  @Test
  void every_task_has_a_thread_at_once() throws Exception {
    for (int round = 0; round < 50; round++) {
      int tasks = 1 + round % 8;
      CyclicBarrier all = new CyclicBarrier(tasks + 1);
      CountDownLatch over = new CountDownLatch(tasks);
      for (int i = 0; i < tasks; i++) {
        threads.execute(() -> meet(all), over::countDown);
      }
      all.await(30, TimeUnit.SECONDS);
      assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
    }
    synchronized (made) {
      assertThat(made).hasSizeLessThan(50 * 8);
    }
  }

  private static void meet(CyclicBarrier all) {
    try {
      all.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
