package io.hpc4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Capacity that queues run on: named nodes, and consumables that all of its nodes share.
 *
 * <p>A job never spans two environments.
 */
public final class ComputeEnvironment {
  private final String name;
  private final Map<String, Capacity> nodes;
  private final Map<String, Long> consumables;
  private final Placement placement;

  private ComputeEnvironment(Builder b) {
    name = b.name;
    nodes = Collections.unmodifiableMap(new LinkedHashMap<>(b.nodes));
    consumables = Collections.unmodifiableMap(new TreeMap<>(b.consumables));
    placement = b.placement;
  }

  /** Returns an environment of equal nodes, named {@code <name>-1}, {@code <name>-2} and so on. */
  public static ComputeEnvironment fixed(String name, int nodes, Capacity each) {
    return builder(name).nodes(name + "-", nodes, each).build();
  }

  /** Returns a builder of an environment with this name. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The nodes' capacities by name, in the order in which they were declared. */
  public Map<String, Capacity> nodes() {
    return nodes;
  }

  /** Amounts of named consumables that the jobs on all nodes share, sorted by name. */
  public Map<String, Long> consumables() {
    return consumables;
  }

  /** Which of the nodes that have room a job goes to; default {@link Placement#PACK}. */
  public Placement placement() {
    return placement;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof ComputeEnvironment e
        && name.equals(e.name)
        && nodes.equals(e.nodes)
        && consumables.equals(e.consumables)
        && placement == e.placement;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name + " (" + nodes.size() + " nodes)";
  }

  /** Builds a {@link ComputeEnvironment}; not thread-safe. */
  public static final class Builder {
    private final String name;
    private final Map<String, Capacity> nodes = new LinkedHashMap<>();
    private final Map<String, Long> consumables = new TreeMap<>();
    private Placement placement = Placement.PACK;

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
      if (name.isBlank()) {
        throw new IllegalArgumentException("a compute environment needs a name");
      }
    }

    /**
     * Adds a node.
     *
     * @throws IllegalArgumentException if there is one of this name, or the name is blank
     */
    public Builder node(String nodeName, Capacity capacity) {
      Objects.requireNonNull(capacity, "capacity");
      if (nodeName.isBlank() || nodes.putIfAbsent(nodeName, capacity) != null) {
        throw new IllegalArgumentException(
            "node names must be unique and not blank: '" + nodeName + "' in " + name);
      }
      return this;
    }

    /** Adds nodes named by the prefix and a number from 1 to the count. */
    public Builder nodes(String prefix, int count, Capacity each) {
      if (count < 1) {
        throw new IllegalArgumentException("an environment needs at least one node: " + count);
      }
      for (int i = 1; i <= count; i++) {
        node(prefix + i, each);
      }
      return this;
    }

    /**
     * Sets how much of a named consumable the jobs on all nodes share.
     *
     * @throws IllegalArgumentException if the amount is negative
     */
    public Builder consumable(String consumable, long amount) {
      if (amount < 0) {
        throw new IllegalArgumentException(consumable + " must not be negative: " + amount);
      }
      consumables.put(consumable, amount);
      return this;
    }

    /** Sets which of the nodes that have room a job goes to; default {@link Placement#PACK}. */
    public Builder placement(Placement value) {
      placement = Objects.requireNonNull(value, "placement");
      return this;
    }

    /**
     * Returns the environment.
     *
     * @throws IllegalArgumentException if it has no node
     */
    public ComputeEnvironment build() {
      if (nodes.isEmpty()) {
        throw new IllegalArgumentException("compute environment " + name + " has no node");
      }
      return new ComputeEnvironment(this);
    }
  }
}
