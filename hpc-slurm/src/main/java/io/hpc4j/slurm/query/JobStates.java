package io.hpc4j.slurm.query;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.WaitReason;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What Slurm's words for a job mean. A total function: a word that is not known is kept and moves
 * no job.
 *
 * <p>Success is {@code COMPLETED} alone, and only with exit status zero. Of a job that failed the
 * exit status says why where it can; the reason's word stays the same for a signal, for a script
 * that could not be started and for a memory limit.
 */
public final class JobStates {
  private static final Map<String, Reason> WHY_FAILED =
      Map.of(
          "JobLaunchFailure", Reason.LAUNCH_FAILURE,
          "NodeDown", Reason.NODE_FAILURE,
          "TimeLimit", Reason.TIMEOUT,
          "DeadLine", Reason.DEADLINE,
          "BadConstraints", Reason.REJECTED,
          "InvalidAccount", Reason.REJECTED,
          "InvalidQOS", Reason.REJECTED);

  private JobStates() {}

  /**
   * Says what a row of squeue means.
   *
   * @param state the word for the state
   * @param reason the word for the reason, or free text
   * @param waitStatus the script's wait status
   */
  public static Verdict ofQueue(String state, String reason, OptionalInt waitStatus) {
    return verdict(state, reason, ExitStatus.ofWait(waitStatus), false);
  }

  /**
   * Says what a record of sacct means.
   *
   * @param state the word for the state
   * @param reason the word for the reason why it last waited
   * @param exitCode its exit code, {@code code:signal}, where the code may lack 128
   * @param dependencyFailed whether Slurm cancelled it because of its dependency
   */
  static Verdict ofAccounting(
      String state, String reason, String exitCode, boolean dependencyFailed) {
    return verdict(state, reason, ExitStatus.ofAccounting(exitCode), dependencyFailed);
  }

  private static Verdict verdict(
      String state, String reason, Optional<ExitStatus> status, boolean dependencyFailed) {
    String text = UnreadableReply.quote(isNone(reason) ? state : state + " (" + reason + ")");
    Optional<StateWord> found = StateWord.find(state);
    if (found.isEmpty()) {
      return Verdict.unknown(text);
    }
    StateWord word = found.get();
    if (!word.state().isEnded()) {
      return open(word, reason, text);
    }
    if (word == StateWord.CANCELLED
        && (dependencyFailed || reason.equals("DependencyNeverSatisfied"))) {
      return Verdict.ended(JobState.FAILED, Reason.DEPENDENCY_FAILED, Optional.empty(), text);
    }
    if (word == StateWord.COMPLETED && status.isEmpty()) {
      return Verdict.unknown(text);
    }
    if (word == StateWord.COMPLETED && status.filter(ExitStatus::isZero).isPresent()) {
      return Verdict.ended(JobState.SUCCEEDED, Reason.SUCCESS, Optional.of(Exit.code(0)), text);
    }
    Optional<Exit> exit = status.flatMap(ExitStatus::exit);
    if (word == StateWord.COMPLETED || word == StateWord.FAILED) {
      return Verdict.ended(JobState.FAILED, whyFailed(reason, status), exit, text);
    }
    return Verdict.ended(word.state(), word.reason().orElse(Reason.UNKNOWN), exit, text);
  }

  private static Reason whyFailed(String reason, Optional<ExitStatus> status) {
    if (reason.equals("OutOfMemory") || status.filter(ExitStatus::isOutOfMemory).isPresent()) {
      return Reason.OUT_OF_MEMORY;
    }
    if (status.filter(ExitStatus::isNotLaunched).isPresent()) {
      return Reason.LAUNCH_FAILURE;
    }
    return status
        .flatMap(ExitStatus::exit)
        .map(exit -> exit.signal().isPresent() ? Reason.SIGNALLED : Reason.NON_ZERO_EXIT)
        .orElseGet(() -> WHY_FAILED.getOrDefault(reason, Reason.UNKNOWN));
  }

  private static Verdict open(StateWord word, String reason, String text) {
    return switch (word) {
      case PENDING -> {
        WaitReason why = WaitReasons.of(reason);
        yield Verdict.waiting(stateOf(why.kind()), why, text);
      }
      case REQUEUED, REQUEUE_FED -> Verdict.waiting(JobState.PENDING, WaitReasons.REQUEUED, text);
      case REQUEUE_HOLD, SPECIAL_EXIT, RESV_DEL_HOLD ->
          Verdict.waiting(JobState.PENDING, WaitReasons.HELD_BY_SLURM, text);
      case SUSPENDED, STOPPED -> Verdict.waiting(JobState.RUNNING, WaitReasons.SUSPENDED, text);
      default -> Verdict.active(word.state(), text);
    };
  }

  private static JobState stateOf(WaitReason.Kind why) {
    return switch (why) {
      case DEPENDENCY, HELD, BEGIN_TIME, RETRY_DELAY -> JobState.PENDING;
      default -> JobState.RUNNABLE;
    };
  }

  private static boolean isNone(String reason) {
    return reason.isEmpty() || reason.equals("None") || reason.equals("(null)");
  }
}
