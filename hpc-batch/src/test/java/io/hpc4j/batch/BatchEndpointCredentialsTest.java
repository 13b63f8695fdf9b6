package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.DescribeJobQueuesRequest;

/** Without credentials nothing is sent, and nothing is said of jobs that is not known. */
class BatchEndpointCredentialsTest extends EndpointCases {
  private static final String WORDS = "the token has expired: sign in again";

  private final AtomicBoolean expired = new AtomicBoolean();

  private AwsCredentials credentials() {
    if (expired.get()) {
      throw SdkClientException.create(WORDS);
    }
    return AwsBasicCredentials.create("anybody", "none");
  }

  private JobClient signing() {
    BatchClient aws =
        BatchClient.builder()
            .endpointOverride(endpoint.url())
            .region(Region.US_EAST_1)
            .credentialsProvider(this::credentials)
            .build();
    return client(
        BatchBackend.builder(aws)
            .scope("signing")
            .image("example.org/work:1")
            .queue("normal")
            .share("users")
            .time(fixture.time())
            .build());
  }

  @Test
  void a_submission_without_credentials_fails_in_the_words_of_the_sdk() {
    JobClient client = signing();
    expired.set(true);

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> client.submit(quick("unsigned")))
        .withMessageContaining(WORDS)
        .withCauseInstanceOf(SdkClientException.class)
        .matches(e -> !e.outcomeUnknown());

    assertThat(endpoint.jobs()).isEmpty();
  }

  @Test
  void a_submission_that_was_never_sent_is_not_looked_for() {
    JobClient client = signing();
    Job first = client.submit(endless("first"));
    Instant before = fixture.time().instant();
    expired.set(true);

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> client.submit(quick("second")))
        .withMessageContaining(WORDS)
        .matches(e -> !e.outcomeUnknown());

    assertThat(fixture.time().instant()).isEqualTo(before);
    assertThat(endpoint.jobs()).hasSize(1);
    expired.set(false);
    first.cancel();
  }

  @Test
  void credentials_that_expire_in_the_midst_change_no_state() {
    JobClient client = signing();
    List<JobEvent> events = new ArrayList<>();
    client.onEvent(events::add);
    Job job = client.submit(endless("goes on"));
    job.await(JobState.RUNNING, fixture.patience());

    expired.set(true);
    pass(Duration.ofHours(1));

    assertThat(job.state()).isEqualTo(JobState.RUNNING);
    assertThat(events)
        .filteredOn(JobEvent.Degraded.class::isInstance)
        .singleElement()
        .satisfies(event -> assertThat(event.toString()).contains(WORDS));
    expired.set(false);
    job.cancel("over");
    assertThat(end(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(events).anyMatch(JobEvent.Recovered.class::isInstance);
  }

  @Test
  void a_right_that_was_missing_for_a_while_is_not_missing_for_good() {
    AtomicInteger forbidden = new AtomicInteger(1);
    BatchClient aws =
        fixture.client(
            c ->
                c.addExecutionInterceptor(
                    Interrupted.forbidding(
                        r ->
                            r instanceof DescribeJobQueuesRequest
                                && forbidden.getAndDecrement() > 0)));
    JobClient client = client(fixture.builder(aws).scope("forbidden").build());
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> client.submit(quick("no share is known")));

    pass(Duration.ofMinutes(5));

    assertThat(end(client.submit(quick("first"))).state()).isEqualTo(JobState.SUCCEEDED);
  }
}
