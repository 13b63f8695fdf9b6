package io.hpc4j.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  private final List<String> ran = new ArrayList<>();

  private Cancellable after(long seconds, Phase phase, String name) {
    return time.schedule(
        Duration.ofSeconds(seconds), phase, () -> ran.add(name + "@" + since(START)));
  }

  private long since(Instant start) {
    return Duration.between(start, time.instant()).toSeconds();
  }

  @Test
  void time_stands_still_until_it_is_driven() {
    after(5, Phase.END, "end");

    assertThat(time.instant()).isEqualTo(START);
    assertThat(ran).isEmpty();
  }

  @Test
  void actions_run_in_order_of_instant_then_phase_then_insertion() {
    after(5, Phase.MONITOR, "poll");
    after(5, Phase.PASS, "pass");
    after(5, Phase.SUBMIT, "submit");
    after(5, Phase.END, "end");
    after(5, Phase.END, "end2");
    after(3, Phase.MONITOR, "early");

    time.advance(Duration.ofSeconds(5));

    assertThat(ran).containsExactly("early@3", "end@5", "end2@5", "submit@5", "pass@5", "poll@5");
  }

  @Test
  void advancing_ends_exactly_at_the_target_and_runs_nothing_later() {
    after(5, Phase.END, "end");

    time.advance(Duration.ofSeconds(4));

    assertThat(since(START)).isEqualTo(4);
    assertThat(ran).isEmpty();
  }

  @Test
  void a_step_goes_to_the_next_action_and_says_whether_there_was_one() {
    after(7, Phase.END, "end");

    assertThat(time.step()).isTrue();
    assertThat(time.step()).isFalse();
    assertThat(ran).containsExactly("end@7");
  }

  @Test
  void an_action_for_the_past_runs_at_the_present() {
    time.advance(Duration.ofSeconds(10));

    time.schedule(START, Phase.END, () -> ran.add("late@" + since(START)));
    time.advance(Duration.ZERO);

    assertThat(ran).containsExactly("late@10");
  }

  @Test
  void an_earlier_phase_that_is_scheduled_late_in_an_instant_still_runs_in_it() {
    time.schedule(Duration.ofSeconds(1), Phase.PASS, () -> after(0, Phase.END, "end"));

    time.advance(Duration.ofSeconds(1));

    assertThat(ran).containsExactly("end@1");
  }

  @Test
  void a_cancelled_action_never_runs_and_leaves_nothing_behind() {
    Cancellable action = after(5, Phase.END, "end");

    action.cancel();
    action.cancel();
    time.advance(Duration.ofSeconds(9));

    assertThat(ran).isEmpty();
    assertThat(time.pending()).isZero();
    assertThat(time.hasWork()).isFalse();
  }

  @Test
  void polls_are_not_work() {
    after(1, Phase.MONITOR, "poll");
    assertThat(time.hasWork()).isFalse();

    after(1, Phase.END, "end");
    assertThat(time.hasWork()).isTrue();

    time.advance(Duration.ofSeconds(1));
    assertThat(time.workCount()).isEqualTo(1);
  }

  @Test
  void driving_time_inside_an_action_is_refused() {
    time.schedule(Duration.ZERO, Phase.END, () -> time.advance(Duration.ofSeconds(1)));

    assertThatIllegalStateException().isThrownBy(time::step).withMessageContaining("inside");
  }

  @Test
  void an_action_that_throws_is_gone_and_time_goes_on() {
    time.schedule(
        Duration.ofSeconds(1),
        Phase.END,
        () -> {
          throw new IllegalArgumentException("fault");
        });
    after(2, Phase.END, "next");

    assertThatThrownBy(() -> time.advance(Duration.ofSeconds(3))).hasMessage("fault");
    time.advance(Duration.ofSeconds(3));

    assertThat(ran).containsExactly("next@2");
  }

  @Test
  void time_does_not_go_back() {
    assertThatIllegalArgumentException().isThrownBy(() -> time.advance(Duration.ofSeconds(-1)));

    time.advanceTo(START.minusSeconds(5));

    assertThat(time.instant()).isEqualTo(START);
  }

  @Test
  void the_end_of_time_means_never() {
    time.schedule(Instant.MAX, Phase.END, () -> ran.add("never"));
    time.schedule(Duration.ofSeconds(Long.MAX_VALUE), Phase.END, () -> ran.add("never"));

    assertThat(time.step()).isFalse();
  }

  @Test
  void time_stands_at_the_instant_of_the_action_that_threw() {
    after(1, Phase.END, "before");
    time.schedule(
        Duration.ofSeconds(2),
        Phase.END,
        () -> {
          throw new AssertionError("fault");
        });

    assertThatThrownBy(() -> time.advance(Duration.ofSeconds(9))).hasMessage("fault");

    assertThat(since(START)).isEqualTo(2);
    assertThat(time.isDriving()).isFalse();
    assertThat(time.pending()).isZero();
    assertThat(time.hasWork()).isFalse();
    assertThat(time.workCount()).isEqualTo(2);
  }

  @Test
  void an_action_can_cancel_another_of_the_same_instant() {
    Cancellable second = after(1, Phase.PASS, "second");
    time.schedule(Duration.ofSeconds(1), Phase.END, second::cancel);

    time.advance(Duration.ofSeconds(1));

    assertThat(ran).isEmpty();
    assertThat(time.pending()).isZero();
  }

  @Test
  void cancelling_what_has_run_changes_nothing() {
    Cancellable done = after(1, Phase.END, "done");
    after(2, Phase.END, "next");
    time.step();

    done.cancel();

    assertThat(time.hasWork()).isTrue();
    assertThat(time.pending()).isEqualTo(1);
  }

  @Test
  void a_million_cancelled_timers_leave_nothing_behind() {
    for (int i = 0; i < 1_000_000; i++) {
      time.schedule(Duration.ofDays(1000), Phase.END, () -> {}).cancel();
    }

    assertThat(time.pending()).isZero();
    assertThat(time.hasWork()).isFalse();
  }

  @Test
  @SuppressWarnings("NullAway") // null is the point
  void an_instant_that_is_null_is_refused_and_drives_nothing() {
    after(1, Phase.END, "end");

    assertThatNullPointerException().isThrownBy(() -> time.advanceTo(null));

    assertThat(ran).isEmpty();
  }

  @Nested
  class WithSeveralThreads {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
      threads.shutdownNow();
    }

    @Test
    void those_that_drive_take_turns_and_run_each_action_once_in_order() throws Exception {
      List<Integer> order = new ArrayList<>();
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger together = new AtomicInteger();
      for (int i = 0; i < 2000; i++) {
        int number = i;
        time.schedule(
            Duration.ofSeconds(i),
            Phase.END,
            () -> {
              together.accumulateAndGet(inside.incrementAndGet(), Math::max);
              order.add(number);
              inside.decrementAndGet();
            });
      }

      List<Future<Integer>> drivers =
          IntStream.range(0, 3).mapToObj(i -> threads.submit(this::stepsUntilIdle)).toList();
      int steps = 0;
      for (Future<Integer> driver : drivers) {
        steps += driver.get(30, TimeUnit.SECONDS);
      }

      assertThat(steps).isEqualTo(2000);
      assertThat(together).hasValue(1);
      assertThat(order).isEqualTo(IntStream.range(0, 2000).boxed().toList());
    }

    private int stepsUntilIdle() {
      int steps = 0;
      while (time.step()) {
        steps++;
      }
      return steps;
    }

    @Test
    void a_second_driver_waits_until_the_running_action_has_ended() throws Exception {
      CountDownLatch started = new CountDownLatch(1);
      CompletableFuture<Thread> second = new CompletableFuture<>();
      AtomicBoolean ended = new AtomicBoolean();
      time.schedule(
          Duration.ofSeconds(1),
          Phase.END,
          () -> {
            started.countDown();
            while (second.join().getState() != Thread.State.WAITING) {
              Thread.onSpinWait();
            }
            ran.add("first@" + since(START));
            ended.set(true);
          });
      time.schedule(Duration.ofSeconds(2), Phase.END, () -> ran.add("ended: " + ended.get()));

      Future<Boolean> first = threads.submit(time::step);
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      Future<Boolean> next =
          threads.submit(
              () -> {
                second.complete(Thread.currentThread());
                return time.step();
              });

      assertThat(first.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(next.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(ran).containsExactly("first@1", "ended: true");
    }

    @Test
    void others_schedule_cancel_and_look_while_an_action_runs() {
      Cancellable unwanted = after(5, Phase.END, "unwanted");
      time.schedule(
          Duration.ofSeconds(1),
          Phase.END,
          () ->
              CompletableFuture.runAsync(
                      () -> {
                        unwanted.cancel();
                        after(1, Phase.END, "wanted");
                        ran.add("outside: " + time.isDriving() + "@" + since(START));
                      },
                      threads)
                  .join());

      time.advance(Duration.ofSeconds(9));

      assertThat(ran).containsExactly("outside: false@1", "wanted@2");
    }

    @Test
    void only_the_thread_inside_an_action_is_driving() {
      time.schedule(Duration.ZERO, Phase.END, () -> ran.add("inside: " + time.isDriving()));

      time.step();

      assertThat(ran).containsExactly("inside: true");
      assertThat(time.isDriving()).isFalse();
    }
  }
}
