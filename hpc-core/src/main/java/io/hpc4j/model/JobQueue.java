package io.hpc4j.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes jobs and runs them on its compute environments, the first that has room.
 *
 * <p>Where queues share an environment, the one with the higher priority goes first.
 */
public final class JobQueue {
  private final String name;
  private final int priority;
  private final boolean enabled;
  private final List<ComputeEnvironment> environments;

  private JobQueue(Builder b) {
    name = b.name;
    priority = b.priority;
    enabled = b.enabled;
    environments = List.copyOf(b.environments);
  }

  /** Returns a builder of a queue with this name. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Returns a builder that holds all that this queue says. */
  public Builder toBuilder() {
    Builder b = new Builder(name);
    b.priority = priority;
    b.enabled = enabled;
    b.environments.addAll(environments);
    return b;
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The priority among queues, higher first; default 0. */
  public int priority() {
    return priority;
  }

  /** Whether it starts jobs; a queue that does not still takes them. Default true. */
  public boolean enabled() {
    return enabled;
  }

  /** The environments in the order in which they are tried. */
  public List<ComputeEnvironment> environments() {
    return environments;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof JobQueue q
        && name.equals(q.name)
        && priority == q.priority
        && enabled == q.enabled
        && environments.equals(q.environments);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name + " " + environments;
  }

  /** Builds a {@link JobQueue}; not thread-safe. */
  public static final class Builder {
    private final String name;
    private int priority;
    private boolean enabled = true;
    private final List<ComputeEnvironment> environments = new ArrayList<>();

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
      if (name.isBlank()) {
        throw new IllegalArgumentException("a queue needs a name");
      }
    }

    /** Adds environments, tried in this order. */
    public Builder runsOn(ComputeEnvironment... added) {
      environments.addAll(List.of(added));
      return this;
    }

    /** Sets the priority, higher first; default 0. */
    public Builder priority(int value) {
      priority = value;
      return this;
    }

    /** Sets whether it starts jobs; default true. */
    public Builder enabled(boolean value) {
      enabled = value;
      return this;
    }

    /**
     * Returns the queue.
     *
     * @throws IllegalArgumentException if it has no environment, or one twice
     */
    public JobQueue build() {
      long distinct = environments.stream().map(ComputeEnvironment::name).distinct().count();
      if (environments.isEmpty() || distinct < environments.size()) {
        throw new IllegalArgumentException(
            "queue " + name + " needs environments of different names: " + environments);
      }
      return new JobQueue(this);
    }
  }
}
