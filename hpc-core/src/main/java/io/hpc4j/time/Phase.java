package io.hpc4j.time;

/** The order in which actions of one instant run. */
public enum Phase {
  /** Something ends: work, a timeout, a grace. */
  END,
  /** Something is submitted or becomes ready. */
  SUBMIT,
  /** A scheduler decides, once for the instant. */
  PASS,
  /** Somebody looks: a poll, a sample. It changes nothing, and is not work. */
  MONITOR;

  /** Whether actions of this phase are work, without which virtual time is idle. */
  public boolean isWork() {
    return this != MONITOR;
  }
}
