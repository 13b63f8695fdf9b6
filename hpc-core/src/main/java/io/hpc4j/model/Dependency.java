package io.hpc4j.model;

import java.util.Objects;

/**
 * A condition on another job that has to be met before a job may start.
 *
 * <p>A condition that can no longer be met ends the job as FAILED with {@link
 * Reason#DEPENDENCY_FAILED}.
 *
 * @param kind the condition
 * @param on the job or array it is about
 */
public record Dependency(Kind kind, JobId on) {
  /** The conditions there are. */
  public enum Kind {
    /** The other job has succeeded. */
    SUCCESS,
    /** The other job has ended, however. */
    END,
    /** The other job has failed; being cancelled is not failing. */
    FAILURE,
    /** The element of the same index in the other array has succeeded. */
    EACH;

    /**
     * Whether the condition is met by how the other job, or the element that it is about, has
     * ended; if not, it never will be.
     *
     * @param ended a final state
     */
    public boolean isMetBy(JobState ended) {
      return switch (this) {
        case SUCCESS, EACH -> ended == JobState.SUCCEEDED;
        case END -> true;
        case FAILURE -> ended == JobState.FAILED;
      };
    }
  }

  /** Checks for {@code null}. */
  public Dependency {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(on, "on");
  }
}
