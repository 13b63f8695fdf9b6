package io.hpc4j.spi;

import io.hpc4j.model.IndexSet;
import java.util.Objects;

/**
 * A native job that a backend has accepted for a submission, or for a further attempt of one.
 *
 * @param nativeId the backend's id of it
 * @param indices the elements that it is for; empty outside an array
 * @param memo what the backend wants to be told of it when it takes the job up again; empty if
 *     nothing
 */
public record Accepted(String nativeId, IndexSet indices, String memo) {
  /** Checks for {@code null}. */
  public Accepted {
    Objects.requireNonNull(nativeId, "nativeId");
    Objects.requireNonNull(indices, "indices");
    Objects.requireNonNull(memo, "memo");
  }
}
