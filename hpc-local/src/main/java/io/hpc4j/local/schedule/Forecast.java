package io.hpc4j.local.schedule;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Plays the future through on copies, by the same passes, if all that runs and all that will start
 * takes as long as its limit and nothing else comes. Not thread-safe; changes nothing.
 *
 * @param <J> the jobs
 */
public final class Forecast<J extends Candidate> {
  private static final int MOST_STARTS = 10_000;

  private final Map<EnvironmentState, EnvironmentState> environments = new HashMap<>();
  private final Map<QueueState<J>, QueueState<Ghost>> queues = new LinkedHashMap<>();
  private final Candidate wanted;
  private int ahead;
  private int starts;
  private boolean found;
  private long now;

  /** Stands for a job and for how much of it can start. */
  private static final class Ghost extends Candidate {
    private final Candidate job;
    private int count;

    Ghost(Candidate job, int count) {
      this.job = job;
      this.count = count;
    }

    @Override
    public int priority() {
      return job.priority();
    }

    @Override
    public long number() {
      return job.number();
    }

    @Override
    public Demand demand() {
      return job.demand();
    }

    @Override
    public long limit() {
      return job.limit();
    }

    @Override
    public String share() {
      return job.share();
    }
  }

  private Forecast(
      Collection<QueueState<J>> all, ToIntFunction<J> count, J wanted, int ahead, long now) {
    this.wanted = wanted;
    this.ahead = ahead;
    this.now = now;
    for (QueueState<J> queue : all) {
      List<EnvironmentState> copies =
          queue.environments().stream()
              .map(e -> environments.computeIfAbsent(e, EnvironmentState::idleCopy))
              .toList();
      queues.put(queue, queue.copy(copies, job -> new Ghost(job, count.applyAsInt(job))));
    }
    environments.forEach((original, copy) -> original.running().forEach(a -> carryOn(a, copy)));
  }

  private void carryOn(Allocation original, EnvironmentState to) {
    List<NodeState> nodes =
        original.nodes().stream().map(node -> to.nodes().get(node.place())).toList();
    Allocation copy = to.adopt(original.demand(), nodes, original.gpus());
    to.runs(copy, original.end);
    QueueState<?> queue = original.queue;
    @Nullable QueueState<Ghost> queueCopy = queue == null ? null : queues.get(queue);
    if (queueCopy != null) {
      queueCopy.carryOn(copy, original);
    }
  }

  /**
   * Tells when a job will start.
   *
   * @param queues all queues
   * @param count how much of a job can start
   * @param ahead how many starts of the job itself come before the one that is asked for
   * @return empty if something without a limit stands in the way, or too much comes before
   */
  public static <J extends Candidate> OptionalLong start(
      Collection<QueueState<J>> queues, ToIntFunction<J> count, J job, int ahead, long now) {
    return new Forecast<>(queues, count, job, ahead, now).play();
  }

  private OptionalLong play() {
    SchedulingPass.run(queues.values(), now, this::start);
    while (!found && starts < MOST_STARTS && endNext()) {
      SchedulingPass.run(queues.values(), now, this::start);
    }
    return found ? OptionalLong.of(now) : OptionalLong.empty();
  }

  private void start(Ghost ghost, Allocation allocation) {
    starts++;
    if (ghost.job == wanted) {
      found |= ahead == 0;
      ahead--;
    }
    ghost.count--;
    if (ghost.count <= 0) {
      for (QueueState<Ghost> queue : queues.values()) {
        boolean unused = queue.remove(ghost); // from the one that it is in
      }
    }
  }

  /** Goes to the next instant at which something ends; whether there is one. */
  private boolean endNext() {
    long next = Candidate.UNLIMITED;
    for (EnvironmentState environment : environments.values()) {
      if (!environment.running().isEmpty()) {
        next = Math.min(next, environment.running().first().end);
      }
    }
    if (next == Candidate.UNLIMITED) {
      return false;
    }
    now = Math.max(now, next);
    for (EnvironmentState environment : environments.values()) {
      while (!environment.running().isEmpty() && environment.running().first().end <= now) {
        environment.running().first().release(now);
      }
    }
    return true;
  }
}
