package io.hpc4j.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
  private final SchedulingPolicy policy;
  private final @Nullable Duration defaultTimeout;
  private final List<ComputeEnvironment> environments;

  private JobQueue(Builder b) {
    name = b.name;
    priority = b.priority;
    enabled = b.enabled;
    policy = b.policy;
    defaultTimeout = b.defaultTimeout;
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
    b.policy = policy;
    b.defaultTimeout = defaultTimeout;
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

  /** Who goes next; default {@link SchedulingPolicy#fifo}. */
  public SchedulingPolicy policy() {
    return policy;
  }

  /** The timeout of each attempt of jobs that state none; absent: such jobs have none. */
  public Optional<Duration> defaultTimeout() {
    return Optional.ofNullable(defaultTimeout);
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
        && policy.equals(q.policy)
        && Objects.equals(defaultTimeout, q.defaultTimeout)
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
    private SchedulingPolicy policy = SchedulingPolicy.fifo();
    private @Nullable Duration defaultTimeout;
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

    /** Sets who goes next; default {@link SchedulingPolicy#fifo}. */
    public Builder policy(SchedulingPolicy value) {
      policy = Objects.requireNonNull(value, "policy");
      return this;
    }

    /**
     * Sets the timeout of each attempt of jobs that state none; default: they have none.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder defaultTimeout(Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException(
            "the default timeout of queue " + name + " must be more than zero: " + value);
      }
      defaultTimeout = value;
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
