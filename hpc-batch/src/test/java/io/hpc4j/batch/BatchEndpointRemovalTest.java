package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobQueue;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;

/** Queues that are deleted again, with what was made for them and nothing else. */
class BatchEndpointRemovalTest extends ProvisioningCases {
  private List<String> environments() {
    return aws.describeComputeEnvironments(r -> {}).computeEnvironments().stream()
        .map(ComputeEnvironmentDetail::computeEnvironmentName)
        .toList();
  }

  private BatchBackend applied(JobQueue queue) {
    BatchBackend backend = backend(fargate("burst"));
    backend.apply(queue);
    changing.clear();
    return backend;
  }

  @Test
  void all_that_was_made_goes_in_the_order_that_aws_wants() {
    BatchBackend backend = applied(queue("mine").policy(SHARES).build());
    Instant before = time.instant();

    List<String> deleted = backend.delete("mine");

    assertThat(deleted)
        .containsExactly(
            "job queue mine", "compute environment burst", "scheduling policy mine-hpc4j");
    assertThat(changing)
        .containsExactly(
            "UpdateJobQueue",
            "DeleteJobQueue",
            "UpdateComputeEnvironment",
            "DeleteComputeEnvironment",
            "DeleteSchedulingPolicy");
    assertThat(lastAt.get("DeleteJobQueue")).isAfterOrEqualTo(before.plus(TAKES));
    assertThat(lastAt.get("UpdateComputeEnvironment"))
        .isAfterOrEqualTo(before.plus(TAKES.multipliedBy(2)));
    assertThat(lastAt.get("DeleteComputeEnvironment"))
        .isAfterOrEqualTo(
            Objects.requireNonNull(lastAt.get("UpdateComputeEnvironment")).plus(TAKES));
    assertThat(environments()).containsExactly("cluster");
    assertThat(aws.describeJobQueues(r -> r.jobQueues("mine")).jobQueues()).isEmpty();
    assertThat(aws.listSchedulingPolicies(r -> {}).schedulingPolicies()).isEmpty();
  }

  @Test
  void a_second_time_deletes_nothing() {
    BatchBackend backend = applied(queue("mine").build());
    backend.delete("mine");
    changing.clear();

    assertThat(backend.delete("mine")).isEmpty();
    assertThat(changing).isEmpty();
  }

  @Test
  void what_another_queue_uses_stays_until_that_goes_too() {
    BatchBackend backend = applied(queue("mine").build());
    backend.apply(queue("second").build());

    assertThat(backend.delete("mine")).containsExactly("job queue mine");
    assertThat(environments()).containsExactly("cluster", "burst");
    assertThat(backend.delete("second"))
        .containsExactly("job queue second", "compute environment burst");
  }

  @Test
  void what_others_have_made_stays() {
    BatchBackend backend =
        applied(JobQueue.builder("mine").runsOn(environment("cluster", 1)).build());

    assertThat(backend.delete("mine")).containsExactly("job queue mine");
    assertThat(environments()).containsExactly("cluster");
    assertThatThrownBy(() -> backend.delete("theirs"))
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("job queue theirs was not made by apply");
    assertThat(described("theirs").stateAsString()).isEqualTo("ENABLED");
  }

  @Test
  void an_environment_that_others_have_made_stays_though_no_other_queue_has_it() {
    aws.createComputeEnvironment(r -> r.computeEnvironmentName("lent").type("UNMANAGED"));
    time.advance(TAKES);
    BatchBackend backend = applied(JobQueue.builder("mine").runsOn(environment("lent", 1)).build());

    assertThat(backend.delete("mine")).containsExactly("job queue mine");
    assertThat(environments()).containsExactly("cluster", "lent");
  }

  @Test
  void a_policy_of_others_stays_whatever_its_name() {
    aws.createSchedulingPolicy(r -> r.name("mine-hpc4j").fairsharePolicy(p -> {}));

    assertThat(backend().delete("mine")).isEmpty();
    assertThat(aws.listSchedulingPolicies(r -> {}).schedulingPolicies()).hasSize(1);
  }

