package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Placement;
import io.hpc4j.model.SchedulingPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is refused before anything is changed, all of it at once. */
class BatchEndpointProvisioningRulesTest extends ProvisioningCases {
  @Test
  void aws_is_not_asked_for_names_that_nothing_can_have() {
    BatchBackend backend = backend();
    JobQueue queue = JobQueue.builder("no blanks").runsOn(environment("a b", 1)).build();

    assertThat(refused(backend, queue)).hasSize(3);
    assertThat(backend.callCounts()).isEmpty();
  }

  @Test
  void names_and_what_aws_batch_has_no_word_for_are_all_told_at_once() {
    JobQueue wrong =
        JobQueue.builder("no blanks")
            .policy(SchedulingPolicy.fairShare().easyBackfill().decay(Duration.ofMillis(1)).build())
            .defaultTimeout(Duration.ofHours(1))
            .runsOn(
                ComputeEnvironment.builder("a b")
                    .nodes("n", 1, Capacity.cpus(1))
                    .consumable("licence", 3)
                    .placement(Placement.SPREAD)
                    .build(),
                environment("cluster", 1),
                environment("x", 1),
                environment("y", 1))
            .build();
    BatchBackend backend =
        backend(
            aws,
            b ->
                b.jobStateTimeLimit("CAPACITY:A", Duration.ofSeconds(599))
                    .jobStateTimeLimit("CAPACITY:B", Duration.ofSeconds(86_401))
                    .jobStateTimeLimit("CAPACITY:C", Duration.ofMillis(700_001)),
            BatchEnvironment.unmanaged("x"),
            BatchEnvironment.unmanaged("y"),
            BatchEnvironment.unmanaged("a b"));

    assertThat(refused(backend, wrong))
        .containsExactlyInAnyOrder(
            "name: must be 1..128 letters, digits, _ and -",
            "environments: at most 3",
            "policy: AWS Batch does not backfill",
            "policy.decay: must be whole seconds",
            "defaultTimeout: queues of AWS Batch have none",
            "jobStateTimeLimit: must be 600..86400 whole seconds",
            "jobStateTimeLimit: must be 600..86400 whole seconds",
            "jobStateTimeLimit: must be 600..86400 whole seconds",
            "environments.name: must be 1..128 letters, digits, _ and -",
            "environments.a b.consumables: an environment of AWS Batch has none: create consumable"
                + " resources",
            "environments.a b.placement: AWS Batch chooses instances");
  }

  @Test
  void the_name_of_a_queue_with_shares_leaves_room_for_that_of_its_policy() {
    JobQueue.Builder longest = queue("q".repeat(123));

    assertThat(refused(backend(fargate("burst")), longest.policy(shares()).build()))
        .containsExactly("name: with shares at most 122 long");
    backend(fargate("burst")).apply(longest.policy(SchedulingPolicy.fifo()).build());
  }

  @Test
  void an_environment_that_nobody_knows_is_refused() {
    assertThat(refused(backend(), queue("mine").build()))
        .containsExactly(
            "environments: is not on AWS Batch, and the backend was built without a"
                + " BatchEnvironment of it");
  }

  @Test
  void of_an_environment_that_nobody_knows_nothing_else_is_said() {
    JobQueue two = JobQueue.builder("mine").runsOn(environment("nowhere", 1), BURST).build();

    assertThat(refused(backend(fargate("burst")), two)).hasSize(1);
  }

  @Test
  void fargate_and_instances_do_not_mix_and_fargate_has_no_gpus() {
    JobQueue both =
        JobQueue.builder("mine")
            .runsOn(
                environment("cluster", 1),
                ComputeEnvironment.fixed("burst", 1, Capacity.cpus(4).gpus(1)))
            .build();

    assertThat(refused(backend(fargate("burst")), both))
        .containsExactly(
            "environments.burst.gpus: Fargate has no GPUs",
            "environments: a queue has those of Fargate or others, not both");
  }

  @Test
  void what_aws_does_not_change_is_refused() {
    backend(ec2("burst")).apply(queue("mine").build());

    assertThat(refused(fargate("burst")))
        .containsExactly(
            "environments.burst.type: is EC2, which AWS Batch does not change: take another name");
    assertThat(refused(BatchEnvironment.unmanaged("burst"))).hasSize(1);
    assertThat(refused(BatchEnvironment.fargate("burst").subnets("subnet-1")))
        .as("with what is wrong with it by itself")
        .hasSize(2);
    assertThat(refused(ec2("burst").changeResources(r -> r.spotIamFleetRole("arn"))))
        .containsExactly(
            "environments.burst.spotIamFleetRole: AWS Batch does not change it from null: take"
                + " another name");
  }

  @Test
  void a_queue_without_shares_never_gets_any_and_one_with_shares_keeps_them() {
    BatchBackend backend = backend(fargate("burst"));
    backend.apply(queue("plain").build());
    backend.apply(queue("shared").policy(shares()).build());

    assertThat(refused(backend, queue("plain").policy(shares()).build()))
        .containsExactly(
            "policy: is first in, first out, and AWS Batch gives no policy to such a queue");
    assertThat(refused(backend, queue("shared").build()))
        .containsExactly("policy: has shares, and AWS Batch takes no policy from a queue");
  }

  @Test
  void a_policy_of_others_is_not_overwritten() {
    aws.createSchedulingPolicy(r -> r.name("mine-hpc4j").fairsharePolicy(p -> {}));

    assertThat(refused(backend(fargate("burst")), queue("mine").policy(shares()).build()))
        .containsExactly("policy: is a scheduling policy that others have made");
  }

  @Test
  void what_is_being_deleted_is_not_changed() {
    BatchBackend backend = backend(fargate("burst"));
    backend.apply(queue("mine").enabled(false).build());
    aws.deleteJobQueue(r -> r.jobQueue("mine"));

    assertThatThrownBy(() -> backend.apply(queue("mine").build()))
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("job queue mine is DELETING");
  }

  @Test
  void two_environments_of_one_name_are_refused_at_once() {
    BatchBackend.Builder builder = BatchBackend.builder(aws).environment(fargate("burst"));

    assertThatThrownBy(() -> builder.environment(ec2("burst")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("burst");
  }

  @Test
  void a_closed_backend_sets_nothing_up() {
    BatchBackend backend = backend(fargate("burst"));
    backend.close();

    assertThatThrownBy(() -> backend.apply(queue("mine").build()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> backend.changes(queue("mine").build()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> backend.delete("mine")).isInstanceOf(IllegalStateException.class);
  }
}
