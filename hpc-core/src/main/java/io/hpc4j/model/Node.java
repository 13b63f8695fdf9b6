package io.hpc4j.model;

import java.util.Objects;

/**
 * One machine of a compute environment, as it was at one instant.
 *
 * @param name its name, unique in the backend
 * @param environment the compute environment it belongs to
 * @param capacity what it has
 * @param cpusInUse how many of its cpus jobs hold
 * @param memoryInUse how much of its memory jobs hold
 * @param gpusInUse how many of its GPUs jobs hold
 * @param state whether jobs can start on it
 * @param reason why it is down or drained, in words; otherwise empty
 */
public record Node(
    String name,
    String environment,
    Capacity capacity,
    int cpusInUse,
    Memory memoryInUse,
    int gpusInUse,
    State state,
    String reason) {
  /** Whether jobs can start on a node, in the words of {@code sinfo}. */
  public enum State {
    /** Nothing runs on it. */
    IDLE,
    /** Some of its cpus are in use. */
    MIXED,
    /** All of its cpus are in use. */
    ALLOCATED,
    /** What runs on it goes on, nothing new starts. */
    DRAINING,
    /** Nothing runs on it, nothing starts. */
    DRAINED,
    /** It has failed. */
    DOWN
  }

  /** Checks for {@code null}. */
  public Node {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(environment, "environment");
    Objects.requireNonNull(capacity, "capacity");
    Objects.requireNonNull(memoryInUse, "memoryInUse");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(reason, "reason");
  }
}
