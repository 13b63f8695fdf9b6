package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobQueue;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is refused of an environment, all of it at once, and what is just not. */
class BatchEndpointProvisioningEnvironmentsTest extends ProvisioningCases {
  @Test
  void instances_need_subnets_types_and_a_role() {
    assertThat(refused(BatchEnvironment.ec2("burst")))
        .containsExactlyInAnyOrder(
            "environments.burst.subnets: EC2 needs at least one",
            "environments.burst.instanceTypes: EC2 needs at least one",
            "environments.burst.instanceRole: EC2 needs one");
    assertThat(refused(BatchEnvironment.spot("burst"))).hasSize(3);
  }

  @Test
  void fargate_needs_subnets_and_security_groups_and_knows_nothing_of_instances() {
    BatchEnvironment wrong =
        BatchEnvironment.fargate("burst")
            .instanceTypes("c7i")
            .instanceRole("role")
            .minVcpus(1)
            .allocationStrategy("BEST_FIT")
            .launchTemplate("named", "1");

    assertThat(refused(wrong))
        .containsExactlyInAnyOrder(
            "environments.burst.subnets: FARGATE needs at least one",
            "environments.burst.securityGroupIds: FARGATE needs at least one",
            "environments.burst.allocationStrategy: FARGATE knows none",
            "environments.burst.instanceRole: FARGATE knows none",
            "environments.burst.instanceTypes: FARGATE knows none",
            "environments.burst.launchTemplate: FARGATE knows none",
            "environments.burst.minvCpus: FARGATE knows none");
  }

  @Test
  void an_unmanaged_one_knows_its_vcpus_only() {
    assertThat(refused(BatchEnvironment.unmanaged("burst").subnets("subnet-1")))
        .containsExactly("environments.burst.subnets: UNMANAGED knows none");
  }

  @Test
  void sizes_strategies_and_tags_are_in_awss_range() {
    String[] subnets = new String[17];
    Arrays.setAll(subnets, i -> "subnet-" + i);

    assertThat(
            refused(
                ec2("burst")
                    .subnets(subnets)
                    .maxVcpus(0)
                    .minVcpus(2)
                    .allocationStrategy("SPOT_CAPACITY_OPTIMIZED")
                    .tag("hpc4j", "x")
                    .tag("k".repeat(129), "x")))
        .containsExactlyInAnyOrder(
            "environments.burst.subnets: must be at most 16",
            "environments.burst.maxvCpus: must be at least 1",
            "environments.burst.minvCpus: must be 0..maxvCpus",
            "environments.burst.allocationStrategy: is for SPOT only",
            "environments.burst.tags: marks what this library has made",
            "environments.burst.tags: has 1..128 characters, and 256 in its value");
    assertThat(
            refused(
                BatchEnvironment.spot("burst")
                    .subnets("s")
                    .instanceTypes("c7i")
                    .instanceRole("r")
                    .allocationStrategy("BEST_FIT_PROGRESSIVE_ORDERED")))
        .containsExactly("environments.burst.allocationStrategy: is for EC2 only");
    BatchEnvironment tagged = fargate("burst");
    for (int i = 0; i < 50; i++) {
      tagged = tagged.tag("k" + i, "v");
    }
    assertThat(refused(tagged)).containsExactly("environments.burst.tags: must be at most 49");
  }

  @Test
  void the_ends_of_awss_ranges_are_in_them() {
    String[] subnets = new String[16];
    Arrays.setAll(subnets, i -> "subnet-" + i);
    String longest = "e".repeat(128);
    BatchEnvironment environment =
        ec2(longest)
            .subnets(subnets)
            .allocationStrategy("BEST_FIT_PROGRESSIVE_ORDERED")
            .minVcpus(4)
            .maxVcpus(4)
            .tag("k".repeat(128), "v".repeat(256));
    for (int i = 0; i < 48; i++) {
      environment = environment.tag("k" + i, "");
    }
    BatchBackend backend =
        backend(
            aws,
            b ->
                b.jobStateTimeLimit("CAPACITY:A", Duration.ofMinutes(10))
                    .jobStateTimeLimit("CAPACITY:B", Duration.ofDays(1)),
            environment,
            ec2("second"));
    JobQueue queue =
        JobQueue.builder("q".repeat(122))
            .policy(shares())
            .runsOn(environment(longest, 4), environment("second", 1), environment("cluster", 1))
            .build();

    assertThat(backend.changes(queue)).hasSize(4);
  }

  @Test
  void beyond_the_ends_of_awss_ranges_it_is_refused() {
    assertThat(refused(ec2("burst").minVcpus(-1).tag("", "x").tag("k", "v".repeat(257))))
        .containsExactlyInAnyOrder(
            "environments.burst.minvCpus: must be 0..maxvCpus",
            "environments.burst.tags: has 1..128 characters, and 256 in its value",
            "environments.burst.tags: has 1..128 characters, and 256 in its value");
    assertThat(refused(ec2("burst").maxVcpus(4).minVcpus(5)))
        .containsExactly("environments.burst.minvCpus: must be 0..maxvCpus");
  }
}
