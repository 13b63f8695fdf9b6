package io.hpc4j.local.engine;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.Reason;
import java.time.Duration;
import java.util.Optional;

/**
 * What a simulated attempt does.
 *
 * @param duration how long it takes
 * @param reason how it ends
 * @param exit its exit, if its reason has one
 */
public record Outcome(Duration duration, Reason reason, Optional<Exit> exit) {
  /** Says what attempts do. */
  @FunctionalInterface
  public interface Rule {
    /** Returns what one attempt does. */
    Outcome of(JobDefinition definition, int index, int attempt);
  }
}
