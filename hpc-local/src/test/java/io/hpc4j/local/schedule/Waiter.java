package io.hpc4j.local.schedule;

import io.hpc4j.model.Resources;

/** Somebody who waits, and nothing else. */
final class Waiter extends Candidate {
  private final int priority;
  private final long number;
  private final long limit;

  Waiter(int priority, long number, long limit) {
    this.priority = priority;
    this.number = number;
    this.limit = limit;
  }

  @Override
  public int priority() {
    return priority;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public Demand demand() {
    return Demand.of(Resources.cpus(1), Resources.DEFAULT_MEMORY);
  }

  @Override
  public long limit() {
    return limit;
  }

  @Override
  public String share() {
    return "";
  }

  @Override
  public String toString() {
    return number + " priority " + priority + " limit " + limit;
  }
}
