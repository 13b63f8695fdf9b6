package io.hpc4j.local.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.SchedulingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Workload WORKLOAD =
      new Workload(
          4,
          List.of(
              new TraceJob(0, 3, 10, 20),
              new TraceJob(1, 4, 5, 5), // blocked until 10, promised for 20
              new TraceJob(2, 1, 8, 18), // ends by 20
              new TraceJob(3, 1, 1, 30))); // would not

  @Test
  void backfill_lets_pass_what_does_not_put_off_the_first() {
    Simulation.Result fifo = Simulation.of(WORKLOAD).run();
    Simulation.Result easy =
        Simulation.of(WORKLOAD).policy(SchedulingPolicy.fifo().easyBackfill()).run();

    assertThat(fifo.starts()).containsExactly(0, 10, 15, 15);
    assertThat(easy.starts()).containsExactly(0, 10, 2, 15);
    assertThat(easy.metrics().meanWaitSeconds()).isEqualTo((0 + 9 + 0 + 12) / 4.0);
    assertThat(easy.samples()).isEmpty();
  }

  @Test
  void jobs_queue_by_submission_and_then_by_their_place() {
    Workload unsorted =
        new Workload(
            1,
            List.of(
                new TraceJob(5, 1, 10, 10),
                new TraceJob(0, 1, 10, 10),
                new TraceJob(5, 1, 10, 10)));

    assertThat(Simulation.of(unsorted).run().starts()).containsExactly(10, 0, 20);
  }

  @Test
  void shares_that_always_wait_get_what_they_are_entitled_to() {
    List<TraceJob> jobs =
        IntStream.range(0, 4000).mapToObj(i -> new TraceJob(0, 1, 60, 60)).toList();
    Simulation simulation =
        Simulation.of(new Workload(10, jobs))
            .policy(SchedulingPolicy.fairShare().share("a", 1).share("b", 3).build())
            .shares(job -> job % 2 == 0 ? "a" : "b")
            .sampleEvery(Duration.ofMinutes(10));

    Simulation.Result result = simulation.run();

    Simulation.Sample middle = result.samples().get(10);
    assertThat(middle.seconds()).isEqualTo(6000);
    double a = usage(middle, "a");
    double b = usage(middle, "b");
    assertThat(b / (a + b)).isBetween(0.73, 0.77);
    assertThat(simulation.run().starts()).containsExactly(result.starts());
  }

  private static double usage(Simulation.Sample sample, String share) {
    return sample.shares().stream()
        .filter(status -> status.name().equals(share))
        .findFirst()
        .orElseThrow()
        .usage();
  }

  @Test
  void shares_without_a_policy_for_them_are_refused_and_the_other_way_round() {
    assertThatThrownBy(() -> Simulation.of(WORKLOAD).shares(job -> "a").run())
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("share");
    assertThatThrownBy(
            () -> Simulation.of(WORKLOAD).policy(SchedulingPolicy.fairShare().build()).run())
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("share");
    assertThatThrownBy(() -> Simulation.of(WORKLOAD).sampleEvery(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
