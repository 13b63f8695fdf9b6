package io.hpc4j.slurm;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Usage;
import io.hpc4j.model.WaitReason;
import io.hpc4j.slurm.query.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a source has told of one attempt.
 *
 * @param attempt its number
 * @param state where it is
 * @param reason why it ended
 * @param exit how its script ended
 * @param waits why it waits
 * @param started when it got its nodes
 * @param ended when it ended
 * @param nodes its nodes, the main one first
 * @param message how it ended, in words
 * @param nativeState Slurm's own words
 * @param source who told it
 * @param usage what it has used
 */
record Sight(
    int attempt,
    JobState state,
    Optional<Reason> reason,
    Optional<Exit> exit,
    Optional<WaitReason> waits,
    Optional<Instant> started,
    Optional<Instant> ended,
    List<String> nodes,
    String message,
    String nativeState,
    String source,
    Usage usage) {

  /** What is known when Slurm has taken it. */
  static Sight accepted(int attempt) {
    return new Sight(
        attempt,
        JobState.SUBMITTED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        "",
        "",
        "sbatch",
        Usage.UNKNOWN);
  }

  /** What a row of squeue or a record of sacct says; a word that is not known changes no state. */
  Sight told(
      int number,
      Verdict verdict,
      Optional<Instant> start,
      Optional<Instant> end,
      List<String> hosts,
      String by,
      Usage used) {
    return new Sight(
        number,
        verdict.state().orElse(state),
        verdict.reason(),
        verdict.exit(),
        verdict.waitReason(),
        start,
        end,
        hosts,
        "",
        verdict.nativeText(),
        by,
        used);
  }

  /** Returns this with an ending of another reason than its source knows. */
  Sight ending(JobState how, Reason why, String words) {
    return new Sight(
        attempt,
        how,
        Optional.of(why),
        exit,
        Optional.empty(),
        started,
        ended,
        nodes,
        words,
        nativeState,
        source,
        usage);
  }

  /** Returns this as one that never ran. */
  Sight neverStarted(Instant end) {
    return new Sight(
        attempt,
        state,
        reason,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(end),
        List.of(),
        message,
        nativeState,
        source,
        usage);
  }

  /** Returns this with a reason to wait. */
  Sight waiting(JobState where, WaitReason why) {
    return new Sight(
        attempt,
        where,
        Optional.empty(),
        Optional.empty(),
        Optional.of(why),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        "",
        nativeState,
        source,
        usage);
  }

  Attempt toAttempt() {
    Optional<Duration> elapsed =
        started.flatMap(since -> ended.map(until -> Duration.between(since, until)));
    return new Attempt(
        attempt,
        state,
        reason,
        exit,
        nodes,
        started,
        ended,
        message,
        new Usage(usage.elapsed().or(() -> elapsed), usage.cpuTime(), usage.peakMemory()));
  }
}
