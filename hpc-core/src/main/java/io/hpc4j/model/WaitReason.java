package io.hpc4j.model;

import java.util.Objects;

/**
 * Why a job has not started, or stands still.
 *
 * @param kind the cause, to be matched on
 * @param detail the cause in words, with the values that matter; for people
 */
public record WaitReason(Kind kind, String detail) {
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
    /** Not enough is free. */
    RESOURCES,
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

  /** Checks both against {@code null}. */
  public WaitReason {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(detail, "detail");
  }

  @Override
  public String toString() {
    return detail;
  }
}
