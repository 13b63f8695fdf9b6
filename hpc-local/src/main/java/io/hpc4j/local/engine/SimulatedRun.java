package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Nanos;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;

/** Passes the time that an attempt is said to take. Ends at once when asked to. */
final class SimulatedRun implements Run {
  private final Lifecycle lifecycle;
  private final Live live;
  private final Outcome outcome;

  SimulatedRun(Lifecycle lifecycle, Live live, Outcome outcome) {
    this.lifecycle = lifecycle;
    this.live = live;
    this.outcome = outcome;
  }

  @Override
  public void start() {
    live.addTimer(
        lifecycle.at(
            TimeSource.plus(lifecycle.now(), outcome.duration()), Phase.END, this::runOut));
    lifecycle.running(live, lifecycle.now());
  }

  @Override
  public boolean endsWithin(long limit) {
    return Nanos.of(outcome.duration()) <= limit;
  }

  private void runOut() {
    lifecycle.ended(live, new Ending(outcome.reason(), outcome.exit(), ""), null);
  }

  @Override
  public void terminate() {
    kill();
  }

  @Override
  public void kill() {
    Ending decision = live.decision;
    if (decision != null) {
      lifecycle.ended(live, decision, null);
    }
  }
}
