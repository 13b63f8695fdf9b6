package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.JobClient;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.SchedulingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentOrder;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;

/** Queues, environments and policies that are made to be as they are asked for. */
class BatchEndpointProvisioningTest extends ProvisioningCases {
  @Nested
  class Creating {
    @Test
    void a_queue_can_be_used_when_it_has_been_applied() {
      BatchBackend backend = backend(ec2("burst").maxVcpus(32));
      try (JobClient hpc = JobClient.on(backend)) {
        hpc.apply(queue("mine").priority(7).build());

        JobDefinition hello = JobDefinition.builder("hello").command("x").image("i").build();
        JobState state = hpc.submit(hello, r -> r.queue("mine")).await().state();

        assertThat(state).isEqualTo(JobState.SUCCEEDED);
        assertThat(changing)
            .startsWith("CreateComputeEnvironment", "CreateJobQueue", "RegisterJobDefinition");
      }
    }

    @Test
    void all_are_valid_before_it_returns() {
      Instant before = time.instant();

      backend(ec2("burst")).apply(queue("mine").build());

      assertThat(environmentDescribed("burst").statusAsString()).isEqualTo("VALID");
      assertThat(described("mine").statusAsString()).isEqualTo("VALID");
      assertThat(lastAt.get("CreateJobQueue")).isAfterOrEqualTo(before.plus(TAKES));
    }

    @Test
    void what_was_stated_is_what_aws_is_told() {
      BatchEnvironment spot =
          BatchEnvironment.spot("burst")
              .subnets("subnet-1")
              .instanceTypes("c7i.4xlarge")
              .instanceRole("ecsInstanceRole")
              .serviceRole("arn:aws:iam::123456789012:role/batch")
              .launchTemplate("lt-0123", "$Latest")
              .minVcpus(2)
              .maxVcpus(128)
              .tag("team", "climate")
              .changeResources(r -> r.ec2KeyPair("pair"));

      backend(spot).apply(queue("mine").build());

      ComputeEnvironmentDetail is = environmentDescribed("burst");
      assertThat(is.typeAsString()).isEqualTo("MANAGED");
      assertThat(is.serviceRole()).isEqualTo("arn:aws:iam::123456789012:role/batch");
      assertThat(is.tags()).isEqualTo(Map.of("team", "climate", "hpc4j", "mine"));
      assertThat(is.computeResources().typeAsString()).isEqualTo("SPOT");
      assertThat(is.computeResources().allocationStrategyAsString())
          .isEqualTo("SPOT_PRICE_CAPACITY_OPTIMIZED");
      assertThat(is.computeResources().launchTemplate().launchTemplateId()).isEqualTo("lt-0123");
      assertThat(is.computeResources().minvCpus()).isEqualTo(2);
      assertThat(is.computeResources().maxvCpus()).isEqualTo(128);
      assertThat(is.computeResources().ec2KeyPair()).isEqualTo("pair");
    }

    @Test
    void the_nodes_of_the_queues_environment_say_how_large_it_is_if_nothing_else_does() {
      backend(fargate("burst")).apply(queue("mine").build());

      assertThat(environmentDescribed("burst").computeResources().maxvCpus()).isEqualTo(64);
    }

    @Test
    void an_unmanaged_one_has_its_vcpus_only() {
      backend(BatchEnvironment.unmanaged("burst")).apply(queue("mine").build());

      ComputeEnvironmentDetail is = environmentDescribed("burst");
      assertThat(is.typeAsString()).isEqualTo("UNMANAGED");
      assertThat(is.unmanagedvCpus()).isEqualTo(64);
      assertThat(is.computeResources()).isNull();
    }

    @Test
    void environments_are_tried_in_the_order_of_the_queue() {
      JobQueue two =
          JobQueue.builder("mine")
              .runsOn(environment("first", 4), environment("burst", 4))
              .enabled(false)
              .build();

      backend(
              fargate("burst"),
              BatchEnvironment.fargateSpot("first").subnets("s").securityGroups("g"))
          .apply(two);

      JobQueueDetail is = described("mine");
      assertThat(is.computeEnvironmentOrder())
          .extracting(ComputeEnvironmentOrder::order)
          .containsExactly(1, 2);
      assertThat(Account.environments(is)).containsExactly("first", "burst");
      assertThat(is.stateAsString()).isEqualTo("DISABLED");
      assertThat(is.tags()).isEqualTo(Map.of("hpc4j", "mine"));
    }

    @Test
    void an_environment_that_is_there_is_used_as_it_is() {
      backend().apply(JobQueue.builder("mine").runsOn(environment("cluster", 1)).build());

      assertThat(changing).containsExactly("CreateJobQueue");
      assertThat(environmentDescribed("cluster").computeResources().maxvCpus()).isEqualTo(8);
    }

    @Test
    void limits_of_jobs_that_block_a_queue_are_set_on_request() {
      BatchBackend backend =
          backend(
              aws,
              b ->
                  b.jobStateTimeLimit(
                      "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", Duration.ofHours(1)),
              fargate("burst"));

      backend.apply(queue("mine").build());

      assertThat(described("mine").jobStateTimeLimitActions())
          .singleElement()
          .satisfies(
              limit -> {
                assertThat(limit.reason()).isEqualTo("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT");
                assertThat(limit.maxTimeSeconds()).isEqualTo(3600);
                assertThat(limit.actionAsString()).isEqualTo("CANCEL");
              });
      assertThat(backend.changes(queue("mine").build())).isEmpty();
      assertThat(backend(fargate("burst")).changes(queue("mine").build())).isEmpty();
    }
  }

  @Nested
  class Changes {
    @Test
    void are_told_in_words_and_not_made() {
      BatchBackend backend = backend(fargate("burst"));

      List<String> changes = backend.changes(queue("mine").policy(SHARES).build());

      assertThat(changes)
          .containsExactly(
              "create compute environment burst (FARGATE, at most 64 vCPUs)",
              "create scheduling policy mine-hpc4j: fair share {climate=1.0, genomics=4.0},"
                  + " decay PT1H, reservation 25 %",
              "create job queue mine on [burst] with priority 0");
      assertThat(changing).isEmpty();
    }

    @Test
    void are_those_that_apply_makes() {
      backend(ec2("burst")).apply(queue("mine").policy(SHARES).build());
      JobQueue other =
          JobQueue.builder("mine")
              .runsOn(environment("second", 2), BURST)
              .policy(SchedulingPolicy.fairShare().build())
              .priority(9)
              .enabled(false)
              .build();
      BatchBackend backend = backend(ec2("burst").minVcpus(4), ec2("second"));
      changing.clear();

      List<String> changes = backend.changes(other);
      backend.apply(other);

      assertThat(changes)
          .containsExactly(
              "create compute environment second (EC2, at most 2 vCPUs)",
              "update compute environment burst: minvCpus 0 -> 4",
              "update scheduling policy mine-hpc4j: fair share {}",
              "update job queue mine: state ENABLED -> DISABLED, priority 0 -> 9,"
                  + " environments [burst] -> [second, burst]");
      assertThat(changing)
          .containsExactly(
              "CreateComputeEnvironment",
              "UpdateComputeEnvironment",
              "UpdateSchedulingPolicy",
              "UpdateJobQueue");
      assertThat(backend.changes(other)).isEmpty();
    }
  }
}
