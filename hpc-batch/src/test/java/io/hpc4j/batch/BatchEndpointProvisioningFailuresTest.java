package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobQueue;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.BatchException;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.DescribeComputeEnvironmentsResponse;
import software.amazon.awssdk.services.batch.model.DescribeJobQueuesResponse;

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
    BatchBackend backend = backend(client(invalid), b -> b, ec2("burst"));
    JobQueue both = JobQueue.builder("mine").runsOn(BURST, environment("cluster", 1)).build();

    assertThatThrownBy(() -> backend.apply(both))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("compute environment cluster is INVALID: CLIENT_ERROR - no role");
    assertThat(aws.describeComputeEnvironments(r -> {}).computeEnvironments()).hasSize(1);
  }

  @Test
  void an_invalid_environment_may_be_put_right_by_what_is_to_be_changed() {
    backend(ec2("burst")).apply(queue("mine").build());
    BatchBackend backend = backend(client(invalid), b -> b, ec2("burst").maxVcpus(5));

    assertThat(backend.changes(queue("mine").build()))
        .containsExactly("update compute environment burst: maxvCpus 64 -> 5");
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

  @Test
  void what_is_wrong_with_the_request_is_told_before_what_is_wrong_with_the_account() {
    BatchBackend backend =
        backend(client(invalid), b -> b, BatchEnvironment.fargate("burst").subnets("s"));
    JobQueue both = JobQueue.builder("mine").runsOn(environment("cluster", 1), BURST).build();

    assertThatThrownBy(() -> backend.changes(both))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("securityGroupIds");
  }

  @Test
  void an_invalid_queue_is_told_with_awss_reason() {
    ExecutionInterceptor invalidQueues =
        new ExecutionInterceptor() {
          @Override
          public SdkResponse modifyResponse(
              Context.ModifyResponse context, ExecutionAttributes attributes) {
            return context.response() instanceof DescribeJobQueuesResponse response
                ? response.toBuilder()
                    .jobQueues(
                        response.jobQueues().stream()
                            .map(q -> q.toBuilder().status("INVALID").statusReason("why").build())
                            .toList())
                    .build()
                : context.response();
          }
        };
    BatchBackend backend = backend(client(invalidQueues), b -> b, fargate("burst"));

    assertThatThrownBy(() -> backend.apply(queue("mine").build()))
        .isInstanceOf(BackendException.class)
        .hasMessage("job queue mine is INVALID: why");
  }

  @Test
  void what_was_created_though_the_reply_was_lost_is_not_taken_for_that_of_others() {
    Set<String> lost = new TreeSet<>();
    ExecutionInterceptor losing =
        new ExecutionInterceptor() {
          @Override
          public void beforeUnmarshalling(
              Context.BeforeUnmarshalling context, ExecutionAttributes attributes) {
            String operation = operation(context.request());
            if (operation.startsWith("Create") && lost.add(operation)) {
              throw RetryableException.create("lost");
            }
          }
        };
    BatchBackend backend = backend(client(losing), b -> b, fargate("burst"));
    JobQueue queue = queue("mine").policy(SHARES).build();

    backend.apply(queue);

    assertThat(lost)
        .containsExactly("CreateComputeEnvironment", "CreateJobQueue", "CreateSchedulingPolicy");
    assertThat(backend.changes(queue)).isEmpty();
  }

  @Test
  void a_queue_that_others_make_meanwhile_is_not_taken_for_ones_own() {
    ExecutionInterceptor faster =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(
              Context.BeforeExecution context, ExecutionAttributes attributes) {
            if (operation(context.request()).equals("CreateJobQueue")) {
              aws.createJobQueue(
                  r ->
                      r.jobQueueName("mine")
                          .priority(0)
                          .computeEnvironmentOrder(Account.order(List.of("cluster"))));
            }
          }
        };
    BatchBackend backend = backend(client(faster), b -> b, fargate("burst"));

    assertThatThrownBy(() -> backend.apply(queue("mine").build()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("already exists");
  }

  @Test
  void an_environment_that_others_make_meanwhile_is_not_taken_for_ones_own() {
    ExecutionInterceptor faster =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(
              Context.BeforeExecution context, ExecutionAttributes attributes) {
            if (operation(context.request()).equals("CreateComputeEnvironment")) {
              aws.createComputeEnvironment(
                  r -> r.computeEnvironmentName("burst").type("UNMANAGED"));
            }
          }
        };
    BatchBackend backend = backend(client(faster), b -> b, fargate("burst"));

    assertThatThrownBy(() -> backend.apply(queue("mine").build()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("already exists");
  }

  @Test
  void nothing_is_begun_where_nobody_can_wait() {
    BatchBackend backend = backend(fargate("burst"));
    List<Throwable> refused = new ArrayList<>();
    Object unused =
        time.schedule(
            Duration.ofSeconds(1),
            Phase.SUBMIT,
            () -> {
              refused.add(catchThrowable(() -> backend.apply(queue("mine").build())));
              refused.add(catchThrowable(() -> backend.delete("mine")));
            });

    time.advance(Duration.ofSeconds(1));

    assertThat(refused).hasSize(2).hasOnlyElementsOfType(IllegalStateException.class);
    assertThat(changing).isEmpty();
  }
}