  @Test
  void a_policy_that_another_queue_has_stays() {
    BatchBackend backend = applied(queue("mine").policy(SHARES).build());
    String arn = described("mine").schedulingPolicyArn();
    aws.createJobQueue(
        r ->
            r.jobQueueName("borrower")
                .priority(0)
                .schedulingPolicyArn(arn)
                .computeEnvironmentOrder(Account.order(List.of("cluster"))));

    assertThat(backend.delete("mine"))
        .containsExactly("job queue mine", "compute environment burst");
    assertThat(aws.listSchedulingPolicies(r -> {}).schedulingPolicies()).hasSize(1);
  }

  @Test
  void one_that_was_interrupted_goes_on_where_it_was() {
    BatchBackend backend = applied(queue("mine").policy(SHARES).enabled(false).build());
    aws.deleteJobQueue(r -> r.jobQueue("mine"));
    changing.clear();

    assertThat(backend.delete("mine")).hasSize(3);
    assertThat(changing)
        .containsExactly(
            "UpdateComputeEnvironment", "DeleteComputeEnvironment", "DeleteSchedulingPolicy");
  }

  @Test
  void what_is_being_changed_is_waited_for_before_it_is_deleted() {
    BatchBackend backend = applied(queue("mine").build());
    aws.updateJobQueue(r -> r.jobQueue("mine").state("DISABLED"));
    Instant others = time.instant();

    Object unused = backend.delete("mine");

    assertThat(lastAt.get("DeleteJobQueue")).isAfterOrEqualTo(others.plus(TAKES));
    assertThat(changing).containsOnlyOnce("UpdateJobQueue");
  }

  @Test
  void an_environment_that_is_being_changed_is_waited_for_before_it_is_deleted() {
    BatchBackend backend = applied(queue("mine").enabled(false).build());
    aws.deleteJobQueue(r -> r.jobQueue("mine"));
    time.advance(TAKES);
    aws.updateComputeEnvironment(r -> r.computeEnvironment("burst").state("DISABLED"));
    Instant others = time.instant();

    assertThat(backend.delete("mine")).containsExactly("compute environment burst");
    assertThat(lastAt.get("DeleteComputeEnvironment")).isAfterOrEqualTo(others.plus(TAKES));
    assertThat(changing).containsOnlyOnce("UpdateComputeEnvironment");
  }

  @Test
  void environments_that_no_queue_has_any_more_are_found_by_their_tag() {
    BatchBackend backend = applied(queue("mine").enabled(false).build());
    aws.deleteJobQueue(r -> r.jobQueue("mine"));
    time.advance(TAKES);
    aws.updateComputeEnvironment(r -> r.computeEnvironment("burst").state("DISABLED"));
    time.advance(TAKES);
    aws.deleteComputeEnvironment(r -> r.computeEnvironment("burst"));
    changing.clear();

    assertThat(backend.delete("mine")).containsExactly("compute environment burst");
    assertThat(changing).isEmpty();
    assertThat(environments()).containsExactly("cluster");
  }

  @Test
  void what_is_invalid_is_deleted_too() {
    BatchBackend unused = applied(queue("mine").build());
    BatchBackend backend =
        backend(
            client(
                Altered.queues(q -> q.toBuilder().status("INVALID").build()),
                Altered.environments(e -> e.toBuilder().status("INVALID").build())),
            b -> b);
    Instant before = time.instant();

    assertThat(backend.delete("mine"))
        .containsExactly("job queue mine", "compute environment burst");
    assertThat(time.instant()).isBefore(before.plus(TAKES.multipliedBy(10)));
  }

  @Test
  void what_aws_still_shows_as_deleted_is_gone() {
    JobQueue queue = queue("mine").build();
    BatchBackend unused = applied(queue);
    BatchBackend backend =
        backend(
            client(
                Altered.queues(q -> q.toBuilder().status("DELETED").build()),
                Altered.environments(e -> e.toBuilder().status("DELETED").build())),
            b -> b,
            fargate("burst"));

    assertThat(backend.changes(queue))
        .extracting(change -> change.replaceAll(" .*", ""))
        .containsExactly("create", "create");
    assertThat(backend.delete("mine")).isEmpty();
    assertThat(changing).isEmpty();
  }

  @Test
  void a_name_that_would_mean_all_queues_is_refused() {
    BatchBackend backend = backend();

    assertThatThrownBy(() -> backend.delete("")).isInstanceOf(IllegalArgumentException.class);
  }
}
