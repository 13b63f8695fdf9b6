package io.hpc4j.local.schedule;

import io.hpc4j.model.ComputeEnvironment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The books of one compute environment: its nodes and the pools they share. Not thread-safe. */
public final class EnvironmentState {
  private ComputeEnvironment definition;
  private final List<NodeState> nodes = new ArrayList<>();
  private final Map<String, Long> poolsInUse = new HashMap<>();
  private int firstWithFreeCpus;

  EnvironmentState(ComputeEnvironment definition) {
    this.definition = definition;
  }

  /** The environment as it was declared. */
  public ComputeEnvironment definition() {
    return definition;
  }

  /** The nodes, in the order in which they are filled. */
  public List<NodeState> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  void redefine(ComputeEnvironment changed, List<NodeState> changedNodes) {
    definition = changed;
    nodes.clear();
    nodes.addAll(changedNodes);
    firstWithFreeCpus = 0;
  }

  /** How much of a pool is in use. */
  public long inUse(String consumable) {
    return poolsInUse.getOrDefault(consumable, 0L);
  }

  /** Takes the first nodes that have room; all that is needed or nothing. */
  public Optional<Allocation> place(Demand demand) {
    if (!poolsHave(demand)) {
      return Optional.empty();
    }
    List<NodeState> chosen = new ArrayList<>();
    for (int i = skipFullNodes(); i < nodes.size() && chosen.size() < demand.nodes(); i++) {
      if (nodes.get(i).hasRoomFor(demand)) {
        chosen.add(nodes.get(i));
      }
    }
    return chosen.size() < demand.nodes() ? Optional.empty() : Optional.of(take(demand, chosen));
  }

  /** Full nodes at the front are passed over without being looked at again. */
  private int skipFullNodes() {
    while (firstWithFreeCpus < nodes.size() && nodes.get(firstWithFreeCpus).freeCpus() == 0) {
      firstWithFreeCpus++;
    }
    return firstWithFreeCpus;
  }

  private boolean poolsHave(Demand demand) {
    return demand.consumables().entrySet().stream()
        .allMatch(
            need ->
                need.getValue()
                    <= definition.consumables().getOrDefault(need.getKey(), 0L)
                        - inUse(need.getKey()));
  }

  private Allocation take(Demand demand, List<NodeState> chosen) {
    List<List<Integer>> gpus = chosen.stream().map(node -> node.take(demand)).toList();
    demand.consumables().forEach((name, amount) -> poolsInUse.merge(name, amount, Long::sum));
    return new Allocation(this, List.copyOf(chosen), gpus, demand);
  }

  /** Takes these nodes and GPUs for what runs on them already, whether there is room or not. */
  Allocation adopt(Demand demand, List<NodeState> chosen, List<List<Integer>> gpus) {
    for (int i = 0; i < chosen.size(); i++) {
      chosen.get(i).adopt(demand, gpus.get(i));
    }
    demand.consumables().forEach((name, amount) -> poolsInUse.merge(name, amount, Long::sum));
    return new Allocation(this, List.copyOf(chosen), gpus, demand);
  }

  void release(Allocation allocation) {
    Demand demand = allocation.demand();
    for (int i = 0; i < allocation.nodes().size(); i++) {
      allocation.nodes().get(i).giveBack(demand, allocation.gpus().get(i));
    }
    demand.consumables().forEach((name, amount) -> poolsInUse.merge(name, -amount, Long::sum));
    firstWithFreeCpus = 0;
  }

  /** Whether all nodes, idle and in service, could hold it. */
  public boolean couldEverHold(Demand demand) {
    return holds(demand, node -> true);
  }

  /** Whether the nodes in service could hold it if they were idle. */
  public boolean couldHoldNow(Demand demand) {
    return holds(demand, NodeState::isAvailable);
  }

  private boolean holds(Demand demand, Predicate<NodeState> usable) {
    boolean pools =
        demand.consumables().entrySet().stream()
            .allMatch(
                need ->
                    need.getValue() <= definition.consumables().getOrDefault(need.getKey(), 0L));
    return pools
        && nodes.stream()
                .filter(node -> usable.test(node) && node.holds(demand))
                .limit(demand.nodes())
                .count()
            == demand.nodes();
  }
}
