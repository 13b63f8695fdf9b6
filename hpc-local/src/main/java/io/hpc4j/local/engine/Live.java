package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Allocation;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.time.Cancellable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An attempt that has started and not ended, or that waits to be repeated. */
final class Live {
  final JobRecord job;
  final int rank;
  final int attempt;
  final Memory memory;
  JobState state = JobState.STARTING;
  @Nullable Allocation allocation;
  List<List<Integer>> gpus = List.of();
  private List<String> nodes = List.of();

  /** When its process has ended, if not just now. */
  @Nullable Instant processEnd;

  /** When it may start at the earliest, if it waits to be repeated. */
  @Nullable Instant notBefore;

  @Nullable Instant startedAt;
  @Nullable Run run;
  @Nullable Ending decision;

  /** Whether somebody wants no further attempt, though this one ends for an earlier reason. */
  boolean isLast;

  private @Nullable Duration cpuTime;
  private boolean cpuUnknown;
  private @Nullable Memory peakMemory;
  private List<Cancellable> timers = List.of();

  Live(JobRecord job, int rank, int attempt, Memory memory) {
    this.job = job;
    this.rank = rank;
    this.attempt = attempt;
    this.memory = memory;
  }

  void takes(Allocation given) {
    allocation = given;
    gpus = given.gpus();
  }

  /** Says on which nodes it runs where there may be no allocation. */
  void isOn(List<String> nodeNames) {
    nodes = nodeNames;
  }

  List<String> nodeNames() {
    if (nodes.isEmpty() && allocation != null) {
      nodes = allocation.nodeNames(); // of many nobody wants to know
    }
    return nodes;
  }

  /** Whether its end need not be remembered. */
  boolean isPlain(Ending how) {
    int count = allocation == null ? nodes.size() : allocation.nodes().size();
    return job.isPlain(rank, attempt, count, how);
  }

  /** Adds what one of its processes has used; one that nobody measured leaves the sum unknown. */
  void addCpuTime(@Nullable Duration more) {
    if (more == null) {
      cpuUnknown = true;
    } else {
      cpuTime = cpuTime == null ? more : cpuTime.plus(more);
    }
  }

  /** Notes how much memory it holds now. */
  void holds(Memory now) {
    if (peakMemory == null || now.compareTo(peakMemory) > 0) {
      peakMemory = now;
    }
  }

  Optional<Duration> cpuTime() {
    return cpuUnknown ? Optional.empty() : Optional.ofNullable(cpuTime);
  }

  Optional<Memory> peakMemory() {
    return Optional.ofNullable(peakMemory);
  }

  /** The number of its main node, or {@link Elements#NO_NODE}. */
  int mainNode() {
    return allocation == null ? Elements.NO_NODE : allocation.nodes().get(0).number();
  }

  boolean isActive() {
    return state.isActive();
  }

  void addTimer(Cancellable timer) {
    if (timers.isEmpty()) {
      timers = List.of(timer); // mostly the only one
    } else {
      timers = new ArrayList<>(timers);
      timers.add(timer);
    }
  }

  void cancelTimers() {
    timers.forEach(Cancellable::cancel);
    timers = List.of();
  }
}
