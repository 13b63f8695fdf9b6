package io.hpc4j.local.schedule;

import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import java.util.Map;

/**
 * What one job or element takes while it runs.
 *
 * @param nodes how many nodes, all different and of one environment
 * @param cpus cpus on each node
 * @param memory memory on each node
 * @param gpus GPUs on each node
 * @param consumables amounts from the environment's pools, once for all nodes
 */
public record Demand(int nodes, int cpus, Memory memory, int gpus, Map<String, Long> consumables) {
  /** Returns what these resources come to, with this much memory on each node. */
  public static Demand of(Resources resources, Memory memory) {
    return new Demand(
        resources.nodes(),
        resources.cpusPerNode(),
        memory,
        resources.gpusPerNode(),
        resources.consumables());
  }

  /** In words: {@code 2 nodes with 4 cpus, 8 GiB}. */
  @Override
  public String toString() {
    return (nodes == 1 ? "one node with " : nodes + " nodes with ")
        + cpus
        + " cpus, "
        + memory
        + (gpus == 0 ? "" : ", " + gpus + " GPUs")
        + (consumables.isEmpty() ? "" : ", and " + consumables);
  }
}
