package io.hpc4j.batch;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;

/**
 * How a call is made that has no token to make it idempotent: it is sent again only when it
 * certainly had no effect. AWS Batch would take a job twice that was sent twice.
 */
final class OnceOnly {
  private static final int MOST_SENDS = 8;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  static final RetryStrategy STRATEGY =
      DefaultRetryStrategy.standardStrategyBuilder()
          .maxAttempts(MOST_SENDS)
          .circuitBreakerEnabled(false)
          .retryOnException(OnceOnly::isWithoutEffectForNow)
          .backoffStrategy(BackoffStrategy.exponentialDelay(FIRST_PAUSE, LONGEST_PAUSE))
          .throttlingBackoffStrategy(BackoffStrategy.exponentialDelay(FIRST_PAUSE, LONGEST_PAUSE))
          .build();

  private OnceOnly() {}

  private static boolean isWithoutEffectForNow(Throwable e) {
    return isThrottling(e) || isNotConnected(e);
  }

  private static boolean isThrottling(Throwable e) {
    return e instanceof SdkServiceException service && service.isThrottlingException();
  }

  private static boolean isNotConnected(@Nullable Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }

  /** Whether a call that has ended so had certainly no effect. */
  static boolean isWithoutEffect(SdkException e) {
    boolean refused =
        e instanceof SdkServiceException service
            && service.statusCode() >= 400
            && service.statusCode() < 500;
    return refused || isWithoutEffectForNow(e);
  }
}
