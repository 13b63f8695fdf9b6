package io.hpc4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.local.trace.ScheduleMetrics;
import io.hpc4j.local.trace.TraceJob;
import io.hpc4j.local.trace.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

class YardstickTest {
  @Test
  void backfill_passes_the_head_without_delaying_it() {
    Yardstick yardstick =
        Yardstick.of(
            new Workload(
                10,
                List.of(
                    new TraceJob(0, 6, 10, 10),
                    new TraceJob(0, 8, 5, 5), // the head: from 10 on, and then 2 are left over
                    new TraceJob(0, 2, 100, 100), // takes these 2
                    new TraceJob(0, 1, 100, 100), // would delay the head
                    new TraceJob(0, 2, 10, 10)))); // ends as the head starts

    assertThat(yardstick.easy()).containsExactly(0, 10, 0, 15, 0);
    assertThat(yardstick.fcfs()).containsExactly(0, 10, 10, 15, 15);
  }

  @Test
  void all_that_ends_at_the_shadow_time_counts_as_extra() {
    Yardstick yardstick =
        new Yardstick(
            4,
            new long[] {0, 0, 0, 0},
            new int[] {1, 2, 2, 1},
            new long[] {10, 10, 1, 50},
            new long[] {10, 10, 1, 50});

    assertThat(yardstick.easy()).containsExactly(0, 0, 10, 0);
  }

  @Test
  void an_early_end_starts_the_head_at_once() {
    Yardstick yardstick =
        new Yardstick(
            4,
            new long[] {0, 1, 2},
            new int[] {4, 4, 1},
            new long[] {5, 5, 50},
            new long[] {100, 5, 50});

    assertThat(yardstick.easy()).containsExactly(0, 5, 10);
  }

  @Test
  void jobs_queue_by_submission_and_then_by_place() {
    Yardstick yardstick =
        new Yardstick(
            1,
            new long[] {5, 0, 5},
            new int[] {1, 1, 1},
            new long[] {1, 10, 1},
            new long[] {1, 10, 1});

    assertThat(yardstick.fcfs()).containsExactly(10, 0, 11);
    assertThat(yardstick.easy()).containsExactly(10, 0, 11);
  }

  @Test
  void a_burst_is_scheduled_as_a_list_scheduler_does_that_was_written_for_clarity() {
    Workload burst = Burst.of(3000, 1);
    Yardstick yardstick = Yardstick.of(burst);

    ScheduleMetrics fcfs = ScheduleMetrics.of(burst, yardstick.fcfs());
    ScheduleMetrics easy = ScheduleMetrics.of(burst, yardstick.easy());

    // Those of NaiveFlatPool, in the tests of hpc-local.
    assertThat(fcfs.startsHash()).isEqualTo("498609b387f06e81");
    assertThat(easy.startsHash()).isEqualTo("4e501d1ac3fef358");
  }

  @Test
  void a_burst_comes_at_once_and_is_the_same_for_the_same_seed() {
    Workload burst = Burst.of(5000, 3);

    assertThat(burst).isEqualTo(Burst.of(5000, 3)).isNotEqualTo(Burst.of(5000, 4));
    assertThat(burst.processors()).isEqualTo(1024);
    assertThat(burst.jobs()).hasSize(5000).allMatch(job -> job.submitSeconds() == 0);
    assertThat(burst.jobs()).extracting(TraceJob::processors).containsOnly(1, 2, 4, 8, 16, 32, 64);
    assertThat(burst.jobs())
        .extracting(job -> job.estimateSeconds() * 2 / job.runSeconds())
        .contains(2L, 3L, 6L, 20L);
  }

  @Test
  void a_burst_can_be_spread_so_that_the_machine_is_as_busy_as_wanted() {
    Workload spread = Burst.spread(20_000, 0.5, 3);

    assertThat(spread.jobs()).extracting(TraceJob::submitSeconds).isSorted();
    assertThat(ScheduleMetrics.of(spread, Yardstick.of(spread).easy()).utilisation())
        .isBetween(0.48, 0.52);
  }
}
