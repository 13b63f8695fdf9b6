package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Demand;
import io.hpc4j.local.schedule.EnvironmentState;
import io.hpc4j.local.schedule.Nanos;
import io.hpc4j.local.schedule.QueueState;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.WaitReason;
import io.hpc4j.model.WaitReason.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Says why a job has not started. Reads, and changes nothing. */
final class Explainer {
  private Explainer() {}

  /** Explains an element. */
  static Optional<WaitReason> explain(JobRecord job, int rank) {
    Live live = job.live.get(rank);
    if (!job.state(rank).isWaiting()) {
      return Optional.empty();
    }
    if (live != null && live.state == JobState.PENDING && job.isOpen()) {
      return Optional.of(new WaitReason(Kind.RETRY_DELAY, "waits before attempt " + live.attempt));
    }
    Optional<WaitReason> closed = closed(job);
    if (closed.isPresent()) {
      return closed;
    }
    if (live == null && !job.isReady(rank)) {
      return Optional.of(
          job.request.sequential()
              ? new WaitReason(Kind.DEPENDENCY, "waits for the elements before it")
              : new WaitReason(
                      Kind.DEPENDENCY, "waits for the elements of its index in other arrays")
                  .about(sameIndex(job, rank)));
    }
    return Optional.of(capacity(job, live == null ? job.demand() : job.demandOf(live)));
  }

  private static List<JobId> sameIndex(JobRecord job, int rank) {
    return job.request.dependencies().stream()
        .filter(dependency -> dependency.kind() == Dependency.Kind.EACH)
        .map(dependency -> dependency.on().element(job.indices.indexAt(rank)))
        .toList();
  }

  /** Explains a job, or an array by its next element. */
  static Optional<WaitReason> explain(JobRecord job) {
    if (!job.isArray()) {
      return explain(job, 0);
    }
    if (job.hasEnded() || (job.elements.untouched() == 0 && !waitsToRepeat(job))) {
      return Optional.empty();
    }
    if (job.canStart() || !job.isOpen()) {
      return closed(job).or(() -> Optional.of(capacity(job, job.demand())));
    }
    if (job.isThrottled()) {
      return Optional.of(
          new WaitReason(
              Kind.THROTTLE, job.active + " elements run, as many as the throttle allows"));
    }
    int rank = job.elements.next();
    return rank < job.elements.size()
        ? explain(job, rank)
        : Optional.of(new WaitReason(Kind.RETRY_DELAY, "waits before elements are repeated"));
  }

  private static boolean waitsToRepeat(JobRecord job) {
    return job.live.values().stream().anyMatch(live -> !live.isActive());
  }

  private static Optional<WaitReason> closed(JobRecord job) {
    if (job.held) {
      return Optional.of(new WaitReason(Kind.HELD, "is held until somebody releases it"));
    }
    if (!job.unmet().isEmpty()) {
      List<String> on = job.unmet().stream().map(Explainer::describe).toList();
      return Optional.of(
          new WaitReason(Kind.DEPENDENCY, "waits for " + String.join(", ", on))
              .about(job.unmet().stream().map(Dependency::on).toList()));
    }
    if (!job.begun) {
      return Optional.of(
          new WaitReason(
              Kind.BEGIN_TIME, "may not begin before " + job.request.begin().orElseThrow()));
    }
    return Optional.empty();
  }

  private static String describe(Dependency dependency) {
    return "job " + dependency.on() + " (" + dependency.kind() + ")";
  }

  private static WaitReason capacity(JobRecord job, Demand demand) {
    String queue = job.queue.definition().name();
    if (!job.queue.definition().enabled()) {
      return new WaitReason(Kind.QUEUE_DISABLED, "queue " + queue + " is disabled");
    }
    if (job.isThrottled()) {
      return new WaitReason(
          Kind.THROTTLE, job.active + " elements run, as many as the throttle allows");
    }
    if (!job.queue.couldEverHold(demand)) {
      return new WaitReason(
          Kind.NEVER_FITS, "needs " + demand + ", " + largest(job.queue) + " in queue " + queue);
    }
    if (!job.queue.couldHoldNow(demand)) {
      return new WaitReason(
          Kind.NODES_UNAVAILABLE, "needs " + demand + ", and nodes are down or drained");
    }
    return Shortage.of(job.queue, demand).orElseGet(() -> turn(job, demand));
  }

  /** Enough is free, and others go first. */
  private static WaitReason turn(JobRecord job, Demand demand) {
    QueueState<JobRecord> queue = job.queue;
    if (!queue.isAllowed(demand)) {
      return new WaitReason(
          Kind.RESERVED,
          "needs "
              + demand
              + ", and its queue's policy lets active shares use "
              + queue.open()
              + " cpus in all");
    }
    for (EnvironmentState environment : queue.environments()) {
      Optional<JobRecord> holder =
          environment.reservedFor().map(JobRecord.class::cast).filter(other -> other != job);
      if (holder.isPresent() && environment.hasRoomFor(demand)) {
        return new WaitReason(
                Kind.RESERVED,
                "what is free in "
                    + environment.definition().name()
                    + " is reserved for job "
                    + holder.get().number
                    + " from "
                    + Nanos.instant(environment.reservedAt()))
            .about(List.of(holder.get().id));
      }
    }
    String name = queue.definition().name();
    return queue
        .goesBefore(job)
        .map(share -> new WaitReason(Kind.SHARE, "share " + share + " goes first in queue " + name))
        .orElseGet(
            () -> new WaitReason(Kind.PRIORITY, "waits for jobs that go first in queue " + name));
  }

  /** The largest node of a queue, in words. */
  static String largest(QueueState<JobRecord> queue) {
    return queue.environments().stream()
        .flatMap(environment -> environment.nodes().stream())
        .max(Comparator.comparingInt(node -> node.capacity().cpus()))
        .map(
            node ->
                "largest node has " + node.capacity().cpus() + " cpus, " + node.capacity().memory())
        .orElse("there is no node");
  }
}
