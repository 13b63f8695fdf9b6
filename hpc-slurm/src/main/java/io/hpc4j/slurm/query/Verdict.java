package io.hpc4j.slurm.query;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.WaitReason;
import java.util.Optional;

/**
 * What one row says of a job, in the words of the model.
 *
 * @param state where the job is; absent for a word that is not known: the job keeps the state that
 *     it had
 * @param reason why it ended; absent while it has not
 * @param exit how its script ended; absent without one, and where the source does not tell
 * @param waitReason why it stands still
 * @param nativeText Slurm's own words
 */
public record Verdict(
    Optional<JobState> state,
    Optional<Reason> reason,
    Optional<Exit> exit,
    Optional<WaitReason> waitReason,
    String nativeText) {

  static Verdict unknown(String nativeText) {
    return new Verdict(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), nativeText);
  }

  static Verdict active(JobState state, String nativeText) {
    return new Verdict(
        Optional.of(state), Optional.empty(), Optional.empty(), Optional.empty(), nativeText);
  }

  static Verdict waiting(JobState state, WaitReason why, String nativeText) {
    return new Verdict(
        Optional.of(state), Optional.empty(), Optional.empty(), Optional.of(why), nativeText);
  }

  static Verdict ended(JobState state, Reason reason, Optional<Exit> exit, String nativeText) {
    return new Verdict(Optional.of(state), Optional.of(reason), exit, Optional.empty(), nativeText);
  }

  /** Whether the row says that the job has ended. */
  public boolean isEnded() {
    return state.filter(JobState::isEnded).isPresent();
  }
}
