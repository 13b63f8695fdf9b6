package io.hpc4j.local.schedule;

import java.util.List;

/**
 * What one running job or element holds.
 *
 * @param environment where
 * @param nodes the nodes, main node first
 * @param gpus the indices of the GPUs on each node
 * @param demand how much on each node
 */
public record Allocation(
    EnvironmentState environment, List<NodeState> nodes, List<List<Integer>> gpus, Demand demand) {
  /** The names of the nodes, main node first. */
  public List<String> nodeNames() {
    return nodes.stream().map(NodeState::name).toList();
  }

  /** Gives everything back. */
  public void release() {
    environment.release(this);
  }
}
