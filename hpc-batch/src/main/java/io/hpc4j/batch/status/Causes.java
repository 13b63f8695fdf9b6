package io.hpc4j.batch.status;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Why a job of AWS Batch's ended, by the words that AWS gives as its reasons: they say more than
 * the exit code, which is 137 or even 0 for a container that ran out of memory. Pure.
 *
 * @param state how it ended
 * @param reason why
 */
record Causes(JobState state, Reason reason) {
  /** A pattern of words, and the reason that it stands for. */
  private record Rule(BiPredicate<String, String> matches, String words, Reason reason) {}

  /** In the order in which they are asked. */
  private static final List<Rule> RULES =
      List.of(
          begins("dependent job", Reason.DEPENDENCY_FAILED),
          begins("canceled by jobstatetimelimit", Reason.UNSCHEDULABLE),
          holds("exceeded timeout", Reason.TIMEOUT),
          begins("outofmemoryerror", Reason.OUT_OF_MEMORY),
          begins("host ec2", Reason.SPOT_RECLAIMED),
          begins("your spot task was interrupted", Reason.SPOT_RECLAIMED),
          begins("cannotpull", Reason.IMAGE_PULL),
          begins("container overrides length", Reason.REJECTED));

  /** What AWS itself ends so; whatever else was stopped was stopped by somebody. */
  private static final Set<Reason> BY_AWS = Set.of(Reason.DEPENDENCY_FAILED, Reason.UNSCHEDULABLE);

  /** Words that tell the cause where there is no exit code. */
  private static final Map<String, Reason> WITHOUT_EXIT =
      Map.of(
          "task failed to start", Reason.LAUNCH_FAILURE,
          "cannotstartcontainererror", Reason.LAUNCH_FAILURE,
          "cannotcreatecontainererror", Reason.LAUNCH_FAILURE,
          "dockertimeouterror", Reason.LAUNCH_FAILURE,
          "resourceinitializationerror", Reason.LAUNCH_FAILURE,
          "containerruntimeerror", Reason.LAUNCH_FAILURE,
          "agent", Reason.NODE_FAILURE);

  private static Rule begins(String words, Reason reason) {
    return new Rule(String::startsWith, words, reason);
  }

  private static Rule holds(String words, Reason reason) {
    return new Rule(String::contains, words, reason);
  }

  /**
   * The cause of an ending.
   *
   * @param succeeded whether AWS says that it succeeded
   * @param stopped whether AWS says that somebody cancelled or terminated it
   * @param statusReason AWS's reason for the job's state
   * @param reason AWS's reason for the container's state
   * @param exitCode the container's
   */
  static Causes of(
      boolean succeeded,
      boolean stopped,
      String statusReason,
      String reason,
      @Nullable Integer exitCode) {
    String status = statusReason.toLowerCase(Locale.ROOT);
    String container = reason.toLowerCase(Locale.ROOT);
    if (succeeded) {
      return container.startsWith("outofmemoryerror")
          ? new Causes(JobState.FAILED, Reason.OUT_OF_MEMORY)
          : new Causes(JobState.SUCCEEDED, Reason.SUCCESS);
    }
    Optional<Reason> told = told(status, container);
    if (stopped && told.filter(BY_AWS::contains).isEmpty()) { // the words are the user's
      return new Causes(JobState.CANCELLED, Reason.CANCELLED);
    }
    return new Causes(
        JobState.FAILED, told.or(() -> byExit(status, container, exitCode)).orElse(Reason.UNKNOWN));
  }

  private static Optional<Reason> told(String status, String container) {
    return RULES.stream()
        .filter(
            rule ->
                rule.matches().test(status, rule.words())
                    || rule.matches().test(container, rule.words()))
        .map(Rule::reason)
        .findFirst();
  }

  private static Optional<Reason> byExit(
      String status, String container, @Nullable Integer exitCode) {
    if (exitCode != null && exitCode != 0) {
      return Optional.of(
          Exit.fromShell(exitCode).isAmbiguous() ? Reason.SIGNALLED : Reason.NON_ZERO_EXIT);
    }
    return WITHOUT_EXIT.entrySet().stream()
        .filter(e -> status.startsWith(e.getKey()) || container.startsWith(e.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
