package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobQueueTest {
  private static final ComputeEnvironment CLUSTER =
      ComputeEnvironment.fixed("cluster", 2, Capacity.cpus(8));

  private static JobQueue.Builder queue() {
    return JobQueue.builder("normal").runsOn(CLUSTER);
  }

  @Test
  void a_queue_is_first_in_first_out_and_gives_no_timeout_unless_said() {
    JobQueue queue = queue().build();

    assertThat(queue.policy()).isEqualTo(SchedulingPolicy.fifo());
    assertThat(queue.defaultTimeout()).isEmpty();
  }

  @Test
  void policy_and_default_timeout_are_part_of_what_makes_queues_equal() {
    SchedulingPolicy policy = SchedulingPolicy.fairShare().share("physics", 2).build();
    JobQueue queue = queue().policy(policy).defaultTimeout(Duration.ofHours(1)).build();

    assertThat(queue.toBuilder().build()).isEqualTo(queue).hasSameHashCodeAs(queue);
    assertThat(queue.policy()).isSameAs(policy);
    assertThat(queue.defaultTimeout()).contains(Duration.ofHours(1));
    assertThat(queue).isNotEqualTo(queue().policy(policy).build());
    assertThat(queue).isNotEqualTo(queue().defaultTimeout(Duration.ofHours(1)).build());
  }

  @Test
  void a_default_timeout_that_is_not_positive_is_refused_with_its_value() {
    for (Duration bad : List.of(Duration.ZERO, Duration.ofSeconds(-5))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> queue().defaultTimeout(bad))
          .withMessageContainingAll("normal", bad.toString());
    }
  }

  @Test
  void an_environment_packs_unless_it_is_told_to_spread() {
    ComputeEnvironment spread =
        ComputeEnvironment.builder("cluster")
            .nodes("cluster-", 2, Capacity.cpus(8))
            .placement(Placement.SPREAD)
            .build();

    assertThat(CLUSTER.placement()).isEqualTo(Placement.PACK);
    assertThat(spread.placement()).isEqualTo(Placement.SPREAD);
    assertThat(spread).isNotEqualTo(CLUSTER);
  }
}
