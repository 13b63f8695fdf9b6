package io.hpc4j.batch.status;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What AWS Batch tells of one of its jobs, in our words.
 *
 * @param state where it is; absent for a word that is not known here
 * @param reason why it ended
 * @param exit how its process ended
 * @param created when it was submitted
 * @param started when its latest attempt started
 * @param ended when it ended
 * @param nodes where it runs or ran
 * @param message AWS's own words, those that say most
 * @param nativeState AWS's word for the state, with its reason
 * @param statusReason AWS's reason for the state; may be empty
 * @param attempts those that have started, from 1
 * @param logStreams where each attempt writes, by the attempt
 * @param logGroup where CloudWatch keeps them, where the job says so; may be empty
 * @param summary how many elements of an array are in each state, by AWS's words; empty for others
 */
public record Seen(
    Optional<JobState> state,
    Optional<Reason> reason,
    Optional<Exit> exit,
    Optional<Instant> created,
    Optional<Instant> started,
    Optional<Instant> ended,
    List<String> nodes,
    String message,
    String nativeState,
    String statusReason,
    List<Attempt> attempts,
    Map<Integer, String> logStreams,
    String logGroup,
    Map<String, Integer> summary) {
  /** Copies the collections. */
  public Seen {
    nodes = List.copyOf(nodes);
    attempts = List.copyOf(attempts);
    logStreams = Map.copyOf(logStreams);
    summary = Map.copyOf(summary);
  }

  /** Whether AWS itself says that it has ended, rather than that it is going to. */
  public boolean hasEndedThere() {
    return nativeState.startsWith("FAILED") || nativeState.startsWith("SUCCEEDED");
  }

  /** Which attempt it is at, from 1. */
  public int attempt() {
    int seen = Math.max(1, attempts.size());
    boolean between =
        !attempts.isEmpty()
            && attempts.get(seen - 1).endedAt().isPresent()
            && state.map(s -> !s.isEnded()).orElse(false);
    return between ? seen + 1 : seen;
  }
}
