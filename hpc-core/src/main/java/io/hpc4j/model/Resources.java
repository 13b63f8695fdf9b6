package io.hpc4j.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
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

  private static final Resources DEFAULTS = new Resources(new Stated());

  private final Stated stated;

  private Resources(Stated stated) {
    this.stated = stated;
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
    return DEFAULTS.with(s -> s.nodes = count);
  }

  /** Returns this many tasks in all. */
  public static Resources tasks(int count) {
    return DEFAULTS.totalTasks(count);
  }

  /** Returns these with a number of tasks on each node. */
  public Resources tasksPerNode(int count) {
    return with(s -> s.tasksPerNode = count);
  }

  /** Returns these with a number of tasks over all nodes. */
  public Resources totalTasks(int count) {
    return with(s -> s.totalTasks = count);
  }

  /** Returns these with a number of cpus for each task. */
  public Resources cpusPerTask(int count) {
    return with(s -> s.cpusPerTask = count);
  }

  /** Returns these with memory on each node. */
  public Resources memory(Memory perNode) {
    Objects.requireNonNull(perNode, "perNode");
    return with(s -> s.memoryPerNode = perNode);
  }

  /** Returns these with memory on each node, in GiB. */
  public Resources memoryGiB(long perNode) {
    return memory(Memory.ofGiB(perNode));
  }

  /** Returns these with whole GPUs on each node. */
  public Resources gpus(int perNode) {
    return with(s -> s.gpusPerNode = perNode);
  }

  /**
   * Returns these with an amount of a named consumable, a licence say, that the job holds while it
   * runs; counted once for the job, however many nodes it has.
   */
  public Resources consumable(String name, long amount) {
    Map<String, Long> more = new TreeMap<>(stated.consumables);
    more.put(Objects.requireNonNull(name, "name"), amount);
    return with(s -> s.consumables = Collections.unmodifiableMap(more));
  }

  /**
   * Returns these with features that each node must have, all of them, instead of earlier ones.
   * Nodes have them by {@link Capacity#features(String...)}; on Slurm it is {@code --constraint}.
   */
  public Resources features(String... names) {
    Set<String> sorted = Features.sorted(List.of(names));
    return with(s -> s.features = sorted);
  }

  /**
   * Returns these on whole nodes, shared with no other job: Slurm's {@code --exclusive}. What the
   * job may use of a node is still what is asked for here.
   */
  public Resources exclusive() {
    return with(s -> s.exclusive = true);
  }

  private Resources with(Consumer<Stated> change) {
    Stated copy = new Stated(stated);
    change.accept(copy);
    return new Resources(copy);
  }

  /** How many nodes the job runs on. */
  public int nodes() {
    Integer total = stated.totalTasks;
    Integer perNode = stated.tasksPerNode;
    if (stated.nodes != null) {
      return stated.nodes;
    }
    return total != null && perNode != null && perNode > 0 ? total / perNode : 1;
  }

  /** How many tasks each node has. */
  public int tasksPerNode() {
    Integer total = stated.totalTasks;
    if (stated.tasksPerNode != null) {
      return stated.tasksPerNode;
    }
    return total == null || nodes() < 1 ? 1 : total / nodes();
  }

  /** How many tasks there are on all nodes. */
  public int totalTasks() {
    return nodes() * tasksPerNode();
  }

  /** How many cpus each task has. */
  public int cpusPerTask() {
    return stated.cpusPerTask == null ? 1 : stated.cpusPerTask;
  }

  /** How many cpus are needed on each node. */
  public int cpusPerNode() {
    return tasksPerNode() * cpusPerTask();
  }

  /** How much memory is needed on each node. */
  public Memory memoryPerNode() {
    return statedMemoryPerNode().orElse(DEFAULT_MEMORY);
  }

  /** How many GPUs are needed on each node. */
  public int gpusPerNode() {
    return stated.gpusPerNode == null ? 0 : stated.gpusPerNode;
  }

  /** Amounts of named consumables, sorted by name. */
  public Map<String, Long> consumables() {
    return stated.consumables;
  }

  /** Features that each node must have, sorted; default none. */
  public Set<String> features() {
    return stated.features;
  }

  /** Whether its nodes are shared with no other job; default false. */
  public boolean isExclusive() {
    return stated.exclusive;
  }

  /** The number of nodes as it was said. */
  public OptionalInt statedNodes() {
    return optional(stated.nodes);
  }

  /** The number of tasks per node as it was said. */
  public OptionalInt statedTasksPerNode() {
    return optional(stated.tasksPerNode);
  }

  /** The total number of tasks as it was said. */
  public OptionalInt statedTotalTasks() {
    return optional(stated.totalTasks);
  }

  /** The number of cpus per task as it was said. */
  public OptionalInt statedCpusPerTask() {
    return optional(stated.cpusPerTask);
  }

  /** The number of GPUs per node as it was said. */
  public OptionalInt statedGpusPerNode() {
    return optional(stated.gpusPerNode);
  }

  /** The memory per node as it was said. */
  public Optional<Memory> statedMemoryPerNode() {
    return Optional.ofNullable(stated.memoryPerNode);
  }

  private static OptionalInt optional(@Nullable Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Resources r && stated.fields().equals(r.stated.fields());
  }

  @Override
  public int hashCode() {
    return stated.fields().hashCode();
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
        + (consumables().isEmpty() ? "" : ", " + consumables())
        + (features().isEmpty() ? "" : ", nodes with " + String.join(" and ", features()))
        + (isExclusive() ? ", exclusive" : "");
  }

  /** What was said; changed only before the resources that hold it are handed out. */
  private static final class Stated {
    private @Nullable Integer nodes;
    private @Nullable Integer tasksPerNode;
    private @Nullable Integer totalTasks;
    private @Nullable Integer cpusPerTask;
    private @Nullable Integer gpusPerNode;
    private @Nullable Memory memoryPerNode;
    private Map<String, Long> consumables = Map.of();
    private Set<String> features = Set.of();
    private boolean exclusive;

    private Stated() {}

    private Stated(Stated from) {
      nodes = from.nodes;
      tasksPerNode = from.tasksPerNode;
      totalTasks = from.totalTasks;
      cpusPerTask = from.cpusPerTask;
      gpusPerNode = from.gpusPerNode;
      memoryPerNode = from.memoryPerNode;
      consumables = from.consumables;
      features = from.features;
      exclusive = from.exclusive;
    }

    private List<Object> fields() {
      return List.of(
          optional(nodes),
          optional(tasksPerNode),
          optional(totalTasks),
          optional(cpusPerTask),
          optional(gpusPerNode),
          Optional.ofNullable(memoryPerNode),
          consumables,
          features,
          exclusive);
    }
  }
}
