package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {
  private static final Memory MEMORY = Memory.ofGiB(4);

  private static Optional<RetryPolicy.Retry> next(RetryPolicy policy, int attempt, Reason reason) {
    return policy.next(attempt, reason, Optional.empty(), MEMORY);
  }

  private static boolean retries(RetryPolicy policy, Reason reason) {
    return next(policy, 1, reason).isPresent();
  }

  private static boolean retries(RetryPolicy policy, Exit exit) {
    return policy.next(1, Reason.NON_ZERO_EXIT, Optional.of(exit), MEMORY).isPresent();
  }

  @Nested
  class Without_rules {
    private final RetryPolicy policy = RetryPolicy.attempts(3);

    @Test
    void any_failure_is_retried_until_the_attempts_are_used_up() {
      assertThat(next(policy, 1, Reason.NON_ZERO_EXIT)).isPresent();
      assertThat(next(policy, 2, Reason.NON_ZERO_EXIT)).isPresent();
      assertThat(next(policy, 3, Reason.NON_ZERO_EXIT)).isEmpty();
    }

    @Test
    void one_attempt_is_never_followed_by_another() {
      assertThat(retries(RetryPolicy.none(), Reason.NON_ZERO_EXIT)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCELLED", "TIMEOUT", "LOST"})
    void what_was_cancelled_timed_out_or_lost_is_not_retried(Reason reason) {
      assertThat(retries(policy, reason)).isFalse();
    }

    @Test
    void every_other_failure_is_retried_but_not_what_never_ran_or_missed_its_deadline() {
      EnumSet<Reason> retried = EnumSet.allOf(Reason.class);
      retried.removeIf(reason -> !retries(policy, reason));

      assertThat(retried)
          .containsExactly(
              Reason.NON_ZERO_EXIT,
              Reason.SIGNALLED,
              Reason.EXCEPTION,
              Reason.OUT_OF_MEMORY,
              Reason.PREEMPTED,
              Reason.SPOT_RECLAIMED,
              Reason.NODE_FAILURE,
              Reason.LAUNCH_FAILURE,
              Reason.IMAGE_PULL,
              Reason.UNKNOWN);
    }
  }

  @Nested
  class Rules {
    @Test
    void only_what_matches_is_retried_once_a_rule_says_what_to_retry() {
      RetryPolicy policy = RetryPolicy.attempts(3).retryOn(Reason.NODE_FAILURE);

      assertThat(retries(policy, Reason.NODE_FAILURE)).isTrue();
      assertThat(retries(policy, Reason.NON_ZERO_EXIT)).isFalse();
    }

    @Test
    void rules_that_only_stop_leave_the_rest_to_be_retried() {
      RetryPolicy policy = RetryPolicy.attempts(3).stopOn(Reason.OUT_OF_MEMORY).stopOnExitCode(2);

      assertThat(retries(policy, Reason.OUT_OF_MEMORY)).isFalse();
      assertThat(retries(policy, Exit.code(2))).isFalse();
      assertThat(retries(policy, Exit.code(1))).isTrue();
      assertThat(retries(policy, Reason.TIMEOUT)).isFalse();
    }

    @Test
    void the_first_rule_that_matches_decides() {
      RetryPolicy stopFirst = RetryPolicy.attempts(3).stopOnExitCode(3).retryOnExitCode(3, 4);
      RetryPolicy retryFirst = RetryPolicy.attempts(3).retryOnExitCode(3, 4).stopOnExitCode(3);

      assertThat(retries(stopFirst, Exit.code(3))).isFalse();
      assertThat(retries(stopFirst, Exit.code(4))).isTrue();
      assertThat(retries(retryFirst, Exit.code(3))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCELLED", "TIMEOUT", "LOST"})
    void what_was_cancelled_timed_out_or_lost_is_retried_when_named(Reason reason) {
      assertThat(retries(RetryPolicy.attempts(2).retryOn(reason), reason)).isTrue();
    }

    @Test
    void an_exit_code_alone_does_not_name_a_timeout() {
      RetryPolicy policy = RetryPolicy.attempts(2).retryOnExitCode(143);

      assertThat(policy.next(1, Reason.TIMEOUT, Optional.of(Exit.code(143)), MEMORY)).isEmpty();
      assertThat(retries(policy, Exit.code(143))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"SUCCESS", "DEPENDENCY_FAILED", "DEADLINE", "UNSCHEDULABLE", "REJECTED"})
    void some_reasons_are_not_retried_even_when_named(Reason reason) {
      assertThat(retries(RetryPolicy.attempts(2).retryOn(reason), reason)).isFalse();
    }

    @Test
    void a_rule_with_reasons_and_exit_codes_needs_both_to_match() {
      RetryPolicy policy =
          RetryPolicy.attempts(2)
              .with(
                  new RetryPolicy.Rule(
                      Set.of(Reason.NON_ZERO_EXIT, Reason.UNKNOWN), Set.of(7), true, 1.0));

      assertThat(retries(policy, Exit.code(7))).isTrue();
      assertThat(retries(policy, Exit.code(8))).isFalse();
      assertThat(retries(policy, Reason.UNKNOWN)).isFalse();
      assertThat(policy.next(1, Reason.SIGNALLED, Optional.of(Exit.code(7)), MEMORY)).isEmpty();
    }

    @Test
    void a_signal_is_no_exit_code_and_an_ambiguous_number_is_one() {
      RetryPolicy policy = RetryPolicy.attempts(2).retryOnExitCode(9, 137);

      assertThat(retries(policy, Exit.signal(9))).isFalse();
      assertThat(retries(policy, Exit.fromShell(137))).isTrue();
    }
  }

  @Nested
  class Memory_growth {
    private final RetryPolicy policy =
        RetryPolicy.attempts(5).growMemoryOn(Reason.OUT_OF_MEMORY, 2.0);

    private Optional<Memory> grown(RetryPolicy by, Memory from) {
      return by.next(1, Reason.OUT_OF_MEMORY, Optional.empty(), from)
          .map(RetryPolicy.Retry::memoryPerNode);
    }

    @Test
    void memory_grows_from_what_the_last_attempt_had() {
      assertThat(grown(policy, Memory.ofGiB(4))).contains(Memory.ofGiB(8));
      assertThat(grown(policy, Memory.ofGiB(8))).contains(Memory.ofGiB(16));
    }

    @Test
    void memory_grows_to_its_limit_and_never_shrinks_to_it() {
      RetryPolicy limited = policy.growMemoryUpTo(Memory.ofGiB(12));

      assertThat(grown(limited, Memory.ofGiB(8))).contains(Memory.ofGiB(12));
      assertThat(grown(limited, Memory.ofGiB(12))).contains(Memory.ofGiB(12));
      assertThat(grown(limited, Memory.ofGiB(20))).contains(Memory.ofGiB(20));
    }

    @Test
    void other_retries_leave_memory_alone() {
      assertThat(next(policy.retryOn(Reason.NODE_FAILURE), 1, Reason.NODE_FAILURE))
          .hasValueSatisfying(retry -> assertThat(retry.memoryPerNode()).isEqualTo(MEMORY));
    }
  }

  @Nested
  class Waits {
    private Duration wait(RetryPolicy policy, int attempt) {
      return next(policy, attempt, Reason.UNKNOWN).orElseThrow().delay();
    }

    @Test
    void the_next_attempt_follows_at_once_by_default() {
      assertThat(wait(RetryPolicy.attempts(3), 2)).isZero();
    }

    @Test
    void each_wait_is_longer_by_the_backoff() {
      RetryPolicy policy = RetryPolicy.attempts(10).delay(Duration.ofSeconds(10)).backoff(1.5);

      assertThat(wait(policy, 1)).isEqualTo(Duration.ofSeconds(10));
      assertThat(wait(policy, 2)).isEqualTo(Duration.ofSeconds(15));
      assertThat(wait(policy, 3)).isEqualTo(Duration.ofMillis(22_500));
    }

    @Test
    void waits_without_backoff_are_all_alike() {
      RetryPolicy policy = RetryPolicy.attempts(10).delay(Duration.ofNanos(5));

      assertThat(wait(policy, 9)).isEqualTo(Duration.ofNanos(5));
    }

    @Test
    void a_wait_beyond_all_bounds_is_no_error() {
      RetryPolicy policy =
          RetryPolicy.attempts(10).delay(Duration.ofSeconds(Long.MAX_VALUE)).backoff(100);

      assertThat(wait(policy, 9)).isGreaterThan(Duration.ofDays(36_500));
    }
  }
}
