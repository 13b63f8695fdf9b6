package io.hpc4j.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One try at running a job or an element.
 *
 * @param number 1 for the first
 * @param state where it is; of an attempt that was followed by another, how it ended
 * @param reason why it ended; absent while it has not
 * @param exit how its process ended; absent without a process
 * @param nodes the nodes it had, main node first
 * @param startedAt when it started to run; absent if it never did
 * @param endedAt when it ended; absent while it has not
 * @param message the ending in words; may be empty
 * @param usage what it used
 */
public record Attempt(
    int number,
    JobState state,
    Optional<Reason> reason,
    Optional<Exit> exit,
    List<String> nodes,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    String message,
    Usage usage) {
  /** Checks for {@code null} and copies the nodes. */
  public Attempt {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(exit, "exit");
    nodes = List.copyOf(nodes);
    Objects.requireNonNull(startedAt, "startedAt");
    Objects.requireNonNull(endedAt, "endedAt");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(usage, "usage");
  }
}
