package io.hpc4j.model;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one job, or one array element, needs: nodes, tasks on each node, cpus for each task; memory
 * and GPUs on each node; consumables for the job as a whole.
 *
 * <p>What is not said is 1 node, 1 task per node, 1 cpu per task, 2 GiB per node, no GPU. The total
 * number of tasks may be given instead of, or along with, one of its two factors; when the numbers
 * do not agree the request is refused.
 */
public final class Resources {
  /** Memory per node where none is asked for. */
  public static final Memory DEFAULT_MEMORY = Memory.ofGiB(2);

  private static final Resources DEFAULTS =
      new Resources(null, null, null, null, null, null, Map.of());

  final @Nullable Integer nodes;
  final @Nullable Integer tasksPerNode;
  final @Nullable Integer totalTasks;
  final @Nullable Integer cpusPerTask;
  final @Nullable Integer gpusPerNode;
  final @Nullable Memory memoryPerNode;
  private final Map<String, Long> consumables;

  private Resources(
      @Nullable Integer nodes,
      @Nullable Integer tasksPerNode,
      @Nullable Integer totalTasks,
      @Nullable Integer cpusPerTask,
      @Nullable Integer gpusPerNode,
      @Nullable Memory memoryPerNode,
      Map<String, Long> consumables) {
    this.nodes = nodes;
    this.tasksPerNode = tasksPerNode;
    this.totalTasks = totalTasks;
    this.cpusPerTask = cpusPerTask;
    this.gpusPerNode = gpusPerNode;
    this.memoryPerNode = memoryPerNode;
    this.consumables = consumables;
  }

  /** Returns the defaults. */
  public static Resources defaults() {
    return DEFAULTS;
  }

  /** Returns one task with this many cpus. */
  public static Resources cpus(int count) {
    return DEFAULTS.cpusPerTask(count);
  }

  /** Returns this many nodes; what is started on them is said by {@link Launch}. */
  public static Resources nodes(int count) {
    return new Resources(count, null, null, null, null, null, Map.of());
  }

  /** Returns this many tasks in all. */
  public static Resources tasks(int count) {
    return DEFAULTS.totalTasks(count);
  }

  /** Returns these with a number of tasks on each node. */
  public Resources tasksPerNode(int count) {
    return new Resources(
        nodes, count, totalTasks, cpusPerTask, gpusPerNode, memoryPerNode, consumables);
  }

  /** Returns these with a number of tasks over all nodes. */
  public Resources totalTasks(int count) {
    return new Resources(
        nodes, tasksPerNode, count, cpusPerTask, gpusPerNode, memoryPerNode, consumables);
  }

  /** Returns these with a number of cpus for each task. */
  public Resources cpusPerTask(int count) {
    return new Resources(
        nodes, tasksPerNode, totalTasks, count, gpusPerNode, memoryPerNode, consumables);
  }

  /** Returns these with memory on each node. */
  public Resources memory(Memory perNode) {
    Objects.requireNonNull(perNode, "perNode");
    return new Resources(
        nodes, tasksPerNode, totalTasks, cpusPerTask, gpusPerNode, perNode, consumables);
  }

  /** Returns these with memory on each node, in GiB. */
  public Resources memoryGiB(long perNode) {
    return memory(Memory.ofGiB(perNode));
  }

  /** Returns these with whole GPUs on each node. */
  public Resources gpus(int perNode) {
    return new Resources(
        nodes, tasksPerNode, totalTasks, cpusPerTask, perNode, memoryPerNode, consumables);
  }

  /**
   * Returns these with an amount of a named consumable, a licence say, that the job holds while it
   * runs; counted once for the job, however many nodes it has.
   */
  public Resources consumable(String name, long amount) {
    Map<String, Long> more = new TreeMap<>(consumables);
    more.put(Objects.requireNonNull(name, "name"), amount);
    return new Resources(
        nodes,
        tasksPerNode,
        totalTasks,
        cpusPerTask,
        gpusPerNode,
        memoryPerNode,
        Collections.unmodifiableMap(more));
  }

  /** How many nodes the job runs on. */
  public int nodes() {
    if (nodes != null) {
      return nodes;
    }
    if (totalTasks != null && tasksPerNode != null && tasksPerNode > 0) {
      return totalTasks / tasksPerNode;
    }
    return 1;
  }

  /** How many tasks each node has. */
  public int tasksPerNode() {
    if (tasksPerNode != null) {
      return tasksPerNode;
    }
    return totalTasks == null || nodes() < 1 ? 1 : totalTasks / nodes();
  }

  /** How many tasks there are on all nodes. */
  public int totalTasks() {
    return nodes() * tasksPerNode();
  }

  /** How many cpus each task has. */
  public int cpusPerTask() {
    return cpusPerTask == null ? 1 : cpusPerTask;
  }

  /** How many cpus are needed on each node. */
  public int cpusPerNode() {
    return tasksPerNode() * cpusPerTask();
  }

  /** How much memory is needed on each node. */
  public Memory memoryPerNode() {
    return memoryPerNode == null ? DEFAULT_MEMORY : memoryPerNode;
  }

  /** How many GPUs are needed on each node. */
  public int gpusPerNode() {
    return gpusPerNode == null ? 0 : gpusPerNode;
  }

  /** Amounts of named consumables, sorted by name. */
  public Map<String, Long> consumables() {
    return consumables;
  }

  /** The number of nodes as it was said. */
  public OptionalInt statedNodes() {
    return optional(nodes);
  }

  /** The number of tasks per node as it was said. */
  public OptionalInt statedTasksPerNode() {
    return optional(tasksPerNode);
  }

  /** The total number of tasks as it was said. */
  public OptionalInt statedTotalTasks() {
    return optional(totalTasks);
  }

  /** The number of cpus per task as it was said. */
  public OptionalInt statedCpusPerTask() {
    return optional(cpusPerTask);
  }

  /** The number of GPUs per node as it was said. */
  public OptionalInt statedGpusPerNode() {
    return optional(gpusPerNode);
  }

  /** The memory per node as it was said. */
  public Optional<Memory> statedMemoryPerNode() {
    return Optional.ofNullable(memoryPerNode);
  }

  private static OptionalInt optional(@Nullable Integer stated) {
    return stated == null ? OptionalInt.empty() : OptionalInt.of(stated);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Resources r
        && Objects.equals(nodes, r.nodes)
        && Objects.equals(tasksPerNode, r.tasksPerNode)
        && Objects.equals(totalTasks, r.totalTasks)
        && Objects.equals(cpusPerTask, r.cpusPerTask)
        && Objects.equals(gpusPerNode, r.gpusPerNode)
        && Objects.equals(memoryPerNode, r.memoryPerNode)
        && consumables.equals(r.consumables);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        nodes, tasksPerNode, totalTasks, cpusPerTask, gpusPerNode, memoryPerNode, consumables);
  }

  /** In words: {@code 4 nodes x 16 tasks x 1 cpu, 64 GiB per node}. */
  @Override
  public String toString() {
    return nodes()
        + " nodes x "
        + tasksPerNode()
        + " tasks x "
        + cpusPerTask()
        + " cpus, "
        + memoryPerNode()
        + " per node"
        + (gpusPerNode() == 0 ? "" : ", " + gpusPerNode() + " GPUs per node")
        + (consumables.isEmpty() ? "" : ", " + consumables);
  }
}
