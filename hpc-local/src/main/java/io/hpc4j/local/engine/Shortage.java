package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Demand;
import io.hpc4j.local.schedule.EnvironmentState;
import io.hpc4j.local.schedule.NodeState;
import io.hpc4j.local.schedule.QueueState;
import io.hpc4j.model.Node;
import io.hpc4j.model.WaitReason;
import io.hpc4j.model.WaitReason.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Says of what there is not enough free. Reads, and changes nothing. */
final class Shortage {
  private final Demand demand;
  private final EnvironmentState environment;
  private final List<Node> nodes;

  /** Looks at the nodes that could hold it if they were idle. */
  private Shortage(Demand demand, EnvironmentState environment) {
    this.demand = demand;
    this.environment = environment;
    nodes =
        environment.nodes().stream()
            .filter(node -> node.isAvailable() && node.holds(demand))
            .map(NodeState::view)
            .toList();
  }

  /** Empty if there is room; else what is short in the first environment that could hold it. */
  static Optional<WaitReason> of(QueueState<?> queue, Demand demand) {
    if (queue.environments().stream().anyMatch(e -> e.hasRoomFor(demand))) {
      return Optional.empty();
    }
    return queue.environments().stream()
        .filter(environment -> environment.couldHoldNow(demand))
        .findFirst()
        .map(environment -> new Shortage(demand, environment).reason());
  }

  private WaitReason reason() {
    Optional<WaitReason> pool = pool();
    if (pool.isPresent()) {
      return pool.get();
    }
    if (demand.exclusive()) {
      return reason(Kind.NODES, count(node -> node.cpusInUse() == 0) + " nodes are idle");
    }
    if (count(this::hasCpus) < demand.nodes()) {
      return reason(Kind.CPUS, freeCpus());
    }
    if (count(this::hasMemory) < demand.nodes()) {
      return reason(
          Kind.MEMORY,
          count(this::hasMemory) + " of " + nodes.size() + " nodes have as much memory free");
    }
    if (count(this::hasGpus) < demand.nodes()) {
      int free = nodes.stream().mapToInt(n -> n.capacity().gpus() - n.gpusInUse()).sum();
      return reason(Kind.GPUS, free + " GPUs are free on " + nodes.size() + " nodes");
    }
    return reason(Kind.NODES, "no " + demand.nodes() + " nodes have all of it free at once");
  }

  private WaitReason reason(Kind kind, String what) {
    return new WaitReason(kind, "needs " + demand + "; " + what);
  }

  private Optional<WaitReason> pool() {
    Map<String, Long> all = environment.definition().consumables();
    return demand.consumables().entrySet().stream()
        .filter(need -> need.getValue() > free(all, need.getKey()))
        .findFirst()
        .map(
            need ->
                reason(
                    Kind.CONSUMABLES,
                    free(all, need.getKey())
                        + " of "
                        + all.getOrDefault(need.getKey(), 0L)
                        + " "
                        + need.getKey()
                        + " are free"));
  }

  private long free(Map<String, Long> all, String name) {
    return all.getOrDefault(name, 0L) - environment.inUse(name);
  }

  private long count(Predicate<Node> enough) {
    return nodes.stream().filter(enough).count();
  }

  private boolean hasCpus(Node node) {
    return demand.cpus() <= node.capacity().cpus() - node.cpusInUse();
  }

  private boolean hasMemory(Node node) {
    return demand.memory().plus(node.memoryInUse()).compareTo(node.capacity().memory()) <= 0;
  }

  private boolean hasGpus(Node node) {
    return demand.gpus() <= node.capacity().gpus() - node.gpusInUse();
  }

  private String freeCpus() {
    int free = nodes.stream().mapToInt(n -> n.capacity().cpus() - n.cpusInUse()).sum();
    int all = nodes.stream().mapToInt(n -> n.capacity().cpus()).sum();
    return free + " of " + all + " cpus are free on " + nodes.size() + " nodes";
  }
}
