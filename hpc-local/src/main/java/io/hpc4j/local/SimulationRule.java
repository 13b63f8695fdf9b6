package io.hpc4j.local;

import io.hpc4j.model.JobDefinition;

/** Says what commands and scripts do when they are simulated instead of run. */
@FunctionalInterface
public interface SimulationRule {
  /**
   * Says what one attempt does. Must be quick, and must not call the backend. If it throws, the
   * attempt ends with {@link io.hpc4j.model.Reason#LAUNCH_FAILURE}.
   *
   * @param definition what is run
   * @param index the element's index, 0 outside an array
   * @param attempt 1 for the first try
   */
  Simulated simulate(JobDefinition definition, int index, int attempt);
}
