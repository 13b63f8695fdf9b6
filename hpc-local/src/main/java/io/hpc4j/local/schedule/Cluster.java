package io.hpc4j.local.schedule;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All environments and nodes. Not thread-safe. */
public final class Cluster {
  private final Map<String, EnvironmentState> environments = new LinkedHashMap<>();
  private final Map<String, NodeState> nodes = new HashMap<>();
  private final List<String> namesByNumber = new ArrayList<>();

  /**
   * Adds an environment, or changes one: nodes may be added, and taken away while idle.
   *
   * @throws IllegalArgumentException if a node is already elsewhere, or would be taken away or
   *     changed while jobs hold it
   */
  public EnvironmentState apply(ComputeEnvironment definition) {
    EnvironmentState present = environments.get(definition.name());
    if (present != null && present.definition().equals(definition)) {
      return present;
    }
    check(definition, present);
    EnvironmentState state = present == null ? new EnvironmentState(definition) : present;
    List<NodeState> kept = new ArrayList<>();
    definition
        .nodes()
        .forEach((name, capacity) -> kept.add(nodeFor(definition.name(), name, capacity)));
    state.nodes().stream()
        .filter(node -> !definition.nodes().containsKey(node.name()))
        .forEach(node -> nodes.remove(node.name()));
    state.redefine(definition, kept);
    environments.put(definition.name(), state);
    return state;
  }

  private void check(ComputeEnvironment definition, @Nullable EnvironmentState present) {
    for (String name : definition.nodes().keySet()) {
      NodeState node = nodes.get(name);
      if (node != null && !node.view().environment().equals(definition.name())) {
        throw new IllegalArgumentException(
            "node " + name + " is in environment " + node.view().environment() + " already");
      }
    }
    List<NodeState> before = present == null ? List.of() : present.nodes();
    for (NodeState node : before) {
      Capacity after = definition.nodes().get(node.name());
      if (node.allocations() > 0 && !node.capacity().equals(after)) {
        throw new IllegalArgumentException(
            "node " + node.name() + " is in use and can be neither changed nor taken away");
      }
    }
  }

  private NodeState nodeFor(String environment, String name, Capacity capacity) {
    NodeState present = nodes.get(name);
    if (present != null && present.capacity().equals(capacity)) {
      return present;
    }
    NodeState added = new NodeState(namesByNumber.size(), name, environment, capacity);
    namesByNumber.add(name);
    nodes.put(name, added);
    return added;
  }

  /** The environments, in the order in which they were added. */
  public List<EnvironmentState> environments() {
    return List.copyOf(environments.values());
  }

  /** A node by its name. */
  public Optional<NodeState> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /**
   * Takes nodes for what runs on them already; empty if one of them is not there any more.
   *
   * @param gpus the indices of the GPUs on each node
   */
  public Optional<Allocation> adopt(Demand demand, List<String> names, List<List<Integer>> gpus) {
    List<NodeState> chosen = names.stream().map(nodes::get).filter(Objects::nonNull).toList();
    if (chosen.isEmpty() || chosen.size() < names.size()) {
      return Optional.empty();
    }
    EnvironmentState environment = environments.get(chosen.get(0).view().environment());
    return Optional.ofNullable(environment).map(home -> home.adopt(demand, chosen, gpus));
  }

  /** How many cpus a demand held on these nodes; on one that is gone, as many as it asked for. */
  public long cpusOf(Demand demand, List<String> names) {
    List<NodeState> known = names.stream().map(nodes::get).filter(Objects::nonNull).toList();
    long gone = Math.max(0, demand.nodes() - known.size());
    return EnvironmentState.cpusOf(known, demand) + gone * demand.cpus();
  }

  /** The name of a node by its number, also of one that has been taken away. */
  public String nameOf(int number) {
    return namesByNumber.get(number);
  }
}
