package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;

/** Queues and environments that are there and made to be as they are asked for. */
class BatchEndpointProvisioningUpdatesTest extends ProvisioningCases {
  @Test
  void a_second_time_changes_nothing() {
    BatchBackend backend =
        backend(
            ec2("burst")
                .launchTemplate("named", "3")
                .serviceRole("arn:aws:iam::123456789012:role/batch")
                .tag("a", "b"));
    JobQueue queue = queue("mine").policy(SHARES).priority(3).build();
    backend.apply(queue);
    int before = changing.size();

    backend.apply(queue);

    assertThat(before).isEqualTo(3);
    assertThat(changing).hasSize(before);
  }

  @Test
  void only_what_differs_is_changed() {
    backend(ec2("burst")).apply(queue("mine").build());
    changing.clear();
    BatchBackend larger =
        backend(ec2("burst").subnets("subnet-2", "subnet-1").maxVcpus(100).tag("a", "b"));

    larger.apply(queue("mine").priority(2).build());

    assertThat(changing)
        .containsExactly("UpdateComputeEnvironment", "TagResource", "UpdateJobQueue");
    assertThat(environmentDescribed("burst").computeResources().maxvCpus()).isEqualTo(100);
    assertThat(environmentDescribed("burst").tags()).containsEntry("a", "b");
    assertThat(described("mine").priority()).isEqualTo(2);
    assertThat(described("mine").statusAsString()).isEqualTo("VALID");
  }

  @Test
  void the_order_of_instance_types_matters() {
    backend(ec2("burst")).apply(queue("mine").build());

    List<String> changes =
        backend(ec2("burst").instanceTypes("m7i", "c7i")).changes(queue("mine").build());

    assertThat(changes)
        .containsExactly(
            "update compute environment burst: instanceTypes [c7i, m7i] -> [m7i, c7i]");
  }

  @Test
  void what_differs_within_a_member_differs() {
    backend(ec2("burst").launchTemplate("named", "3")).apply(queue("mine").build());

    List<String> changes =
        backend(ec2("burst").launchTemplate("named", "4")).changes(queue("mine").build());

    assertThat(changes)
        .singleElement()
        .satisfies(change -> assertThat(change).contains("launchTemplate", "Version=4"));
  }

  @Test
  void what_was_not_said_before_is_told_as_unset() {
    backend(ec2("burst")).apply(queue("mine").build());

    assertThat(
            backend(ec2("burst").changeResources(r -> r.ec2KeyPair("pair")))
                .changes(queue("mine").build()))
        .containsExactly("update compute environment burst: ec2KeyPair unset -> pair");
  }

  @Test
  void instances_become_spot_instances() {
    backend(ec2("burst")).apply(queue("mine").build());

    backend(
            BatchEnvironment.spot("burst")
                .subnets("subnet-1")
                .instanceTypes("c7i")
                .instanceRole("ecsInstanceRole")
                .serviceRole("arn:aws:iam::123456789012:role/batch"))
        .apply(queue("mine").build());

    ComputeEnvironmentDetail is = environmentDescribed("burst");
    assertThat(is.computeResources().typeAsString()).isEqualTo("SPOT");
    assertThat(is.computeResources().subnets()).containsExactly("subnet-1");
    assertThat(is.serviceRole()).isEqualTo("arn:aws:iam::123456789012:role/batch");
  }

  @Test
  void a_role_that_aws_tells_by_its_arn_is_the_same() {
    backend(ec2("burst").instanceRole("arn:aws:iam::1:instance-profile/ecsInstanceRole"))
        .apply(queue("mine").build());

    assertThat(backend(ec2("burst")).changes(queue("mine").build())).isEmpty();
    assertThat(backend(ec2("burst").instanceRole("Role")).changes(queue("mine").build()))
        .hasSize(1);
  }

  @Test
  void an_unmanaged_one_is_resized() {
    backend(BatchEnvironment.unmanaged("burst")).apply(queue("mine").build());

    backend(BatchEnvironment.unmanaged("burst").maxVcpus(5)).apply(queue("mine").build());

    assertThat(environmentDescribed("burst").unmanagedvCpus()).isEqualTo(5);
    assertThat(
            backend(BatchEnvironment.unmanaged("burst").maxVcpus(5)).changes(queue("mine").build()))
        .isEmpty();
  }

  @Test
  void what_is_being_changed_is_waited_for_before_it_is_changed_again() {
    backend(ec2("burst")).apply(queue("mine").build());
    aws.updateComputeEnvironment(r -> r.computeEnvironment("burst").state("DISABLED"));
    aws.updateJobQueue(r -> r.jobQueue("mine").priority(5));
    Instant others = time.instant();

    backend(ec2("burst")).apply(queue("mine").build());

    assertThat(lastAt.get("UpdateComputeEnvironment")).isAfterOrEqualTo(others.plus(TAKES));
    assertThat(lastAt.get("UpdateJobQueue")).isAfterOrEqualTo(others.plus(TAKES));
    assertThat(environmentDescribed("burst").stateAsString()).isEqualTo("ENABLED");
  }

  @Test
  void a_queue_that_is_being_changed_is_waited_for_before_it_is_changed_again() {
    backend(ec2("burst")).apply(queue("mine").build());
    aws.updateJobQueue(r -> r.jobQueue("mine").priority(5));
    Instant others = time.instant();

    backend(ec2("burst")).apply(queue("mine").build());

    assertThat(lastAt.get("UpdateJobQueue")).isAfterOrEqualTo(others.plus(TAKES));
    assertThat(described("mine").priority()).isZero();
  }

  @Test
  void a_queue_is_known_anew_after_it_was_changed() {
    BatchBackend backend = backend(ec2("burst"));
    backend.apply(queue("mine").build());
    JobDefinition hello = JobDefinition.builder("hello").command("x").image("i").build();
    assertThat(backend.check(request(hello))).isEmpty();

    backend.apply(queue("mine").enabled(false).build());

    assertThat(backend.check(request(hello))).hasSize(1);
  }

  private JobRequest request(JobDefinition definition) {
    return JobRequest.builder(definition).queue("mine").build();
  }
}
