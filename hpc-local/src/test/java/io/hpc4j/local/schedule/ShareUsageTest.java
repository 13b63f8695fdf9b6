package io.hpc4j.local.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ShareUsageTest {
  private static final long SECOND = 1_000_000_000L;

  /** A share of which one cpu was used for a thousandth of a second, 30 s after the start. */
  private static ShareUsage used(long window) {
    ShareUsage usage = new ShareUsage(window * SECOND);
    ShareUsage.Charge charge = usage.start(1000, SECOND / 1000, 30 * SECOND);
    usage.end(charge, 30 * SECOND + SECOND / 1000);
    return usage;
  }

  @Test
  void what_was_used_half_a_window_ago_counts_half() {
    ShareUsage usage = used(60);

    assertThat(usage.usage(30 * SECOND + SECOND / 1000)).isCloseTo(1, within(1e-4));
    assertThat(usage.usage(60 * SECOND)).isCloseTo(0.5, within(1e-4));
    assertThat(usage.usage(75 * SECOND)).isCloseTo(0.25, within(1e-4));
  }

  @Test
  void what_was_used_a_window_ago_counts_nothing_exactly() {
    ShareUsage usage = used(60);

    assertThat(usage.usage(90 * SECOND + SECOND / 1000)).isZero();
    assertThat(usage.usage(1000 * SECOND)).isZero();
  }

  @Test
  void what_starts_is_charged_in_advance_for_its_limit() {
    ShareUsage usage = new ShareUsage(60 * SECOND);

    ShareUsage.Charge charge = usage.start(4, 20 * SECOND, 0);

    assertThat(usage.usage(0)).isEqualTo(80);
    assertThat(charge.cpuSeconds).isEqualTo(80);
  }

  @Test
  void nothing_is_charged_in_advance_for_more_than_the_window() {
    ShareUsage usage = new ShareUsage(60 * SECOND);

    ShareUsage.Charge charge = usage.start(4, Candidate.UNLIMITED, 0);

    assertThat(charge.cpuSeconds).isEqualTo(240);
  }

  @Test
  void an_end_takes_off_what_was_charged_beyond_it() {
    ShareUsage usage = new ShareUsage(60 * SECOND);
    ShareUsage.Charge charge = usage.start(1, 50 * SECOND, 0);

    usage.end(charge, 30 * SECOND);

    // 30 cpu seconds that are 15 s old on average
    assertThat(usage.usage(30 * SECOND)).isCloseTo(30 * (1 - 15 / 60.0), within(1e-9));
  }

  @Test
  void after_a_window_that_got_shorter_what_runs_is_charged_for_that_one() {
    ShareUsage usage = new ShareUsage(3600 * SECOND);
    ShareUsage.Charge unused = usage.start(1, Candidate.UNLIMITED, 0);

    usage.window(60 * SECOND, 30 * SECOND);

    // 30 s to come until the window is full, and 30 cpu seconds that are 15 s old on average
    assertThat(usage.usage(30 * SECOND)).isCloseTo(30 + 30 * (1 - 15 / 60.0), within(1e-9));
  }

  @Test
  void after_a_window_that_got_longer_what_runs_is_charged_for_that_one() {
    ShareUsage usage = new ShareUsage(10 * SECOND);
    ShareUsage.Charge unused = usage.start(1, Candidate.UNLIMITED, 0);

    usage.window(100 * SECOND, 20 * SECOND);

    // what the old window had forgotten stays so: 10 cpu seconds that are 5 s old on average
    assertThat(usage.usage(20 * SECOND)).isCloseTo(80 + 10 * (1 - 5 / 100.0), within(1e-9));
  }
}
