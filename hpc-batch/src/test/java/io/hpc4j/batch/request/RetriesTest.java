package io.hpc4j.batch.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RetriesTest {
  @Test
  void attempts_alone_are_aws_own_rule() {
    assertThat(said(RetryPolicy.attempts(3))).isEqualTo("{\"attempts\":3}");
    assertThat(said(RetryPolicy.none())).isEqualTo("{\"attempts\":1}");
  }

  @Test
  void rules_are_followed_by_one_that_ends_the_rest() {
    assertThat(said(RetryPolicy.attempts(2).retryOnExitCode(7, 9)))
        .isEqualTo(
            "{\"attempts\":2,\"evaluateOnExit\":["
                + "{\"action\":\"RETRY\",\"onExitCode\":\"7\"},"
                + "{\"action\":\"RETRY\",\"onExitCode\":\"9\"},"
                + "{\"action\":\"EXIT\",\"onReason\":\"*\"}]}");
  }

  @Test
  void both_texts_of_a_reclaimed_spot_instance_are_named() {
    assertThat(said(RetryPolicy.attempts(5).retryOn(Reason.SPOT_RECLAIMED)))
        .contains("\"onStatusReason\":\"Host EC2*\"")
        .contains("\"onStatusReason\":\"Your Spot Task was interrupted*\"")
        .endsWith("{\"action\":\"EXIT\",\"onReason\":\"*\"}]}");
  }

  @Test
  void what_is_out_of_memory_is_no_mere_exit_code() {
    assertThat(said(RetryPolicy.attempts(2).retryOn(Reason.NON_ZERO_EXIT, Reason.SIGNALLED)))
        .contains(
            "[{\"action\":\"EXIT\",\"onReason\":\"OutOfMemoryError*\"},"
                + "{\"action\":\"RETRY\",\"onExitCode\":\"*\"}");
  }

  static Stream<RetryPolicy> forTheClient() {
    RetryPolicy two = RetryPolicy.attempts(2);
    return Stream.of(
        two.delay(Duration.ofMinutes(1)),
        two.growMemoryOn(Reason.OUT_OF_MEMORY, 2.0),
        two.retryOn(Reason.TIMEOUT),
        two.retryOn(Reason.NODE_FAILURE),
        two.retryOn(Reason.NON_ZERO_EXIT),
        two.stopOnExitCode(9),
        two.retryOnExitCode(0),
        two.retryOnExitCode(1, 2, 3, 4, 5),
        two.retryOnExitCode(1).retryOnExitCode(2));
  }

  @ParameterizedTest
  @MethodSource
  void forTheClient(RetryPolicy policy) {
    assertThat(Retries.natively(policy)).isEmpty();
  }

  private static String said(RetryPolicy policy) {
    return CanonicalJson.of(Retries.natively(policy).orElseThrow()).toString();
  }
}
