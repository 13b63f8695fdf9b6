package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobQueue;
import io.hpc4j.time.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** What AWS says when a queue cannot be set up, and how long it is waited for. */
class BatchEndpointProvisioningFailuresTest extends ProvisioningCases {
  private static final ExecutionInterceptor INVALID =
      Altered.environments(
          e -> e.toBuilder().status("INVALID").statusReason("CLIENT_ERROR - no role").build());

  /** A backend that knows of the environment and is met by somebody. */
  private BatchBackend meeting(ExecutionInterceptor one) {
    return backend(client(one), b -> b, fargate("burst"));
  }

  private static AbstractThrowableAssert<?, ?> assertFailing(BatchBackend backend, JobQueue queue) {
    return assertThatThrownBy(() -> backend.apply(queue)).isInstanceOf(BackendException.class);
  }

  private static AbstractThrowableAssert<?, ?> assertFailing(BatchBackend backend) {
    return assertFailing(backend, queue("mine").build());
  }

  @Test
  void an_invalid_environment_is_told_with_awss_reason_and_no_queue_is_made() {
    assertFailing(meeting(INVALID))
        .hasMessage("compute environment burst is INVALID: CLIENT_ERROR - no role");
    assertThat(aws.describeJobQueues(r -> r.jobQueues("mine")).jobQueues()).isEmpty();
  }

  @Test
  void one_that_is_invalid_already_is_told_before_anything_is_changed() {
    BatchBackend backend = backend(client(INVALID), b -> b, ec2("burst"));
    JobQueue both = JobQueue.builder("mine").runsOn(BURST, environment("cluster", 1)).build();

    assertFailing(backend, both)
        .hasMessageContaining("compute environment cluster is INVALID: CLIENT_ERROR - no role");
    assertThat(aws.describeComputeEnvironments(r -> {}).computeEnvironments()).hasSize(1);
  }

  @Test
  void an_invalid_environment_may_be_put_right_by_what_is_to_be_changed() {
    backend(ec2("burst")).apply(queue("mine").build());
    BatchBackend backend = backend(client(INVALID), b -> b, ec2("burst").maxVcpus(5));

    assertThat(backend.changes(queue("mine").build()))
        .containsExactly("update compute environment burst: maxvCpus 64 -> 5");
  }

  @Test
  void an_environment_that_is_about_to_go_is_told_before_anything_is_changed() {
    ExecutionInterceptor leaving =
        Altered.environments(
            e -> e.toBuilder().status("DELETING").statusReason("by order").build());
    backend(ec2("burst")).apply(queue("mine").build());
    BatchBackend backend = backend(client(leaving), b -> b, ec2("burst").maxVcpus(5));

    assertThatThrownBy(() -> backend.changes(queue("mine").build()))
        .isInstanceOf(BackendException.class)
        .hasMessage("compute environment burst is DELETING: by order");
  }

  @Test
  void an_environment_that_goes_while_it_is_waited_for_is_told() {
    assertFailing(
            meeting(
                Altered.environments(
                    e -> e.toBuilder().status("DELETING").statusReason("by others").build())))
        .hasMessage("compute environment burst is DELETING: by others");
  }

  @Test
  void a_missing_right_is_told_in_awss_words() {
    assertFailing(meeting(Failing.forbidden(r -> operation(r).equals("CreateComputeEnvironment"))))
        .hasMessageStartingWith("queue mine, could not create compute environment burst (FARGATE")
        .hasMessageContaining("User: u is not authorized to perform: batch");
  }

  @Test
  void what_never_becomes_valid_is_given_up_after_an_hour() {
    Instant before = time.instant();

    assertFailing(meeting(Altered.environments(e -> e.toBuilder().status("CREATING").build())))
        .hasMessageContaining("waiting for compute environment burst to be VALID");
    assertThat(Duration.between(before, time.instant()))
        .isBetween(Duration.ofHours(1), Duration.ofMinutes(61));
  }

