package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;

/**
 * Watches that EASY keeps its word: while a job stays the first that is blocked, pass after pass,
 * it is never promised a later instant than before, and starts no later than promised.
 */
final class PromiseKeeper {
  private Optional<Promise> promise = Optional.empty();
  private boolean first;
  private boolean kept;

  private record Promise(NaiveJob job, long instant) {}

  void begin() {
    first = true;
    kept = false;
  }

  /** Nodes or rules are not those any more that a promise was made for. */
  void forget() {
    promise = Optional.empty();
  }

  void started(NaiveJob job, long now) {
    if (first && promise.isPresent() && promise.get().job() == job) {
      assertThat(now)
          .as("start of job %s, which is the first in its queue", job.number)
          .isLessThanOrEqualTo(promise.get().instant());
    }
    first = false;
  }

  /** Something stands in the way of whatever is looked at next. */
  void blocked() {
    first = false;
  }

  void promised(NaiveJob job, long instant) {
    if (first) {
      promise
          .filter(earlier -> earlier.job() == job)
          .ifPresent(
              earlier ->
                  assertThat(instant)
                      .as("what job %s is promised, which stays the first", job.number)
                      .isLessThanOrEqualTo(earlier.instant()));
      promise = Optional.of(new Promise(job, instant));
      kept = true;
    }
    first = false;
  }

  void end() {
    if (!kept) {
      forget();
    }
  }
}
