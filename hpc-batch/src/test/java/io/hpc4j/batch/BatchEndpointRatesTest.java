package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.batch.BatchClient;

/** How often AWS is called, by whose clock. */
class BatchEndpointRatesTest extends EndpointCases {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

  /** A time in which whoever waits has waited at once. Thread-safe. */
  private record Jumping(AtomicReference<Instant> now) implements TimeSource {
    @Override
    public Instant instant() {
      return Objects.requireNonNull(now.get());
    }

    @Override
    public Cancellable schedule(Instant when, Phase phase, Runnable action) {
      now.accumulateAndGet(when, (a, b) -> a.isAfter(b) ? a : b);
      action.run();
      return () -> {};
    }
  }

  private static JobId submit(BatchBackend to, JobDefinition definition) {
    JobId id = JobId.create(to.name(), to.scope());
    to.submit(new Submission(id, JobRequest.of(definition), part -> {}));
    return id;
  }

  private BatchBackend backend(BatchClient aws, double submissions, double others) {
    return EndpointFixture.builder(aws, new Jumping(now))
        .callsPerSecond(submissions, others)
        .build();
  }

  private Duration lasting(Runnable action) {
    TimeSource clock = new Jumping(now);
    Instant before = clock.instant();
    action.run();
    return Duration.between(before, clock.instant());
  }

  @Test
  void backends_of_one_client_share_its_rate() {
    BatchClient aws = fixture.client();
    List<BatchBackend> two = List.of(backend(aws, 10, 1000), backend(aws, 40, 1000));

    Duration passed =
        lasting(
            () -> {
              for (int i = 0; i < 20; i++) {
                Object unused = submit(two.get(i % 2), quick("job"));
              }
            });

    assertThat(passed).isEqualTo(Duration.ofSeconds(1)); // ten at once, ten in a second
  }

  @Test
  void calls_that_the_sdk_repeats_are_kept_to_the_rate_too() {
    BatchClient aws =
        fixture.client(
            c ->
                c.retryStrategy(
                    DefaultRetryStrategy.standardStrategyBuilder()
                        .maxAttempts(4)
                        .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                        .build()));
    BatchBackend one = backend(aws, 1, 1);
    JobId id = submit(one, endless("job"));
    Object unused = one.describe(List.of(id)); // and nothing is saved any more
    int before = calls("DescribeJobs");
    endpoint.faults().throttle(3);

    Duration passed = lasting(() -> one.describe(List.of(id)));

    assertThat(calls("DescribeJobs") - before).isEqualTo(4);
    assertThat(passed).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void a_delay_is_counted_by_the_clock_of_the_program_though_that_of_aws_is_ahead() {
    HandedTime behind = new HandedTime(fixture.time());
    behind.pass(Duration.ofMinutes(-20));
    BatchBackend one = EndpointFixture.builder(fixture.client(), behind).build();
    RetryPolicy soon = RetryPolicy.attempts(2).delay(Duration.ofMinutes(1));
    JobId id = submit(one, failing("again").toBuilder().retry(soon).build());
    pass(Duration.ofSeconds(10));
    assertThat(one.describe(List.of(id))).hasSize(1);

    pass(Duration.ofMinutes(2));
    assertThat(one.describe(List.of(id))).hasSize(1);

    assertThat(endpoint.jobs()).hasSize(2);
  }
}
