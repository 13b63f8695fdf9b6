package io.hpc4j.benchmarks;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** Medians, and figures as the tables show them. */
final class Numbers {
  private Numbers() {}

  static double median(DoubleStream values) {
    return quantile(values, 0.5);
  }

  /** The smallest value that at least this share of all is not above; half way for an even half. */
  static double quantile(DoubleStream values, double share) {
    double[] sorted = values.sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("there is no quantile of nothing");
    }
    double place = share * sorted.length;
    int index = Math.min(sorted.length - 1, (int) Math.max(0, Math.ceil(place) - 1));
    boolean between = share == 0.5 && sorted.length % 2 == 0;
    return between ? (sorted[index] + sorted[index + 1]) / 2 : sorted[index];
  }

  /** Three digits that count, and no fraction from 100 on. */
  static String of(double value) {
    String form = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
