package io.hpc4j.local.schedule;

import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Placement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The books of one compute environment: its nodes, the pools they share, what runs on them, and for
 * whom something is reserved. Not thread-safe.
 */
public final class EnvironmentState {
  private ComputeEnvironment definition;
  private final List<NodeState> nodes = new ArrayList<>();
  private final List<NodeState> nodesToShow = Collections.unmodifiableList(nodes);
  private final Map<String, Long> poolsInUse = new HashMap<>();
  private final NavigableSet<Allocation> running = new TreeSet<>(Allocation.BY_END);
  private long lastNumber;
  private int firstWithFreeCpus;

  // of the last pass
  private boolean closed;
  private @Nullable Reservation reservation;

  EnvironmentState(ComputeEnvironment definition) {
    this.definition = definition;
  }

  /** The environment as it was declared. */
  public ComputeEnvironment definition() {
    return definition;
  }

  /** The nodes, in the order in which they were declared. */
  public List<NodeState> nodes() {
    return nodesToShow;
  }

  void redefine(ComputeEnvironment changed, List<NodeState> changedNodes) {
    definition = changed;
    nodes.clear();
    nodes.addAll(changedNodes);
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).standAt(i);
    }
    firstWithFreeCpus = 0;
    open();
  }

  /** The same environment with nothing running. */
  EnvironmentState idleCopy() {
    EnvironmentState copy = new EnvironmentState(definition);
    copy.redefine(definition, nodes.stream().map(NodeState::idleCopy).toList());
    return copy;
  }

  /** Forgets what the last pass has found. */
  void open() {
    closed = false;
    reservation = null;
  }

  /** Lets nothing more start in this pass. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  void reserve(Reservation found) {
    reservation = found;
  }

  @Nullable Reservation reservation() {
    return reservation;
  }

  /** Whom nodes are reserved for since the last pass, if for anybody. */
  public Optional<Candidate> reservedFor() {
    return Optional.ofNullable(reservation).map(found -> found.holder);
  }

  /** When the nodes that are reserved will be free at the latest, in nanoseconds. */
  public long reservedAt() {
    return reservation == null ? Candidate.UNLIMITED : reservation.start();
  }

  /** How many cpus there are. */
  long cpus() {
    long cpus = 0;
    for (NodeState node : nodes) {
      cpus += node.capacity().cpus();
    }
    return cpus;
  }

  /** How much of a pool is in use. */
  public long inUse(String consumable) {
    return poolsInUse.getOrDefault(consumable, 0L);
  }

  /** What runs, in the order of its ends by its limits. */
  NavigableSet<Allocation> running() {
    return running;
  }

  /** Whether there is room now. */
  public boolean hasRoomFor(Demand demand) {
    return hasRoomFor(demand, null);
  }

  /** Whether there is room now, and when a reservation begins. */
  boolean hasRoomFor(Demand demand, @Nullable Reservation also) {
    if (!poolsCover(demand, also)) {
      return false;
    }
    int found = 0;
    for (int i = skipFullNodes(); i < nodes.size() && found < demand.nodes(); i++) {
      found += isRoom(nodes.get(i), demand, also) ? 1 : 0;
    }
    return found >= demand.nodes();
  }

  private static boolean isRoom(NodeState node, Demand demand, @Nullable Reservation also) {
    return node.hasRoomFor(demand) && (also == null || also.hasRoomFor(node.place(), demand));
  }

  private boolean poolsCover(Demand demand, @Nullable Reservation also) {
    return demand.consumables().isEmpty()
        || (covers(freePools(), demand) && (also == null || also.poolsCover(demand)));
  }

  /** Takes nodes that have room; all that is needed or nothing. */
  public Optional<Allocation> place(Demand demand) {
    return Optional.ofNullable(place(demand, null));
  }

  /** The same of what is left, now and when a reservation begins. */
  @Nullable Allocation place(Demand demand, @Nullable Reservation also) {
    if (!poolsCover(demand, also)) {
      return null;
    }
    List<NodeState> chosen =
        choose(demand, skipFullNodes(), node -> isRoom(node, demand, also), NodeState::freeCpus);
    if (chosen.size() < demand.nodes()) {
      return null;
    }
    if (also != null) {
      also.take(demand, chosen);
    }
    return take(demand, chosen);
  }

  /** How many cpus it would hold of the nodes that it would get, if there is room. */
  long cpusFor(Demand demand, @Nullable Reservation also) {
    return demand.exclusive()
        ? cpusOf(
            choose(
                demand, skipFullNodes(), node -> isRoom(node, demand, also), NodeState::freeCpus),
            demand)
        : (long) demand.nodes() * demand.cpus();
  }

  /** How many it would hold if all nodes in service were idle, and could hold it. */
  long cpusIfIdle(Demand demand) {
    return demand.exclusive()
        ? cpusOf(
            choose(
                demand,
                0,
                node -> node.isAvailable() && node.holds(demand),
                node -> node.capacity().cpus()),
            demand)
        : (long) demand.nodes() * demand.cpus();
  }

  static long cpusOf(List<NodeState> nodes, Demand demand) {
    long cpus = 0;
    for (NodeState node : nodes) {
      cpus += node.cpusFor(demand);
    }
    return cpus;
  }

  /** Chooses nodes that will have room when a reservation begins. */
  List<NodeState> chooseThen(Demand demand, Reservation then) {
    return choose(
        demand,
        0,
        node -> then.hasRoomFor(node.place(), demand),
        node -> then.freeCpus(node.place()));
  }

  /** Chooses by the placement of this environment; as many as there are with room, at most. */
  private List<NodeState> choose(
      Demand demand, int from, Predicate<NodeState> room, ToLongFunction<NodeState> freeCpus) {
    if (definition.placement() == Placement.SPREAD) {
      return nodes.stream()
          .filter(room)
          .sorted(
              (a, b) -> // by the part that is free: free / all, without a division
              Long.compare(
                      freeCpus.applyAsLong(b) * a.capacity().cpus(),
                      freeCpus.applyAsLong(a) * b.capacity().cpus()))
          .limit(demand.nodes())
          .toList();
    }
    if (demand.nodes() == 1) {
      for (int i = from; i < nodes.size(); i++) {
        if (room.test(nodes.get(i))) {
          return List.of(nodes.get(i));
        }
      }
      return List.of();
    }
    List<NodeState> chosen = new ArrayList<>(demand.nodes());
    for (int i = from; i < nodes.size() && chosen.size() < demand.nodes(); i++) {
      if (room.test(nodes.get(i))) {
        chosen.add(nodes.get(i));
      }
    }
    return chosen;
  }

  /** Full nodes at the front are passed over without being looked at again. */
  private int skipFullNodes() {
    while (firstWithFreeCpus < nodes.size() && nodes.get(firstWithFreeCpus).freeCpus() <= 0) {
      firstWithFreeCpus++;
    }
    return firstWithFreeCpus;
  }

  /** Whether not a single cpu is free. */
  boolean isFull() {
    return skipFullNodes() == nodes.size();
  }

  /** What of the pools is free, in a map of its own. */
  Map<String, Long> freePools() {
    if (definition.consumables().isEmpty()) {
      return Map.of();
    }
    Map<String, Long> free = new HashMap<>(definition.consumables());
    poolsInUse.forEach((name, amount) -> free.merge(name, -amount, Long::sum));
    return free;
  }

  static boolean covers(Map<String, Long> free, Demand demand) {
    for (Map.Entry<String, Long> need : demand.consumables().entrySet()) {
      if (need.getValue() > free.getOrDefault(need.getKey(), 0L)) {
        return false;
      }
    }
    return true;
  }

  private Allocation take(Demand demand, List<NodeState> chosen) {
    List<List<Integer>> gpus =
        chosen.size() == 1
            ? List.of(chosen.get(0).take(demand))
            : chosen.stream().map(node -> node.take(demand)).toList();
    return entered(new Allocation(this, List.copyOf(chosen), gpus, demand));
  }

  /** Takes these nodes and GPUs for what runs on them already, whether there is room or not. */
  Allocation adopt(Demand demand, List<NodeState> chosen, List<List<Integer>> gpus) {
    for (int i = 0; i < chosen.size(); i++) {
      chosen.get(i).adopt(demand, gpus.get(i));
    }
    return entered(new Allocation(this, List.copyOf(chosen), gpus, demand));
  }

  private Allocation entered(Allocation allocation) {
    Demand demand = allocation.demand();
    if (!demand.consumables().isEmpty()) {
      demand.consumables().forEach((name, amount) -> poolsInUse.merge(name, amount, Long::sum));
    }
    allocation.number = ++lastNumber;
    return allocation;
  }

  /**
   * Something runs on what it has got, and ends at the latest at this instant, in nanoseconds, or
   * {@link Candidate#UNLIMITED}.
   */
  void runs(Allocation allocation, long end) {
    allocation.end = end;
    running.add(allocation);
  }

  void release(Allocation allocation) {
    Demand demand = allocation.demand();
    for (int i = 0; i < allocation.nodes().size(); i++) {
      NodeState node = allocation.nodes().get(i);
      node.giveBack(demand, allocation.gpus().get(i));
      firstWithFreeCpus = Math.min(firstWithFreeCpus, node.place());
    }
    if (!demand.consumables().isEmpty()) {
      demand.consumables().forEach((name, amount) -> poolsInUse.merge(name, -amount, Long::sum));
    }
    running.remove(allocation);
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
    if (!covers(definition.consumables(), demand)) {
      return false;
    }
    int found = 0;
    for (NodeState node : nodes) {
      found += usable.test(node) && node.holds(demand) ? 1 : 0;
      if (found >= demand.nodes()) {
        return true;
      }
    }
    return false;
  }
}
