package io.hpc4j.local.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an environment will have free when the job that goes next can start by the limits of those
 * that run, and what of that is left when that job has got its own. Not thread-safe.
 */
final class Reservation {
  final Candidate holder;
  private final EnvironmentState environment;
  private final int[] cpus;
  private final long[] memory;
  private final int[] gpus;
  private final Map<String, Long> pools;
  private long start;
  private long room; // of the queue's cpus, if its policy keeps some back
  private List<NodeState> promised = List.of();

  private Reservation(EnvironmentState environment, Candidate holder, long now) {
    this.environment = environment;
    this.holder = holder;
    start = now;
    List<NodeState> nodes = environment.nodes();
    cpus = new int[nodes.size()];
    memory = new long[nodes.size()];
    gpus = new int[nodes.size()];
    for (int i = 0; i < cpus.length; i++) {
      cpus[i] = nodes.get(i).freeCpus();
      memory[i] = nodes.get(i).freeMemory();
      gpus[i] = nodes.get(i).freeGpus();
    }
    pools = environment.freePools();
  }

  /**
   * Finds out when a job can start that cannot now.
   *
   * @return null if the limits of what runs do not tell
   */
  static @Nullable Reservation of(
      EnvironmentState environment, QueueState<?> queue, Candidate holder, long now) {
    Reservation found = new Reservation(environment, holder, now);
    return found.waitFor(queue, holder.demand(), now) ? found : null;
  }

  private boolean waitFor(QueueState<?> queue, Demand demand, long now) {
    room = queue.room();
    int fitting = 0;
    for (int i = 0; i < cpus.length; i++) {
      fitting += hasRoomFor(i, demand) ? 1 : 0;
    }
    for (Allocation next : ends(queue)) {
      long end = Math.max(next.end, now);
      if (end > start && fits(demand, fitting)) {
        break;
      }
      if (next.end == Candidate.UNLIMITED) {
        return false;
      }
      start = end;
      room += next.queue == queue && room < Long.MAX_VALUE ? next.cpus() : 0;
      fitting += next.environment() == environment ? giveBack(next, demand) : 0;
    }
    if (!fits(demand, fitting)) {
      return false;
    }
    promised = environment.chooseThen(demand, this);
    take(demand, promised);
    takeRoom(EnvironmentState.cpusOf(promised, demand));
    return true;
  }

  /** What may make room: ends here, and where cpus are kept back those of all jobs of the queue. */
  private Collection<Allocation> ends(QueueState<?> queue) {
    if (room == Long.MAX_VALUE) {
      return environment.running();
    }
    List<Allocation> ends = new ArrayList<>(environment.running());
    for (EnvironmentState other : queue.environments()) {
      if (other != environment) {
        other.running().stream().filter(running -> running.queue == queue).forEach(ends::add);
      }
    }
    ends.sort(Allocation.BY_END);
    return ends;
  }

  private boolean fits(Demand demand, int fitting) {
    return fitting >= demand.nodes()
        && EnvironmentState.covers(pools, demand)
        && (room == Long.MAX_VALUE || cpusFor(demand) <= room);
  }

  private long cpusFor(Demand demand) {
    return demand.exclusive()
        ? EnvironmentState.cpusOf(environment.chooseThen(demand, this), demand)
        : (long) demand.nodes() * demand.cpus();
  }

  /** Returns how many nodes more have room for the demand now. */
  private int giveBack(Allocation ended, Demand demand) {
    int more = 0;
    for (NodeState node : ended.nodes()) {
      int i = node.place();
      boolean before = hasRoomFor(i, demand);
      cpus[i] += node.cpusFor(ended.demand());
      memory[i] += ended.demand().memory().bytes();
      gpus[i] += ended.demand().gpus();
      more += !before && hasRoomFor(i, demand) ? 1 : 0;
    }
    if (!ended.demand().consumables().isEmpty()) {
      ended.demand().consumables().forEach((name, amount) -> pools.merge(name, amount, Long::sum));
    }
    return more;
  }

  /** The instant, in nanoseconds. */
  long start() {
    return start;
  }

  /** The nodes that the job will get then. */
  List<NodeState> promised() {
    return promised;
  }

  /** How many cpus of a node are left then. */
  int freeCpus(int node) {
    return cpus[node];
  }

  /** Whether a node has room then. */
  boolean hasRoomFor(int node, Demand demand) {
    NodeState state = environment.nodes().get(node);
    return state.cpusFor(demand) <= cpus[node]
        && demand.memory().bytes() <= memory[node]
        && demand.gpus() <= gpus[node]
        && state.isAvailable()
        && state.holds(demand);
  }

  /** How many cpus the queue may still use then, the promised ones being in use. */
  long room() {
    return room;
  }

  void takeRoom(long taken) {
    room -= room == Long.MAX_VALUE ? 0 : taken;
  }

  /** Whether the pools have enough then. */
  boolean poolsCover(Demand demand) {
    return EnvironmentState.covers(pools, demand);
  }

  /** Takes what a job will hold then. */
  void take(Demand demand, List<NodeState> nodes) {
    for (NodeState node : nodes) {
      int i = node.place();
      cpus[i] -= node.cpusFor(demand);
      memory[i] -= demand.memory().bytes();
      gpus[i] -= demand.gpus();
    }
    demand.consumables().forEach((name, amount) -> pools.merge(name, -amount, Long::sum));
  }
}
