package io.hpc4j.batch.request;

import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.batch.model.EvaluateOnExit;
import software.amazon.awssdk.services.batch.model.RetryAction;
import software.amazon.awssdk.services.batch.model.RetryStrategy;

/**
 * Says a retry policy in AWS Batch's words, where that is exact. AWS asks its rules in order and
 * repeats what no rule matches, so a last rule ends the rest. Cancelled and timed-out attempts are
 * never repeated by it. Pure.
 */
public final class Retries {
  private static final int MOST_RULES = 5;
  private static final EvaluateOnExit OUT_OF_MEMORY =
      EvaluateOnExit.builder().onReason("OutOfMemoryError*").action(RetryAction.EXIT).build();
  private static final EvaluateOnExit REST =
      EvaluateOnExit.builder().onReason("*").action(RetryAction.EXIT).build();

  /** The reasons that are told by an exit code alone. */
  private static final Set<Reason> EXITS = Set.of(Reason.NON_ZERO_EXIT, Reason.SIGNALLED);

  /** The reasons that AWS can tell apart by its words. */
  private static final Map<Reason, List<EvaluateOnExit>> RULES =
      Map.of(
          Reason.SPOT_RECLAIMED,
          List.of(
              retry().onStatusReason("Host EC2*").build(),
              retry().onStatusReason("Your Spot Task was interrupted*").build()),
          Reason.IMAGE_PULL,
          List.of(retry().onReason("CannotPull*").build()),
          Reason.OUT_OF_MEMORY,
          List.of(retry().onReason("OutOfMemoryError*").build()));

  private Retries() {}

  private static EvaluateOnExit.Builder retry() {
    return EvaluateOnExit.builder().action(RetryAction.RETRY);
  }

  /** The strategy; empty if the client has to carry the policy out. */
  public static Optional<RetryStrategy> natively(RetryPolicy policy) {
    if (policy.maxAttempts() < 2) {
      return Optional.of(RetryStrategy.builder().attempts(1).build());
    }
    if (!policy.delay().isZero() || policy.rules().size() > 1) {
      return Optional.empty();
    }
    List<EvaluateOnExit> rules = new ArrayList<>();
    if (!policy.rules().isEmpty() && !say(policy.rules().get(0), rules)) {
      return Optional.empty();
    }
    RetryStrategy.Builder strategy = RetryStrategy.builder().attempts(policy.maxAttempts());
    return Optional.of((rules.isEmpty() ? strategy : strategy.evaluateOnExit(rules)).build());
  }

  private static boolean say(RetryPolicy.Rule rule, List<EvaluateOnExit> all) {
    if (!rule.retry() || rule.memoryFactor() != 1.0) {
      return false;
    }
    if (!rule.exitCodes().isEmpty()) {
      if (!rule.reasons().isEmpty() || rule.exitCodes().contains(0)) {
        return false;
      }
      rule.exitCodes().forEach(code -> all.add(retry().onExitCode("" + code).build()));
    } else {
      for (Reason reason : rule.reasons()) {
        if (!EXITS.contains(reason) && !RULES.containsKey(reason)) {
          return false;
        }
        all.addAll(RULES.getOrDefault(reason, List.of()));
      }
      long exits = rule.reasons().stream().filter(EXITS::contains).count();
      if (exits == 1) {
        return false; // AWS tells one from the other no better than by the number
      }
      if (exits == 2) {
        if (!rule.reasons().contains(Reason.OUT_OF_MEMORY)) {
          all.add(OUT_OF_MEMORY); // it has an exit code too
        }
        all.add(retry().onExitCode("*").build());
      }
    }
    all.add(REST);
    return all.size() <= MOST_RULES;
  }
}
