package io.hpc4j.local.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Usage carried on from change to change is what a sum over all there ever was comes to. */
class ShareUsageProperties {
  private static final long SECOND = 1_000_000_000L;

  private final List<Run> runs = new ArrayList<>();
  private double forgottenBefore = Double.NEGATIVE_INFINITY;

  private static final class Run {
    final ShareUsage.Charge charge;
    final long cpus;
    final double limit;
    final double start;
    double end = Double.POSITIVE_INFINITY;

    Run(ShareUsage.Charge charge, long cpus, double limit, double start) {
      this.charge = charge;
      this.cpus = cpus;
      this.limit = limit;
      this.start = start;
    }
  }

  @Property(tries = 200)
  void usage_is_the_sum_over_all_runs_whatever_the_window_becomes(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int steps) {
    Random random = new Random(seed);
    long window = window(random);
    ShareUsage usage = new ShareUsage(window);
    runs.clear();
    forgottenBefore = Double.NEGATIVE_INFINITY;
    long now = 1_000 * SECOND;
    for (int i = 0; i < steps; i++) {
      now += random.nextInt(4) == 0 ? 0 : Math.round(random.nextDouble() * 100 * SECOND);
      int what = random.nextInt(10);
      if (what < 5) {
        long limit = random.nextInt(4) == 0 ? Candidate.UNLIMITED : random.nextInt(500) * SECOND;
        long cpus = 1L + random.nextInt(64);
        runs.add(new Run(usage.start(cpus, limit, now), cpus, seconds(limit), seconds(now)));
      } else if (what < 8) {
        endOne(usage, random, now);
      } else if (what == 8) {
        long changed = window(random);
        forgottenBefore =
            Math.max(forgottenBefore, seconds(now) - seconds(Math.min(window, changed)));
        usage.window(changed, now);
        window = changed;
      }
      check(usage, seconds(now), seconds(window), now);
    }
  }

  private static long window(Random random) {
    return (1 + random.nextInt(random.nextBoolean() ? 100 : 5000)) * SECOND;
  }

  private static double seconds(long nanos) {
    return nanos == Candidate.UNLIMITED ? Double.POSITIVE_INFINITY : nanos / (double) SECOND;
  }

  private void endOne(ShareUsage usage, Random random, long now) {
    List<Run> running = runs.stream().filter(run -> Double.isInfinite(run.end)).toList();
    if (!running.isEmpty()) {
      Run ended = running.get(random.nextInt(running.size()));
      usage.end(ended.charge, now);
      ended.end = seconds(now);
    }
  }

  private void check(ShareUsage usage, double at, double window, long now) {
    double sum = 0;
    for (Run run : runs) {
      double from = Math.max(Math.max(run.start, forgottenBefore), at - window);
      double until = Math.min(run.end, at);
      if (until > from) {
        sum += run.cpus * (until - from) * (1 - (2 * at - from - until) / 2 / window);
      }
      if (Double.isInfinite(run.end)) {
        sum += run.cpus * Math.max(0, Math.min(run.limit, window) - (at - run.start));
      }
    }
    assertThat(usage.usage(now)).isCloseTo(sum, within(1e-3 + 1e-6 * sum));
    assertThat(usage.cpusInUse())
        .isEqualTo(
            runs.stream().filter(run -> Double.isInfinite(run.end)).mapToLong(r -> r.cpus).sum());
  }
}