  @Test
  void in_the_systems_time_it_waits_ever_longer() {
    JumpingTime passing = new JumpingTime(time);
    BatchBackend backend = backend(aws, b -> b.time(passing), fargate("burst"));

    backend.apply(queue("mine").build());

    assertThat(described("mine").statusAsString()).isEqualTo("VALID");
    assertThat(passing.waits)
        .startsWith(
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8),
            Duration.ofSeconds(15),
            Duration.ofSeconds(15));
  }

  @Test
  void what_is_wrong_with_the_request_is_told_before_what_is_wrong_with_the_account() {
    BatchBackend backend =
        backend(client(INVALID), b -> b, BatchEnvironment.fargate("burst").subnets("s"));
    JobQueue both = JobQueue.builder("mine").runsOn(environment("cluster", 1), BURST).build();

    assertThatThrownBy(() -> backend.changes(both))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("securityGroupIds");
  }

  @Test
  void an_invalid_queue_is_told_with_awss_reason() {
    assertFailing(
            meeting(
                Altered.queues(q -> q.toBuilder().status("INVALID").statusReason("why").build())))
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
    BatchBackend backend = meeting(losing);
    JobQueue queue = queue("mine").policy(SHARES).build();

    backend.apply(queue);

    assertThat(lost)
        .containsExactly("CreateComputeEnvironment", "CreateJobQueue", "CreateSchedulingPolicy");
    assertThat(backend.changes(queue)).isEmpty();
  }

  // ---- others who are faster

  private ExecutionInterceptor faster(String operation, Runnable others) {
    return new ExecutionInterceptor() {
      @Override
      public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        if (operation(context.request()).equals(operation)) {
          others.run();
        }
      }
    };
  }

  @Test
  void a_queue_that_others_make_meanwhile_is_not_taken_for_ones_own() {
    ExecutionInterceptor faster =
        faster(
            "CreateJobQueue",
            () ->
                aws.createJobQueue(
                    r ->
                        r.jobQueueName("mine")
                            .priority(0)
                            .computeEnvironmentOrder(Account.order(List.of("cluster")))));

    assertFailing(meeting(faster)).hasMessageContaining("already exists");
  }

  @Test
  void an_environment_that_others_make_meanwhile_is_not_taken_for_ones_own() {
    ExecutionInterceptor faster =
        faster(
            "CreateComputeEnvironment",
            () ->
                aws.createComputeEnvironment(
                    r -> r.computeEnvironmentName("burst").type("UNMANAGED")));

    assertFailing(meeting(faster)).hasMessageContaining("already exists");
  }

  @Test
  void a_policy_that_others_make_meanwhile_is_not_taken_for_ones_own() {
    ExecutionInterceptor faster =
        faster(
            "CreateSchedulingPolicy",
            () ->
                aws.createSchedulingPolicy(
                    r ->
                        r.name("mine-hpc4j")
                            .fairsharePolicy(p -> {})
                            .tags(Map.of("hpc4j", "second"))));

    assertFailing(meeting(faster), queue("mine").policy(SHARES).build())
        .hasMessageContaining("already exists");
  }

  @Test
  void what_aws_refuses_is_told_though_something_of_the_kind_is_there() {
    ExecutionInterceptor refusing =
        Failing.answered(
            400, "ClientException", "no more queues", r -> operation(r).equals("CreateJobQueue"));
    ExecutionInterceptor faster =
        faster(
            "CreateJobQueue",
            () ->
                aws.createJobQueue(
                    r ->
                        r.jobQueueName("mine")
                            .priority(0)
                            .tags(Map.of("hpc4j", "mine"))
                            .computeEnvironmentOrder(Account.order(List.of("cluster")))));
    BatchBackend backend = backend(client(faster, refusing), b -> b, fargate("burst"));

    assertFailing(backend).hasMessageContaining("no more queues");
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
