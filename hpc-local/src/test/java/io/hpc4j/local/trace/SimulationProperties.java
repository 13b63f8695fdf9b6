package io.hpc4j.local.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.local.trace.NaiveFlatPool.Policy;
import io.hpc4j.model.SchedulingPolicy;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The engine starts each job when the list scheduler does. */
class SimulationProperties {
  @Property(tries = 300)
  void first_in_first_out_is_first_come_first_served(@ForAll("small") Workload workload) {
    assertThat(Simulation.of(workload).run().starts())
        .containsExactly(NaiveFlatPool.starts(workload, Policy.FCFS));
  }

  @Property(tries = 1000)
  void backfill_is_easy(@ForAll("small") Workload workload) {
    assertThat(
            Simulation.of(workload).policy(SchedulingPolicy.fifo().easyBackfill()).run().starts())
        .containsExactly(NaiveFlatPool.starts(workload, Policy.EASY));
  }

  @Property(tries = 300)
  void one_share_is_the_same_as_none(@ForAll("small") Workload workload) {
    assertThat(
            Simulation.of(workload)
                .policy(SchedulingPolicy.fairShare().easyBackfill().build())
                .shares(job -> "all")
                .run()
                .starts())
        .containsExactly(NaiveFlatPool.starts(workload, Policy.EASY));
  }

  @Provide
  Arbitrary<Workload> small() {
    return Workloads.small();
  }
}
