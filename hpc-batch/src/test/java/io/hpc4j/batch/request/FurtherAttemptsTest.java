package io.hpc4j.batch.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FurtherAttemptsTest {
  private static final RetryPolicy THREE =
      RetryPolicy.attempts(3).delay(Duration.ofMinutes(1)); // so AWS does not make them

  @Test
  void says_after_which_endings_another_may_follow() {
    FurtherAttempts some = FurtherAttempts.of(THREE.retryOn(Reason.TIMEOUT, Reason.IMAGE_PULL));

    assertThat(some.text()).isEqualTo("3 TIMEOUT,IMAGE_PULL");
    assertThat(some.mayFollow(2, Reason.TIMEOUT)).isTrue();
    assertThat(some.mayFollow(3, Reason.TIMEOUT)).isFalse();
    assertThat(some.mayFollow(1, Reason.NON_ZERO_EXIT)).isFalse();
    assertThat(FurtherAttempts.parse(some.text())).isEqualTo(some);
  }

  @Test
  void any_failure_is_none_that_was_wanted_or_cannot_be_mended() {
    assertThat(FurtherAttempts.of(THREE).reasons())
        .contains(Reason.NON_ZERO_EXIT, Reason.SPOT_RECLAIMED, Reason.UNKNOWN)
        .doesNotContain(Reason.CANCELLED, Reason.TIMEOUT, Reason.DEPENDENCY_FAILED);
  }

  @Test
  void a_rule_for_an_exit_code_may_match_whatever_has_one() {
    assertThat(FurtherAttempts.of(THREE.retryOnExitCode(75)).reasons())
        .contains(Reason.NON_ZERO_EXIT)
        .doesNotContain(Reason.CANCELLED);
  }

  @Test
  void what_aws_makes_itself_is_not_the_programs() {
    assertThat(FurtherAttempts.of(RetryPolicy.attempts(3)).isAny()).isFalse();
    assertThat(FurtherAttempts.of(RetryPolicy.none()).isAny()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "x TIMEOUT", "3 NO_SUCH_REASON", "3 "})
  void what_cannot_be_read_says_that_there_are_none(String text) {
    assertThat(FurtherAttempts.parse(text).isAny()).isFalse();
  }
}
