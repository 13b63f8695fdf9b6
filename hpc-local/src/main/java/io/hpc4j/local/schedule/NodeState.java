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
  private int place;
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

  /** The same node with nothing on it. */
  NodeState idleCopy() {
    NodeState copy = new NodeState(number, name, environment, capacity);
    copy.up = up;
    copy.drained = drained;
    return copy;
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

  /** Where it stands among the nodes of its environment. */
  int place() {
    return place;
  }

  void standAt(int index) {
    place = index;
  }

  /** How many cpus are free; negative where what was adopted holds more than there is. */
  public int freeCpus() {
    return capacity.cpus() - cpusInUse;
  }

  /** How many bytes of memory are free; negative as free cpus are. */
  public long freeMemory() {
    return capacity.memory().bytes() - memoryInUse.bytes();
  }

  /** How many GPUs are free. */
  public int freeGpus() {
    return capacity.gpus() - gpusInUse.cardinality();
  }

  /** How many cpus a demand takes here; all, if it shares the node with nobody. */
  int cpusFor(Demand demand) {
    return demand.exclusive() ? capacity.cpus() : demand.cpus();
  }

  /** Whether it could hold this if it were idle. */
  public boolean holds(Demand demand) {
    return demand.cpus() <= capacity.cpus()
        && demand.memory().bytes() <= capacity.memory().bytes()
        && demand.gpus() <= capacity.gpus()
        && (demand.features().isEmpty() || capacity.features().containsAll(demand.features()));
  }

  boolean hasRoomFor(Demand demand) {
    return cpusFor(demand) <= freeCpus()
        && demand.memory().bytes() <= freeMemory()
        && demand.gpus() <= freeGpus()
        && isAvailable()
        && holds(demand);
  }

  /** Takes what a demand needs; returns the GPUs' indices, lowest first. */
  List<Integer> take(Demand demand) {
    cpusInUse += cpusFor(demand);
    memoryInUse = memoryInUse.plus(demand.memory());
    allocations++;
    if (demand.gpus() == 0) {
      return List.of();
    }
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
    cpusInUse += cpusFor(demand);
    memoryInUse = memoryInUse.plus(demand.memory());
    allocations++;
    gpus.forEach(gpusInUse::set);
  }

  void giveBack(Demand demand, List<Integer> gpus) {
    cpusInUse -= cpusFor(demand);
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
    return freeCpus() <= 0 ? Node.State.ALLOCATED : Node.State.MIXED;
  }

  @Override
  public String toString() {
    return name + " " + state() + " " + cpusInUse + "/" + capacity.cpus();
  }
}
