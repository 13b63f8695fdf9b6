package io.hpc4j.model;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * What a running {@link JavaTask} knows of itself: the job's {@code HPC4J_*} and own environment.
 *
 * @param id the job's or element's identity
 * @param attempt 1 for the first try
 * @param environment the environment that a process would have had
 */
public record JobContext(JobId id, int attempt, Map<String, String> environment) {
  /** Copies the environment. */
  public JobContext {
    Objects.requireNonNull(id, "id");
    environment = Map.copyOf(environment);
  }

  /** The element's index within its array, absent outside an array. */
  public OptionalInt arrayIndex() {
    return id.index();
  }

  /** The index of the node that this execution is on, 0 for the main node. */
  public int nodeIndex() {
    return number(Variables.NODE_INDEX);
  }

  /** The index of this execution among all of the job's, 0 for the first. */
  public int taskIndex() {
    return number(Variables.TASK_INDEX);
  }

  private int number(String variable) {
    return Integer.parseInt(environment.getOrDefault(variable, "0"));
  }
}
