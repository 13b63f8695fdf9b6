package io.hpc4j.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ThreadLoopTest {
  private static final String NAME = "the loop's own";

  private static ThreadLoop loop(boolean lends) {
    return new ThreadLoop(NAME, lends, () -> {}, () -> {}, () -> {});
  }

  @Test
  void who_calls_lends_its_thread() {
    ThreadLoop loop = loop(true);
    assertThat(loop.call(Thread::currentThread)).isSameAs(Thread.currentThread());
    loop.close();
  }

  @Test
  void what_must_not_be_interrupted_has_a_thread_of_its_own() {
    ThreadLoop loop = loop(false);
    assertThat(loop.call(() -> Thread.currentThread().getName())).isEqualTo(NAME);
    loop.close();
  }

  @Test
  void an_event_that_is_posted_never_takes_the_thread_of_who_posts_it() throws Exception {
    ThreadLoop loop = loop(true);
    CountDownLatch ran = new CountDownLatch(1);
    List<String> names = new ArrayList<>();
    loop.post(
        () -> {
          names.add(Thread.currentThread().getName());
          ran.countDown();
        });
    assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(names).containsExactly(NAME);
    loop.close();
  }

  @Test
  void what_comes_of_an_event_needs_no_other_thread() {
    ThreadLoop loop = loop(true);
    List<Thread> threads = new ArrayList<>();
    String answer =
        loop.call(
            () -> {
              loop.later(() -> loop.run(() -> threads.add(Thread.currentThread())));
              return "answer";
            });
    assertThat(answer).isEqualTo("answer");
    assertThat(threads).containsExactly(Thread.currentThread());
    loop.close();
  }

  /** Who has an answer can see what came of the question. */
  @Test
  void the_answer_comes_after_what_settling_puts_off() {
    ThreadLoop[] loop = new ThreadLoop[1];
    Queue<String> order = new ConcurrentLinkedQueue<>();
    loop[0] =
        new ThreadLoop(
            NAME, false, () -> {}, () -> loop[0].later(() -> order.add("told")), () -> {});
    for (int i = 0; i < 200; i++) {
      order.clear();
      loop[0].call(() -> "answer");
      order.add("answered");
      assertThat(order).startsWith("told");
    }
    loop[0].close();
  }

  /** A stream of events that never ends must not keep who only wanted to ask something. */
  @Test
  void who_lends_its_thread_gets_it_back() {
    ThreadLoop loop = loop(true);
    boolean[] over = new boolean[1];
    Runnable[] endless = new Runnable[1];
    endless[0] =
        () -> {
          if (!over[0]) {
            loop.post(endless[0]);
          }
        };
    String answer =
        loop.call(
            () -> {
              loop.post(endless[0]);
              return "answer";
            });
    assertThat(answer).isEqualTo("answer");
    loop.call(() -> over[0] = true);
    loop.close();
  }

  /** Whoever is at it, no two events ever run at once, and none is lost. */
  @Test
  void events_of_many_threads_run_one_at_a_time() throws InterruptedException {
    ThreadLoop loop = loop(true);
    int[] count = new int[1]; // no other guard than the loop
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      boolean calls = i % 2 == 0;
      Thread caller =
          new Thread(
              () -> {
                for (int n = 0; n < 5000; n++) {
                  if (calls) {
                    loop.call(() -> ++count[0]);
                  } else {
                    loop.run(() -> ++count[0]);
                  }
                }
              });
      callers.add(caller);
      caller.start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(loop.call(() -> count[0])).isEqualTo(40_000);
    loop.close();
  }
}
