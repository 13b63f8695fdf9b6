package io.hpc4j.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemTimeTest {
  private final TimeSource time = TimeSource.system();

  @Test
  void an_action_runs_on_a_daemon_thread_of_its_own() throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();

    time.schedule(Duration.ZERO, Phase.END, () -> thread.complete(Thread.currentThread()));

    assertThat(thread.get(30, TimeUnit.SECONDS).isDaemon()).isTrue();
    assertThat(thread.join().getName()).isEqualTo("hpc4j-time");
  }

  @Test
  void an_action_that_throws_does_not_stop_the_next() throws Exception {
    CountDownLatch done = new CountDownLatch(1);

    time.schedule(
        Duration.ZERO,
        Phase.END,
        () -> {
          throw new IllegalStateException("fault");
        });
    time.schedule(Duration.ZERO, Phase.END, done::countDown);

    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
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
}
