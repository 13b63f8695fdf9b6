package io.hpc4j.model;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a job has not started, or stands still.
 *
 * @param kind the cause, to be matched on
 * @param detail the cause in words, with the values that matter; for people
 * @param jobs the jobs that it waits for: those it depends on, or the one that nodes are reserved
 *     for; empty where no single job is the cause
 * @param expectedStart when it is expected to start, as far as that is known now; it may come
 *     earlier or later
 */
public record WaitReason(
    Kind kind, String detail, List<JobId> jobs, Optional<Instant> expectedStart) {
  /** The causes of waiting. */
  public enum Kind {
    /** Another job must end first. */
    DEPENDENCY,
    /** A job that this one depends on is {@link JobState#LOST}; somebody has to settle it. */
    DEPENDENCY_LOST,
    /** Held; somebody has to release it. */
    HELD,
    /** Its begin time has not come. */
    BEGIN_TIME,
    /** The delay before a retry is not over. */
    RETRY_DELAY,
    /** As many elements of the array run as its throttle allows. */
    THROTTLE,
    /** Jobs that go first have not started. */
    PRIORITY,
    /** Other shares have used less for their weight and go first. */
    SHARE,
    /** What is free is reserved for a job that goes first, or kept for shares not active. */
    RESERVED,
    /** Not enough is free; of what, the backend does not say. */
    RESOURCES,
    /** Not enough cpus are free. */
    CPUS,
    /** Not enough memory is free. */
    MEMORY,
    /** Not enough GPUs are free. */
    GPUS,
    /** Not enough nodes are free at once, though each of its needs could be met on some node. */
    NODES,
    /** Not enough of a named consumable is free. */
    CONSUMABLES,
    /** Nodes that it needs are down or drained. */
    NODES_UNAVAILABLE,
    /** No node could ever hold it. */
    NEVER_FITS,
    /** The queue takes jobs but starts none. */
    QUEUE_DISABLED,
    /** It is running and has been suspended. */
    SUSPENDED,
    /** The backend's own words are in the detail. */
    OTHER
  }

  /** Checks all against {@code null}. */
  public WaitReason {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(expectedStart, "expectedStart");
    jobs = List.copyOf(jobs);
  }

  /** A cause alone: no job that it waits for, no start that is expected. */
  public WaitReason(Kind kind, String detail) {
    this(kind, detail, List.of(), Optional.empty());
  }

  /** Returns this with the jobs that it waits for. */
  public WaitReason about(Collection<JobId> others) {
    return new WaitReason(kind, detail, List.copyOf(others), expectedStart);
  }

  /** Returns this with an expected start. */
  public WaitReason expectedAt(Instant start) {
    return new WaitReason(kind, detail, jobs, Optional.of(start));
  }

  /** The detail. */
  @Override
  public String toString() {
    return detail;
  }
}
