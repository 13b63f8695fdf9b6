package io.hpc4j.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SystemTimeTest {
  private final TimeSource time = TimeSource.system();

  /** Notices when a logger prints it. */
  private static final class Fault extends Error {
    private static final long serialVersionUID = 1;

    private final transient CountDownLatch printed = new CountDownLatch(1);

    @Override
    public void printStackTrace(PrintStream out) {
      printed.countDown();
    }
  }

  @Test
  void an_action_runs_on_a_daemon_thread_of_its_own() throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();

    time.schedule(Duration.ZERO, Phase.END, () -> thread.complete(Thread.currentThread()));

    assertThat(thread.get(30, TimeUnit.SECONDS).isDaemon()).isTrue();
    assertThat(thread.join().getName()).isEqualTo("hpc4j-time");
  }

  @Test
  void what_an_action_throws_is_logged_even_an_error_and_does_not_stop_the_next() throws Exception {
    Fault fault = new Fault();
    CountDownLatch done = new CountDownLatch(1);

    time.schedule(
        Duration.ZERO,
        Phase.END,
        () -> {
          throw fault;
        });
    time.schedule(Duration.ZERO, Phase.END, done::countDown);

    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(fault.printed.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void never_is_accepted_and_costs_nothing() {
    Cancellable never = time.schedule(Instant.MAX, Phase.END, () -> {});

    never.cancel();
    assertThat(TimeSource.plus(time.instant(), Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(Instant.MAX);
  }

  @Test
  void its_instants_are_whole_microseconds() {
    Instant now = time.instant();

    assertThat(now).isEqualTo(now.truncatedTo(ChronoUnit.MICROS));
  }

  @Test
  void an_action_for_any_past_instant_runs() throws Exception {
    CountDownLatch ran = new CountDownLatch(4);

    time.schedule(Instant.MIN, Phase.END, ran::countDown);
    time.schedule(Instant.EPOCH, Phase.END, ran::countDown);
    time.schedule(Duration.ofDays(-400 * 365), Phase.END, ran::countDown);
    time.schedule(Duration.ofSeconds(Long.MIN_VALUE), Phase.END, ran::countDown);

    assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void an_action_cancelled_before_its_turn_never_runs() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch last = new CountDownLatch(1);
    AtomicBoolean ran = new AtomicBoolean();
    time.schedule(Duration.ZERO, Phase.END, () -> awaitUninterrupted(release));
    Cancellable cancelled = time.schedule(Duration.ZERO, Phase.END, () -> ran.set(true));
    time.schedule(Duration.ZERO, Phase.END, last::countDown);

    cancelled.cancel();
    cancelled.cancel();
    release.countDown();

    assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).isFalse();
  }

  @Test
  void its_thread_goes_away_when_nothing_is_scheduled_and_comes_back() throws Exception {
    CompletableFuture<Thread> first = new CompletableFuture<>();
    time.schedule(Duration.ZERO, Phase.END, () -> first.complete(Thread.currentThread()));
    Cancellable distant = time.schedule(Duration.ofDays(1), Phase.END, () -> {});

    distant.cancel();
    first.get(30, TimeUnit.SECONDS).join(30_000);
    CompletableFuture<Thread> second = new CompletableFuture<>();
    time.schedule(Duration.ZERO, Phase.END, () -> second.complete(Thread.currentThread()));

    assertThat(first.join().isAlive()).isFalse();
    assertThat(second.get(30, TimeUnit.SECONDS)).isNotSameAs(first.join());
  }

  @Test
  @SuppressWarnings({"DataFlowIssue", "NullAway"}) // null is the point
  void an_action_that_is_null_is_refused_at_once() {
    assertThatNullPointerException()
        .isThrownBy(() -> time.schedule(Duration.ZERO, Phase.END, null))
        .withMessage("action");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
