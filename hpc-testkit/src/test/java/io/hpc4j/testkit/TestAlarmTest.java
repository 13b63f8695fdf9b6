package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestAlarmTest {
  private final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  private final TestAlarm alarm = TestAlarm.after(Duration.ofSeconds(30), time);

  @AfterEach
  void clear() {
    Thread.interrupted();
  }

  @Test
  void it_interrupts_when_the_time_is_over_and_tells_what_the_threads_did() {
    time.advance(Duration.ofSeconds(30));

    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThat(alarm.stop())
        .hasValueSatisfying(
            threads ->
                assertThat(threads)
                    .startsWith("the test, " + Thread.currentThread().getName())
                    .contains("TestAlarmTest.it_interrupts_when_the_time_is_over"));
  }

  @Test
  void once_stopped_it_never_interrupts() {
    time.advance(Duration.ofSeconds(29));
    assertThat(alarm.stop()).isEmpty();

    time.advance(Duration.ofMinutes(1));

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(alarm.stop()).isEmpty();
  }

  @Test
  void the_interrupt_is_taken_back_so_that_the_next_test_does_not_get_it() {
    time.advance(Duration.ofMinutes(1));

    alarm.stop();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
