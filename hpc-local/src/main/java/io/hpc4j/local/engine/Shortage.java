package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Demand;
import io.hpc4j.local.schedule.EnvironmentState;
import io.hpc4j.local.schedule.NodeState;
import io.hpc4j.local.schedule.QueueState;
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
  private final List<NodeState> nodes;

  /** Looks at the nodes that could hold it if they were idle. */
  private Shortage(Demand demand, EnvironmentState environment) {
    this.demand = demand;
    this.environment = environment;
    nodes =
        environment.nodes().stream()
            .filter(node -> node.isAvailable() && node.holds(demand))
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
      return reason(
          Kind.NODES, count(node -> node.freeCpus() == node.capacity().cpus()) + " nodes are idle");
    }
    if (count(node -> demand.cpus() <= node.freeCpus()) < demand.nodes()) {
      return reason(Kind.CPUS, freeCpus());
    }
    long withMemory = count(node -> demand.memory().bytes() <= node.freeMemory());
    if (withMemory < demand.nodes()) {
      return reason(
          Kind.MEMORY, withMemory + " of " + nodes.size() + " nodes have as much memory free");
    }
    if (count(node -> demand.gpus() <= node.freeGpus()) < demand.nodes()) {
      int free = nodes.stream().mapToInt(NodeState::freeGpus).sum();
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

  private long count(Predicate<NodeState> enough) {
    return nodes.stream().filter(enough).count();
  }

  private String freeCpus() {
    int free = nodes.stream().mapToInt(NodeState::freeCpus).sum();
    int all = nodes.stream().mapToInt(node -> node.capacity().cpus()).sum();
    return free + " of " + all + " cpus are free on " + nodes.size() + " nodes";
  }
}
