package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Memory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimesTest {
  @Test
  void a_limit_is_minutes_unless_it_says_more() {
    assertThat(Times.limit("5")).contains(Duration.ofMinutes(5));
    assertThat(Times.limit("5:30")).contains(Duration.ofSeconds(330));
    assertThat(Times.limit("1:30:00")).contains(Duration.ofMinutes(90));
    assertThat(Times.limit("1-12")).contains(Duration.ofHours(36));
    assertThat(Times.limit("1-6:30")).contains(Duration.ofMinutes(24 * 60 + 390));
    assertThat(Times.limit("7-23:59:59")).contains(Duration.ofDays(8).minusSeconds(1));
    assertThat(Times.limit("365-00:00:00")).contains(Duration.ofDays(365));
    for (String bad : List.of("", "30s", "-5", "1:2:3:4", "UNLIMITED", "5:30.5", "1-", "1:")) {
      assertThat(Times.limit(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void a_span_of_accounting_may_have_days_and_fractions() {
    assertThat(Times.elapsed("00:01:12")).contains(Duration.ofSeconds(72));
    assertThat(Times.elapsed("00:00.010")).contains(Duration.ofMillis(10));
    assertThat(Times.elapsed("12:34.567")).contains(Duration.ofMillis(754_567));
    assertThat(Times.elapsed("1-02:03:04.5")).contains(Duration.ofMillis(93_784_500));
    for (String bad : List.of("", "5", "1-12", "1-6:30", "INVALID", "00:00:00:00", "1:2.")) {
      assertThat(Times.elapsed(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void sizes_have_binary_units() {
    assertThat(Times.size("862K", ' ')).contains(Memory.ofKiB(862));
    assertThat(Times.size("1.50G", ' ')).contains(Memory.ofMiB(1536));
    assertThat(Times.size("0", ' ')).contains(Memory.ofBytes(0));
    assertThat(Times.size("100", 'M')).contains(Memory.ofMiB(100));
    assertThat(Times.size("4T", 'M')).contains(Memory.ofGiB(4096));
    for (String bad : List.of("", "x", "1.5.5G", "-1K", "UNLIMITED", "999999999999999P")) {
      assertThat(Times.size(bad, 'M')).as(bad).isEmpty();
    }
  }
}
