package io.hpc4j.local.schedule;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one running job or element holds. */
public final class Allocation {
  /** The order in which allocations end by their limits. */
  static final Comparator<Allocation> BY_END = Allocation::compare;

  private final EnvironmentState environment;
  private final List<NodeState> nodes;
  private final List<List<Integer>> gpus;
  private final Demand demand;

  /** When it ends at the latest, in nanoseconds. */
  long end = Candidate.UNLIMITED;

  /** Which of its environment it is. */
  long number;

  @Nullable QueueState<?> queue;
  @Nullable ShareState<?> share;
  ShareUsage.@Nullable Charge charge;

  Allocation(
      EnvironmentState environment,
      List<NodeState> nodes,
      List<List<Integer>> gpus,
      Demand demand) {
    this.environment = environment;
    this.nodes = nodes;
    this.gpus = gpus;
    this.demand = demand;
  }

  private static int compare(Allocation one, Allocation other) {
    int byEnd = Long.compare(one.end, other.end);
    return byEnd == 0 ? Long.compare(one.number, other.number) : byEnd;
  }

  /** Where it is. */
  public EnvironmentState environment() {
    return environment;
  }

  /** The nodes, main node first. */
  public List<NodeState> nodes() {
    return nodes;
  }

  /** The indices of the GPUs on each node. */
  public List<List<Integer>> gpus() {
    return gpus;
  }

  /** How much on each node. */
  public Demand demand() {
    return demand;
  }

  /** The names of the nodes, main node first. */
  public List<String> nodeNames() {
    return nodes.size() == 1
        ? List.of(nodes.get(0).name())
        : nodes.stream().map(NodeState::name).toList();
  }

  /** How many cpus it holds on all its nodes. */
  public long cpus() {
    return EnvironmentState.cpusOf(nodes, demand);
  }

  /**
   * Gives everything back.
   *
   * @param now in nanoseconds
   */
  public void release(long now) {
    environment.release(this);
    if (queue != null) {
      queue.ended(this, now);
    }
  }
}
