package io.hpc4j.local.schedule;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The books of one node. Not thread-safe. */
public final class NodeState {
  private final int number;
  private final String name;
  private final String environment;
  private final Capacity capacity;
  private final BitSet gpusInUse = new BitSet();
  private int cpusInUse;
  private Memory memoryInUse = Memory.ofBytes(0);
  private int allocations;
  private boolean up = true;
  private boolean drained;
  private String reason = "";

  NodeState(int number, String name, String environment, Capacity capacity) {
    this.number = number;
    this.name = name;
    this.environment = environment;
    this.capacity = capacity;
  }

  /** The number that stands for this node in compact records. */
  public int number() {
    return number;
  }

  /** The node's name. */
  public String name() {
    return name;
  }

  /** What the node has. */
  public Capacity capacity() {
    return capacity;
  }

  /** How many allocations there are on it. */
  public int allocations() {
    return allocations;
  }

  /** Whether anything may start on it. */
  public boolean isAvailable() {
    return up && !drained;
  }

  /** Marks it as failed. */
  public void fail() {
    up = false;
    reason = "failed";
  }

  /** Lets what runs on it go on and nothing new start. */
  public void drain(String why) {
    drained = true;
    reason = why;
  }

  /** Takes it back into service. */
  public void restore() {
    up = true;
    drained = false;
    reason = "";
  }

  int freeCpus() {
    return Math.max(0, capacity.cpus() - cpusInUse);
  }

  boolean holds(Demand demand) {
    return demand.cpus() <= capacity.cpus()
        && demand.memory().compareTo(capacity.memory()) <= 0
        && demand.gpus() <= capacity.gpus();
  }

  boolean hasRoomFor(Demand demand) {
    return isAvailable()
        && demand.cpus() <= freeCpus()
        && demand.memory().compareTo(capacity.memory().minus(memoryInUse)) <= 0
        && demand.gpus() <= capacity.gpus() - gpusInUse.cardinality();
  }

  /** Takes what a demand needs; returns the GPUs' indices, lowest first. */
  List<Integer> take(Demand demand) {
    cpusInUse += demand.cpus();
    memoryInUse = memoryInUse.plus(demand.memory());
    allocations++;
    List<Integer> gpus = new ArrayList<>();
    for (int i = 0; i < demand.gpus(); i++) {
      int gpu = gpusInUse.nextClearBit(0);
      gpusInUse.set(gpu);
      gpus.add(gpu);
    }
    return List.copyOf(gpus);
  }

  /** Takes what runs on it already. */
  void adopt(Demand demand, List<Integer> gpus) {
    cpusInUse += demand.cpus();
    memoryInUse = memoryInUse.plus(demand.memory());
    allocations++;
    gpus.forEach(gpusInUse::set);
  }

  void giveBack(Demand demand, List<Integer> gpus) {
    cpusInUse -= demand.cpus();
    memoryInUse = memoryInUse.minus(demand.memory());
    allocations--;
    gpus.forEach(gpusInUse::clear);
  }

  /** What anybody may know of it. */
  public Node view() {
    return new Node(
        name,
        environment,
        capacity,
        cpusInUse,
        memoryInUse,
        gpusInUse.cardinality(),
        state(),
        reason);
  }

  private Node.State state() {
    if (!up) {
      return Node.State.DOWN;
    }
    if (drained) {
      return allocations > 0 ? Node.State.DRAINING : Node.State.DRAINED;
    }
    if (allocations == 0) {
      return Node.State.IDLE;
    }
    return freeCpus() == 0 ? Node.State.ALLOCATED : Node.State.MIXED;
  }

  @Override
  public String toString() {
    return name + " " + state() + " " + cpusInUse + "/" + capacity.cpus();
  }
}
