package io.hpc4j.testkit.batch;

import java.util.Locale;

/** AWS Batch's job states, in their order. */
enum Status {
  SUBMITTED,
  PENDING,
  RUNNABLE,
  STARTING,
  RUNNING,
  SUCCEEDED,
  FAILED;

  boolean isEnded() {
    return this == SUCCEEDED || this == FAILED;
  }

  /** Whether it has not progressed to STARTING. */
  boolean isWaiting() {
    return compareTo(STARTING) < 0;
  }

  static Status of(String text) {
    try {
      return valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw ApiException.client("jobStatus " + text + " is not a job status");
    }
  }
}
