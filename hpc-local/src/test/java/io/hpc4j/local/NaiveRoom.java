package io.hpc4j.local;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Placement;
import io.hpc4j.model.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What of an environment is free, at an instant that the owner knows: amounts by name. */
final class NaiveRoom {
  private final ComputeEnvironment environment;
  private final Map<String, Integer> cpus = new LinkedHashMap<>();
  private final Map<String, Long> memory = new LinkedHashMap<>();
  private final Map<String, Integer> gpus = new LinkedHashMap<>();
  private final Map<String, Long> pools = new TreeMap<>();

  /** All of it is free. */
  NaiveRoom(ComputeEnvironment environment) {
    this.environment = environment;
    environment
        .nodes()
        .forEach(
            (node, capacity) -> {
              cpus.put(node, capacity.cpus());
              memory.put(node, capacity.memory().bytes());
              gpus.put(node, capacity.gpus());
            });
    pools.putAll(environment.consumables());
  }

  void take(Resources need, List<String> nodes) {
    for (String node : nodes) {
      cpus.merge(node, -cpusOn(node, need), Integer::sum);
      memory.merge(node, -need.memoryPerNode().bytes(), Long::sum);
      gpus.merge(node, -need.gpusPerNode(), Integer::sum);
    }
    need.consumables().forEach((pool, amount) -> pools.merge(pool, -amount, Long::sum));
  }

  /** How many cpus of a node such a job holds. */
  private int cpusOn(String node, Resources need) {
    return need.isExclusive() ? capacity(node).cpus() : need.cpusPerNode();
  }

  /** How many cpus such a job holds on these nodes. */
  int cpusOn(List<String> nodes, Resources need) {
    return nodes.stream().mapToInt(node -> cpusOn(node, need)).sum();
  }

  private Capacity capacity(String node) {
    return Optional.ofNullable(environment.nodes().get(node)).orElseThrow();
  }

  private boolean hasRoom(String node, Resources need) {
    int free = cpus.getOrDefault(node, 0);
    return capacity(node).features().containsAll(need.features())
        && (!need.isExclusive() || free == capacity(node).cpus())
        && free >= need.cpusPerNode()
        && memory.getOrDefault(node, 0L) >= need.memoryPerNode().bytes()
        && gpus.getOrDefault(node, 0) >= need.gpusPerNode();
  }

  private boolean hasPools(Resources need) {
    return need.consumables().entrySet().stream()
        .allMatch(asked -> pools.getOrDefault(asked.getKey(), 0L) >= asked.getValue());
  }

  /** The nodes that a job gets by the placement rule, if it fits here. */
  Optional<List<String>> place(Resources need, Set<String> outOfService) {
    return place(need, outOfService, this);
  }

  /** The nodes that a job gets by the placement rule, if it fits both here and there on them. */
  Optional<List<String>> place(Resources need, Set<String> outOfService, NaiveRoom other) {
    if (!hasPools(need) || !other.hasPools(need)) {
      return Optional.empty();
    }
    List<String> nodes = new ArrayList<>();
    for (String node : environment.nodes().keySet()) {
      if (!outOfService.contains(node) && hasRoom(node, need) && other.hasRoom(node, need)) {
        nodes.add(node);
      }
    }
    if (environment.placement() == Placement.SPREAD) {
      nodes.sort(Comparator.comparingDouble(this::usedPart)); // stable: of equals the first
    }
    return nodes.size() < need.nodes()
        ? Optional.empty()
        : Optional.of(List.copyOf(nodes.subList(0, need.nodes())));
  }

  private double usedPart(String node) {
    int all = capacity(node).cpus();
    return (all - cpus.getOrDefault(node, 0)) / (double) all;
  }
}
