package io.hpc4j.model;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a running {@link JavaTask} knows of itself: the job's {@code HPC4J_*} and own environment.
 * Thread-safe.
 */
public final class JobContext {
  private final JobId id;
  private final int attempt;
  private final Supplier<Map<String, String>> source;
  private @Nullable Map<String, String> environment; // guarded by this

  /**
   * Creates one.
   *
   * @param id the job's or element's identity
   * @param attempt 1 for the first try
   * @param environment tells the environment that a process would have had; asked once, when it is
   *     needed
   */
  public JobContext(JobId id, int attempt, Supplier<Map<String, String>> environment) {
    this.id = Objects.requireNonNull(id, "id");
    this.attempt = attempt;
    source = Objects.requireNonNull(environment, "environment");
  }

  /** The job's or element's identity. */
  public JobId id() {
    return id;
  }

  /** The number of this attempt, 1 for the first try. */
  public int attempt() {
    return attempt;
  }

  /** The environment that a process would have had; unmodifiable. */
  public synchronized Map<String, String> environment() {
    Map<String, String> known = environment;
    if (known == null) {
      known = Map.copyOf(source.get());
      environment = known;
    }
    return known;
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
    return Integer.parseInt(environment().getOrDefault(variable, "0"));
  }
}
