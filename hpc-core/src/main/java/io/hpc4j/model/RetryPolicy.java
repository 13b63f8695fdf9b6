package io.hpc4j.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How often a failed attempt is followed by another, and when.
 *
 * <p>{@code attempts(n)} alone retries any failure. As soon as a rule says what to retry, only what
 * matches is retried. The first rule that matches decides. An attempt that was cancelled, timed out
 * or lost is retried only if a rule names that reason; a job that never ran, or missed its
 * deadline, is never retried.
 */
public final class RetryPolicy {
  /** The most attempts that may be asked for. */
  public static final int MAX_ATTEMPTS = 10;

  private static final Set<Reason> NEVER =
      Collections.unmodifiableSet(
          EnumSet.of(
              Reason.SUCCESS,
              Reason.DEPENDENCY_FAILED,
              Reason.DEADLINE,
              Reason.UNSCHEDULABLE,
              Reason.REJECTED));
  private static final Set<Reason> ONLY_IF_NAMED =
      Collections.unmodifiableSet(EnumSet.of(Reason.CANCELLED, Reason.TIMEOUT, Reason.LOST));

  private static final RetryPolicy NONE = new RetryPolicy(1, List.of(), null, Duration.ZERO, 1.0);

  private final int maxAttempts;
  private final List<Rule> rules;
  private final @Nullable Memory maxMemory;
  private final Duration delay;
  private final double backoff;

  private RetryPolicy(
      int maxAttempts,
      List<Rule> rules,
      @Nullable Memory maxMemory,
      Duration delay,
      double backoff) {
    this.maxAttempts = maxAttempts;
    this.rules = List.copyOf(rules);
    this.maxMemory = maxMemory;
    this.delay = delay;
    this.backoff = backoff;
  }

  /**
   * One rule: it matches an ending whose reason is among its reasons and whose exit code is among
   * its exit codes; an empty set matches everything.
   *
   * @param reasons the reasons it matches
   * @param exitCodes the exit codes it matches
   * @param retry whether a match means another attempt
   * @param memoryFactor what the next attempt's memory is multiplied by; 1 leaves it alone
   */
  public record Rule(
      Set<Reason> reasons, Set<Integer> exitCodes, boolean retry, double memoryFactor) {
    /** Copies the sets, in the order of their elements. */
    public Rule {
      reasons = reasons.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(reasons));
      exitCodes = Collections.unmodifiableSet(new TreeSet<>(exitCodes));
    }

