package io.hpc4j.benchmarks;

/**
 * What a figure should be.
 *
 * @param what the figure
 * @param value what it is
 * @param limit what it should be at least, or at most
 * @param atLeast whether more is better
 */
record Goal(String what, double value, double limit, boolean atLeast) {
  static Goal atLeast(String what, double value, double limit) {
    return new Goal(what, value, limit, true);
  }

  static Goal atMost(String what, double value, double limit) {
    return new Goal(what, value, limit, false);
  }

  boolean met() {
    return atLeast ? value >= limit : value <= limit;
  }

  String wanted() {
    return (atLeast ? "at least " : "at most ") + Numbers.of(limit);
  }
}
