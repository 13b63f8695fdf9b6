package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobQueue;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.BatchException;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.DescribeComputeEnvironmentsResponse;

/** What AWS says when a queue cannot be set up, and how long it is waited for. */
class BatchEndpointProvisioningFailuresTest extends ProvisioningCases {
  private final ExecutionInterceptor invalid =
      new ExecutionInterceptor() {
        @Override
        public SdkResponse modifyResponse(
            Context.ModifyResponse context, ExecutionAttributes attributes) {
          return context.response() instanceof DescribeComputeEnvironmentsResponse response
              ? response.toBuilder()
                  .computeEnvironments(
                      response.computeEnvironments().stream()
                          .map(BatchEndpointProvisioningFailuresTest::invalid)
                          .toList())
                  .build()
              : context.response();
        }
      };

  private static ComputeEnvironmentDetail invalid(ComputeEnvironmentDetail detail) {
    return detail.toBuilder().status("INVALID").statusReason("CLIENT_ERROR - no role").build();
  }

  @Test
  void an_invalid_environment_is_told_with_awss_reason_and_no_queue_is_made() {
    BatchBackend backend = backend(client(invalid), b -> b, fargate("burst"));

    assertThatThrownBy(() -> backend.apply(queue("mine").build()))
        .isInstanceOf(BackendException.class)
        .hasMessage("compute environment burst is INVALID: CLIENT_ERROR - no role");
    assertThat(aws.describeJobQueues(r -> r.jobQueues("mine")).jobQueues()).isEmpty();
  }

  @Test
  void one_that_is_invalid_already_is_told_before_anything_is_changed() {
    BatchBackend backend = backend(client(invalid), b -> b, fargate("burst"));
    JobQueue both = JobQueue.builder("mine").runsOn(BURST, environment("cluster", 1)).build();

    assertThatThrownBy(() -> backend.apply(both))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("compute environment cluster is INVALID: CLIENT_ERROR - no role");
    assertThat(aws.describeComputeEnvironments(r -> {}).computeEnvironments()).hasSize(1);
  }

  @Test
  void a_missing_right_is_told_in_awss_words() {
    ExecutionInterceptor forbids =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            if (operation(context.request()).equals("CreateComputeEnvironment")) {
              throw BatchException.builder()
                  .statusCode(403)
                  .awsErrorDetails(
                      AwsErrorDetails.builder()
                          .errorCode("AccessDeniedException")
                          .errorMessage("User: u is not authorized to perform: batch:Create")
                          .build())
                  .build();
            }
          }
        };
    BatchBackend backend = backend(client(forbids), b -> b, fargate("burst"));

    assertThatThrownBy(() -> backend.apply(queue("mine").build()))
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("queue mine, could not create compute environment burst (FARGATE")
        .hasMessageContaining("User: u is not authorized to perform: batch:Create");
  }

  @Test
  void what_never_becomes_valid_is_given_up_after_an_hour() {
    ExecutionInterceptor creating =
        new ExecutionInterceptor() {
          @Override
          public SdkResponse modifyResponse(
              Context.ModifyResponse context, ExecutionAttributes attributes) {
            return context.response() instanceof DescribeComputeEnvironmentsResponse response
                ? response.toBuilder()
                    .computeEnvironments(
                        response.computeEnvironments().stream()
                            .map(e -> e.toBuilder().status("CREATING").build())
                            .toList())
                    .build()
                : context.response();
          }
        };
    BatchBackend backend = backend(client(creating), b -> b, fargate("burst"));

    assertThatThrownBy(() -> backend.apply(queue("mine").build()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("waiting for compute environment burst to be VALID");
  }

  @Test
  void in_the_systems_time_it_waits_ever_longer() {
    List<Duration> pauses = new ArrayList<>();
    TimeSource passing =
        new TimeSource() {
          @Override
          public Instant instant() {
            return time.instant();
          }

          @Override
          public Cancellable schedule(Instant when, Phase phase, Runnable action) {
            pauses.add(Duration.between(instant(), when));
            time.advanceTo(when);
            action.run();
            return () -> {};
          }
        };
    BatchBackend backend = backend(aws, b -> b.time(passing), fargate("burst"));

    backend.apply(queue("mine").build());

    assertThat(described("mine").statusAsString()).isEqualTo("VALID");
    assertThat(pauses)
        .startsWith(
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8),
            Duration.ofSeconds(15));
  }
}
