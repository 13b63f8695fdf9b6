package io.hpc4j.batch.request;

import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.batch.model.KeyValuePair;

/**
 * What a program says in the environment of its jobs of attempts that it makes itself, so that
 * others take no failure for the end that is none: {@code 3 NON_ZERO_EXIT,SIGNALLED}. Pure.
 *
 * @param most how many attempts it makes at most, the first included
 * @param reasons the endings that another may follow
 */
public record FurtherAttempts(int most, Set<Reason> reasons) {
  static final String VARIABLE = "HPC4J_CLIENT_ATTEMPTS";

  /** It makes none: AWS Batch does, or nobody. */
  public static final FurtherAttempts NONE = new FurtherAttempts(1, Set.of());

  private static final RetryPolicy ANY_FAILURE = RetryPolicy.attempts(2);

  /** Copies the set. */
  public FurtherAttempts {
    reasons = Set.copyOf(reasons);
  }

  /** What a program does that carries out a policy. */
  public static FurtherAttempts of(RetryPolicy policy) {
    if (Retries.natively(policy).isPresent()) {
      return NONE;
    }
    Set<Reason> some = EnumSet.noneOf(Reason.class);
    for (Reason reason : Reason.values()) {
      if (follows(policy, reason) || policy.rules().stream().anyMatch(r -> mayMatch(r, reason))) {
        some.add(reason);
      }
    }
    return new FurtherAttempts(policy.maxAttempts(), some);
  }

  private static boolean follows(RetryPolicy policy, Reason reason) {
    return policy.next(1, reason, Optional.empty(), Memory.ofGiB(1)).isPresent();
  }

  /** Whether a rule lets another attempt follow for some exit code. */
  private static boolean mayMatch(RetryPolicy.Rule rule, Reason reason) {
    return rule.retry()
        && !rule.exitCodes().isEmpty()
        && (rule.reasons().isEmpty()
            ? follows(ANY_FAILURE, reason)
            : rule.reasons().contains(reason));
  }

  /** What one of AWS's jobs says; that there are none if it does not. */
  static FurtherAttempts parse(String text) {
    String[] words = text.split(" ", 2);
    try {
      return words.length < 2
          ? NONE
          : new FurtherAttempts(
              Integer.parseInt(words[0]),
              List.of(words[1].split(",")).stream()
                  .map(Reason::valueOf)
                  .collect(Collectors.toSet()));
    } catch (IllegalArgumentException e) {
      return NONE; // none of ours
    }
  }

  /** What the environment of one of AWS's jobs says. */
  public static FurtherAttempts in(List<KeyValuePair> environment) {
    return parse(RequestMapper.value(environment, VARIABLE));
  }

  /** Whether there may be any. */
  public boolean isAny() {
    return most > 1 && !reasons.isEmpty();
  }

  /** Whether another attempt may follow one that has ended so. */
  public boolean mayFollow(int attempt, Reason reason) {
    return attempt < most && reasons.contains(reason);
  }

  /** What the environment is to say. */
  String text() {
    return most
        + " "
        + reasons.stream().sorted().map(Reason::name).collect(Collectors.joining(","));
  }
}
