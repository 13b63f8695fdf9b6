package io.hpc4j.local.schedule;

import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import java.util.Map;
import java.util.Set;

/**
 * What one job or element takes while it runs.
 *
 * @param nodes how many nodes, all different and of one environment
 * @param cpus cpus on each node
 * @param memory memory on each node
 * @param gpus GPUs on each node
 * @param consumables amounts from the environment's pools, once for all nodes
 * @param features what each node has to have
 * @param exclusive whether it shares its nodes with nobody, and so takes all of their cpus
 */
public record Demand(
    int nodes,
    int cpus,
    Memory memory,
    int gpus,
    Map<String, Long> consumables,
    Set<String> features,
    boolean exclusive) {
  /** Returns what these resources come to, with this much memory on each node. */
  public static Demand of(Resources resources, Memory memory) {
    return new Demand(
        resources.nodes(),
        resources.cpusPerNode(),
        memory,
        resources.gpusPerNode(),
        resources.consumables(),
        resources.features(),
        resources.isExclusive());
  }

  /** Of what tells most demands apart: each job that comes to wait is looked up by its demand. */
  @Override
  public int hashCode() {
    return 31 * (31 * (31 * nodes + cpus) + gpus) + Long.hashCode(memory.bytes());
  }

  /** In words: {@code 2 nodes with 4 cpus, 8 GiB}. */
  @Override
  public String toString() {
    return (nodes == 1 ? "one node with " : nodes + " nodes with ")
        + cpus
        + " cpus, "
        + memory
        + (gpus == 0 ? "" : ", " + gpus + " GPUs")
        + (features.isEmpty() ? "" : ", " + String.join(", ", features))
        + (exclusive ? ", not shared" : "")
        + (consumables.isEmpty() ? "" : ", and " + consumables);
  }
}
