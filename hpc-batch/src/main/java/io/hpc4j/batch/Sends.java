package io.hpc4j.batch;

import io.hpc4j.time.TimeSource;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.retries.api.RetryStrategy;

/**
 * How often the SDK sends one call: each repetition takes a place at the rate of its own, and what
 * was never sent had no effect.
 */
final class Sends implements ExecutionInterceptor {
  private final Throttle rate;
  private final TimeSource time;
  private final AtomicInteger count = new AtomicInteger();

  /** Takes the place of the first. */
  Sends(Throttle rate, TimeSource time) {
    this.rate = rate;
    this.time = time;
    rate.take(time);
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    if (count.getAndIncrement() > 0) {
      rate.take(time);
    }
  }

  /** Whether AWS may have got it. */
  boolean isAny() {
    return count.get() > 0;
  }

  /** What to say with the call; the client's other settings stay as they are. */
  AwsRequestOverrideConfiguration override() {
    return AwsRequestOverrideConfiguration.builder()
        .addPlugin(client -> client.overrideConfiguration(o -> o.addExecutionInterceptor(this)))
        .build();
  }

  /** The same with a strategy for when to send it again. */
  AwsRequestOverrideConfiguration override(RetryStrategy strategy) {
    return AwsRequestOverrideConfiguration.builder()
        .addPlugin(
            client ->
                client.overrideConfiguration(
                    o -> o.addExecutionInterceptor(this).retryStrategy(strategy)))
        .build();
  }
}
