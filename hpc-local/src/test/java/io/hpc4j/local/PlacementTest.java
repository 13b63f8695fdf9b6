package io.hpc4j.local;

import static io.hpc4j.local.Bench.cpus;
import static io.hpc4j.local.Bench.queue;
import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobId;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Placement;
import io.hpc4j.model.Resources;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static Bench bench(ComputeEnvironment.Builder environment) {
    ComputeEnvironment built = environment.build();
    return Bench.with(b -> b.queue(queue("normal", built)));
  }

  private static ComputeEnvironment.Builder three(Placement placement) {
    return ComputeEnvironment.builder("c").nodes("c-", 3, Capacity.cpus(4)).placement(placement);
  }

  @Test
  void packing_fills_a_node_before_the_next() {
    try (Bench bench = bench(three(Placement.PACK))) {
      JobId first = bench.submit(cpus(2, 10));
      JobId second = bench.submit(cpus(2, 10));
      JobId third = bench.submit(cpus(2, 10));
      bench.advance(0);

      assertThat(bench.status(first).nodes()).containsExactly("c-1");
      assertThat(bench.status(second).nodes()).containsExactly("c-1");
      assertThat(bench.status(third).nodes()).containsExactly("c-2");
    }
  }

  @Test
  void spreading_takes_the_least_used_node() {
    try (Bench bench = bench(three(Placement.SPREAD))) {
      JobId first = bench.submit(cpus(2, 10));
      JobId second = bench.submit(cpus(1, 10));
      JobId third = bench.submit(cpus(1, 10));
      JobId fourth = bench.submit(cpus(1, 10));
      JobId gang = bench.submit(work(10).resources(Resources.nodes(2)).launch(Launch.MAIN), r -> r);
      bench.advance(0);

      assertThat(bench.status(first).nodes()).containsExactly("c-1");
      assertThat(bench.status(second).nodes()).containsExactly("c-2");
      assertThat(bench.status(third).nodes()).containsExactly("c-3");
      assertThat(bench.status(fourth).nodes()).containsExactly("c-2");
      assertThat(bench.status(gang).nodes()).containsExactly("c-3", "c-1");
    }
  }

  @Test
  void spreading_looks_at_the_part_of_a_node_that_is_used() {
    ComputeEnvironment.Builder unequal =
        ComputeEnvironment.builder("c")
            .node("small", Capacity.cpus(2))
            .node("large", Capacity.cpus(8))
            .placement(Placement.SPREAD);
    try (Bench bench = bench(unequal)) {
      JobId first = bench.submit(cpus(1, 10));
      JobId second = bench.submit(cpus(3, 10));
      JobId third = bench.submit(cpus(1, 10));
      bench.advance(0);

      assertThat(bench.status(first).nodes()).containsExactly("small");
      assertThat(bench.status(second).nodes()).containsExactly("large");
      assertThat(bench.status(third).nodes()).containsExactly("large");
    }
  }

  @Test
  void a_job_runs_only_on_nodes_with_all_the_features_it_asks_for() {
    ComputeEnvironment.Builder mixed =
        ComputeEnvironment.builder("c")
            .node("plain", Capacity.cpus(4))
            .node("fast", Capacity.cpus(4).features("avx512"))
            .node("both", Capacity.cpus(4).features("avx512", "ib"));
    try (Bench bench = bench(mixed)) {
      JobId any = bench.submit(cpus(1, 10));
      JobId fast = bench.submit(work(10).resources(Resources.cpus(1).features("avx512")));
      JobId both = bench.submit(work(10).resources(Resources.cpus(1).features("ib", "avx512")));
      bench.advance(0);

      assertThat(bench.status(any).nodes()).containsExactly("plain");
      assertThat(bench.status(fast).nodes()).containsExactly("fast");
      assertThat(bench.status(both).nodes()).containsExactly("both");
      assertThat(bench.problems(work(1).resources(Resources.cpus(1).features("gpu")), r -> r))
          .hasSize(1);
    }
  }

  @Test
  void an_exclusive_job_shares_its_node_with_nobody() {
    try (Bench bench = Bench.nodes(2, 4)) {
      JobId before = bench.submit(cpus(1, 10));
      JobId alone = bench.submit(work(10).resources(Resources.cpus(1).exclusive()));
      JobId after = bench.submit(cpus(4, 10));
      JobId small = bench.submit(cpus(3, 10));
      bench.advance(0);

      assertThat(bench.status(before).nodes()).containsExactly("c-1");
      assertThat(bench.status(alone).nodes()).containsExactly("c-2");
      assertThat(bench.backend.nodes().get(1).cpusInUse()).isEqualTo(4);
      bench.advance(30);
      assertThat(bench.startedAt(after)).isEqualTo(10);
      assertThat(bench.startedAt(small)).isEqualTo(10);
    }
  }

  @Test
  void a_released_node_is_filled_first_again() {
    try (Bench bench = Bench.nodes(3, 1)) {
      bench.submit(cpus(1, 5));
      bench.submit(cpus(1, 20));
      bench.advance(5);
      JobId next = bench.submit(cpus(1, 5));
      bench.advance(0);

      assertThat(bench.status(next).nodes()).containsExactly("c-1");
    }
  }
}
