package io.hpc4j.local.engine;

import io.hpc4j.model.Reason;
import io.hpc4j.time.Phase;

/** An attempt that could not even be begun. */
final class FailedRun implements Run {
  private final Lifecycle lifecycle;
  private final Live live;
  private final String message;

  FailedRun(Lifecycle lifecycle, Live live, String message) {
    this.lifecycle = lifecycle;
    this.live = live;
    this.message = message;
  }

  @Override
  public void start() {
    live.addTimer(lifecycle.at(lifecycle.now(), Phase.END, this::fail));
  }

  private void fail() {
    lifecycle.ended(live, Ending.of(Reason.LAUNCH_FAILURE, message), null);
  }

  @Override
  public void terminate() {
    fail();
  }

  @Override
  public void kill() {
    fail();
  }
}
