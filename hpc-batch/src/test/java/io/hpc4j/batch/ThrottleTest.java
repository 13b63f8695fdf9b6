package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Throttle four = new Throttle(4);

  @Test
  void a_seconds_worth_passes_at_once_and_the_rest_at_the_rate() {
    List<Duration> waits = IntStream.range(0, 7).mapToObj(i -> four.reserve(NOW)).toList();

    assertThat(waits)
        .containsExactly(
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofMillis(750));
  }

  @Test
  void what_is_not_used_is_not_saved_beyond_a_second() {
    IntStream.range(0, 4).forEach(i -> four.reserve(NOW));
    Instant later = NOW.plusSeconds(3600);

    assertThat(IntStream.range(0, 5).mapToObj(i -> four.reserve(later)).toList())
        .endsWith(Duration.ZERO, Duration.ofMillis(250));
  }

  @Test
  void a_clock_that_is_set_back_keeps_nobody_waiting_for_it() {
    IntStream.range(0, 4).forEach(i -> four.reserve(NOW));

    assertThat(four.reserve(NOW.minusSeconds(3600))).isEqualTo(Duration.ofMillis(250));
  }
}
