package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.SchedulingPolicyDetail;
import software.amazon.awssdk.services.batch.model.ShareAttributes;

/** Fair shares as AWS Batch's scheduling policies. */
class BatchEndpointPoliciesTest extends ProvisioningCases {
  @Test
  void weights_are_turned_over_and_decay_and_reservation_carried() {
    backend(fargate("burst")).apply(queue("mine").policy(SHARES).build());

    SchedulingPolicyDetail policy = policyOf("mine");
    assertThat(policy.fairsharePolicy().shareDistribution())
        .extracting(ShareAttributes::shareIdentifier, ShareAttributes::weightFactor)
        .containsExactly(tuple("climate", 1f), tuple("genomics", 0.25f));
    assertThat(policy.fairsharePolicy().shareDecaySeconds()).isEqualTo(3600);
    assertThat(policy.fairsharePolicy().computeReservation()).isEqualTo(25);
    assertThat(policy.tags()).isEqualTo(Map.of("hpc4j", "mine"));
  }

  @Test
  void the_largest_and_the_smallest_weight_are_in_awss_range() {
    SchedulingPolicy extremes =
        SchedulingPolicy.fairShare().share("most", 10_000).share("least", 1 / 999.9999).build();
    BatchBackend backend = backend(fargate("burst"));

    backend.apply(queue("mine").policy(extremes).build());

    assertThat(policyOf("mine").fairsharePolicy().shareDistribution())
        .extracting(ShareAttributes::weightFactor)
        .containsExactly(0.0001f, 999.9999f);
    assertThat(backend.changes(queue("mine").policy(extremes).build())).isEmpty();
  }

  @Test
  void a_policy_is_read_back_as_it_was_applied() {
    SchedulingPolicy extremes =
        SchedulingPolicy.fairShare().share("most", 10_000).share("least", 1 / 999.9999).build();
    BatchBackend backend = backend(fargate("burst"));

    backend.apply(queue("mine").policy(SHARES).build());
    backend.apply(queue("second").policy(extremes).build());

    assertThat(backend.queues())
        .extracting(JobQueue::policy)
        .containsExactly(SchedulingPolicy.fifo(), SHARES, extremes);
  }

  @Test
  void each_number_of_a_policy_is_compared() {
    BatchBackend backend = backend(fargate("burst"));
    backend.apply(queue("mine").policy(SHARES).build());
    List<SchedulingPolicy> others =
        List.of(
            shares(1, 3, 25, 3600),
            shares(1, 4, 24, 3600),
            shares(1, 4, 25, 3601),
            SchedulingPolicy.fairShare()
                .share("climate", 1)
                .reservation(25)
                .decay(Duration.ofHours(1))
                .build());

    assertThat(others)
        .allSatisfy(
            other -> assertThat(backend.changes(queue("mine").policy(other).build())).hasSize(1));
  }

  private SchedulingPolicy shares(double first, double second, int reservation, int decay) {
    return SchedulingPolicy.fairShare()
        .share("climate", first)
        .share("genomics", second)
        .reservation(reservation)
        .decay(Duration.ofSeconds(decay))
        .build();
  }

  @Test
  void one_that_others_have_made_is_left_alone_and_the_queue_gets_its_own() {
    String theirs =
        aws.createSchedulingPolicy(r -> r.name("shared").fairsharePolicy(p -> {})).arn();
    aws.createJobQueue(
        r ->
            r.jobQueueName("mine")
                .priority(0)
                .schedulingPolicyArn(theirs)
                .computeEnvironmentOrder(Account.order(List.of("cluster"))));
    JobQueue queue =
        JobQueue.builder("mine").runsOn(environment("cluster", 8)).policy(SHARES).build();
    changing.clear();

    List<String> changes = backend().changes(queue);
    backend().apply(queue);

    assertThat(changes).last().asString().contains("scheduling policy shared -> mine-hpc4j");
    assertThat(changing).containsExactly("CreateSchedulingPolicy", "UpdateJobQueue");
    assertThat(policyOf("mine").name()).isEqualTo("mine-hpc4j");
  }

  @Test
  void one_that_an_interrupted_apply_has_left_is_taken_up() {
    aws.createSchedulingPolicy(
        r -> r.name("mine-hpc4j").fairsharePolicy(p -> {}).tags(Map.of("hpc4j", "mine")));
    changing.clear();

    backend(fargate("burst")).apply(queue("mine").policy(SHARES).build());

    assertThat(changing)
        .containsExactly("CreateComputeEnvironment", "UpdateSchedulingPolicy", "CreateJobQueue");
  }

  @Test
  void what_aws_leaves_out_or_has_rounded_is_the_same() {
    SchedulingPolicy thirds =
        SchedulingPolicy.fairShare().share("climate", 3).share("genomics", 1).build();
    aws.createSchedulingPolicy(
        r ->
            r.name("mine-hpc4j")
                .tags(Map.of("hpc4j", "mine"))
                .fairsharePolicy(
                    p ->
                        p.shareDistribution(
                            List.of(
                                ShareAttributes.builder()
                                    .shareIdentifier("climate")
                                    .weightFactor(0.3333333f)
                                    .build(),
                                ShareAttributes.builder().shareIdentifier("genomics").build()))));

    assertThat(backend(fargate("burst")).changes(queue("mine").policy(thirds).build()))
        .noneMatch(change -> change.contains("scheduling policy"));
  }

  @Test
  void one_that_was_made_for_another_queue_is_left_alone() {
    BatchBackend backend = backend(fargate("burst"));
    backend.apply(queue("mine").policy(SHARES).build());
    String ofMine = policyOf("mine").arn();
    aws.createJobQueue(
        r ->
            r.jobQueueName("second")
                .priority(0)
                .schedulingPolicyArn(ofMine)
                .computeEnvironmentOrder(Account.order(List.of("burst"))));
    time.advance(TAKES);

    backend.apply(queue("second").policy(shares(2, 2, 0, 0)).build());

    assertThat(policyOf("second").name()).isEqualTo("second-hpc4j");
    assertThat(backend.changes(queue("mine").policy(SHARES).build())).isEmpty();
  }
}