    boolean matches(Reason reason, Optional<Exit> exit) {
      boolean reasonMatches =
          reasons.contains(reason) || (reasons.isEmpty() && !ONLY_IF_NAMED.contains(reason));
      boolean exitMatches =
          exitCodes.isEmpty()
              || exit.map(e -> e.code().isPresent() && exitCodes.contains(e.code().getAsInt()))
                  .orElse(false);
      return reasonMatches && exitMatches;
    }
  }

  /**
   * What the next attempt is.
   *
   * @param delay how long to wait before it
   * @param memoryPerNode how much memory it gets on each node
   */
  public record Retry(Duration delay, Memory memoryPerNode) {}

  /** Returns the policy of one attempt. */
  public static RetryPolicy none() {
    return NONE;
  }

  /** Returns the policy of at most this many attempts, 1..10, the first included. */
  public static RetryPolicy attempts(int count) {
    return new RetryPolicy(count, List.of(), null, Duration.ZERO, 1.0);
  }

  /** Adds a rule: these reasons are retried. */
  public RetryPolicy retryOn(Reason... reasons) {
    return with(new Rule(Set.of(reasons), Set.of(), true, 1.0));
  }

  /** Adds a rule: these exit codes are retried. */
  public RetryPolicy retryOnExitCode(int... codes) {
    return with(new Rule(Set.of(), Set.copyOf(IntStream.of(codes).boxed().toList()), true, 1.0));
  }

  /** Adds a rule: these reasons are not retried. */
  public RetryPolicy stopOn(Reason... reasons) {
    return with(new Rule(Set.of(reasons), Set.of(), false, 1.0));
  }

  /** Adds a rule: these exit codes are not retried. */
  public RetryPolicy stopOnExitCode(int... codes) {
    return with(new Rule(Set.of(), Set.copyOf(IntStream.of(codes).boxed().toList()), false, 1.0));
  }

  /**
   * Adds a rule: this reason is retried with the memory per node multiplied by a factor above 1.
   */
  public RetryPolicy growMemoryOn(Reason reason, double factor) {
    return with(new Rule(Set.of(reason), Set.of(), true, factor));
  }

  /** Adds any rule. */
  public RetryPolicy with(Rule rule) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(Objects.requireNonNull(rule, "rule"));
    return new RetryPolicy(maxAttempts, more, maxMemory, delay, backoff);
  }

  /** Returns this with a limit that memory never grows beyond; default: none. */
  public RetryPolicy growMemoryUpTo(Memory perNode) {
    return new RetryPolicy(
        maxAttempts, rules, Objects.requireNonNull(perNode, "perNode"), delay, backoff);
  }

  /** Returns this with a wait before the second attempt; default: zero. */
  public RetryPolicy delay(Duration wait) {
    return new RetryPolicy(
        maxAttempts, rules, maxMemory, Objects.requireNonNull(wait, "wait"), backoff);
  }

  /** Returns this with a factor, at least 1, by which each wait is longer than the one before. */
  public RetryPolicy backoff(double factor) {
    return new RetryPolicy(maxAttempts, rules, maxMemory, delay, factor);
  }

  /**
   * Decides what follows an attempt.
   *
   * @param attempt the attempt that ended, from 1, not counting requeues by the backend
   * @param reason why it ended
   * @param exit how its process ended, if it had one
   * @param memoryPerNode the memory it had
   * @return the next attempt; empty when the job has ended
   */
  public Optional<Retry> next(
      int attempt, Reason reason, Optional<Exit> exit, Memory memoryPerNode) {
    if (attempt >= maxAttempts || NEVER.contains(reason)) {
      return Optional.empty();
    }
    for (Rule rule : rules) {
      if (rule.matches(reason, exit)) {
        return rule.retry()
            ? Optional.of(new Retry(delayAfter(attempt), grow(memoryPerNode, rule.memoryFactor())))
            : Optional.empty();
      }
    }
    boolean anyFailure = rules.stream().noneMatch(Rule::retry) && !ONLY_IF_NAMED.contains(reason);
    return anyFailure
        ? Optional.of(new Retry(delayAfter(attempt), memoryPerNode))
        : Optional.empty();
  }

  private Duration delayAfter(int attempt) {
    double factor = Math.pow(backoff, attempt - 1);
    double millis = delay.getSeconds() * 1e3 + delay.getNano() / 1e6; // toMillis() may overflow
    return factor == 1.0 ? delay : Duration.ofMillis(Math.round(millis * factor));
  }

  private Memory grow(Memory memory, double factor) {
    if (factor == 1.0) {
      return memory;
    }
    Memory grown = memory.times(factor);
    if (maxMemory == null || grown.compareTo(maxMemory) <= 0) {
      return grown;
    }
    return maxMemory.compareTo(memory) > 0 ? maxMemory : memory;
  }

  /** The most attempts there may be, the first included. */
  public int maxAttempts() {
    return maxAttempts;
  }

  /** The rules, in the order in which they are asked. */
  public List<Rule> rules() {
    return rules;
  }

  /** The limit that memory never grows beyond. */
  public Optional<Memory> maxMemory() {
    return Optional.ofNullable(maxMemory);
  }

  /** The wait before the second attempt. */
  public Duration delay() {
    return delay;
  }

  /** The factor by which each wait is longer than the one before. */
  public double backoff() {
    return backoff;
  }

  void check(Collection<Problem> problems) {
    if (maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS) {
      problems.add(Problem.of("retry.attempts", maxAttempts, "must be 1.." + MAX_ATTEMPTS));
    }
    if (delay.isNegative()) {
      problems.add(Problem.of("retry.delay", delay, "must not be negative"));
    }
    if (!(backoff >= 1.0 && backoff <= 100.0)) {
      problems.add(Problem.of("retry.backoff", backoff, "must be 1..100"));
    }
    if (maxMemory != null && maxMemory.bytes() <= 0) {
      problems.add(Problem.of("retry.maxMemory", maxMemory, "must be more than zero"));
    }
    for (Rule rule : rules) {
      if (!(rule.memoryFactor() >= 1.0 && rule.memoryFactor() <= 1000.0)) {
        problems.add(Problem.of("retry.memoryFactor", rule.memoryFactor(), "must be 1..1000"));
      }
      if (rule.reasons().isEmpty() && rule.exitCodes().isEmpty()) {
        problems.add(Problem.of("retry.rules", rule, "a rule needs a reason or an exit code"));
      }
      if (rule.retry()) {
        for (Reason reason : rule.reasons()) {
          if (NEVER.contains(reason)) {
            problems.add(Problem.of("retry.rules", reason, "is never followed by a retry"));
          }
        }
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof RetryPolicy p
        && maxAttempts == p.maxAttempts
        && rules.equals(p.rules)
        && Objects.equals(maxMemory, p.maxMemory)
        && delay.equals(p.delay)
        && Double.compare(backoff, p.backoff) == 0;
  }

  @Override
  public int hashCode() {
    return Objects.hash(maxAttempts, rules, maxMemory, delay, backoff);
  }

  @Override
  public String toString() {
    return maxAttempts + " attempts" + (rules.isEmpty() ? "" : " " + rules);
  }
}
