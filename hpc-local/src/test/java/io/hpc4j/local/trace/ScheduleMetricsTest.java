package io.hpc4j.local.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleMetricsTest {
  private static final Workload WORKLOAD =
      new Workload(
          4,
          List.of(
              new TraceJob(2, 3, 20, 20), new TraceJob(2, 2, 5, 9), new TraceJob(7, 4, 15, 15)));

  @Test
  void figures_are_those_of_the_formulas() {
    ScheduleMetrics metrics = ScheduleMetrics.of(WORKLOAD, new long[] {2, 22, 27});

    assertThat(metrics.jobs()).isEqualTo(3);
    assertThat(metrics.meanWaitSeconds()).isEqualTo((0 + 20 + 20) / 3.0);
    assertThat(metrics.maxWaitSeconds()).isEqualTo(20);
    assertThat(metrics.meanBoundedSlowdown())
        .isEqualTo((1 + (20 + 5) / 10.0 + (20 + 15) / 15.0) / 3);
    assertThat(metrics.makespanSeconds()).isEqualTo(42 - 2);
    assertThat(metrics.utilisation()).isEqualTo((3 * 20 + 2 * 5 + 4 * 15) / (4.0 * 40));
  }

  @Test
  void the_hash_folds_the_starts_in_their_order() {
    ScheduleMetrics metrics = ScheduleMetrics.of(WORKLOAD, new long[] {2, 22, 27});

    long expected = (3L * 1_000_003 + 23) * 1_000_003 + 28;
    assertThat(metrics.startsHash()).isEqualTo("%016x".formatted(expected)).hasSize(16);
  }

  @Test
  void a_short_job_that_does_not_wait_has_a_slowdown_of_one() {
    Workload one = new Workload(1, List.of(new TraceJob(0, 1, 1, 1)));

    assertThat(ScheduleMetrics.of(one, new long[] {0}).meanBoundedSlowdown()).isEqualTo(1);
  }

  @Test
  void no_jobs_have_figures_of_zero() {
    ScheduleMetrics none = ScheduleMetrics.of(new Workload(1, List.of()), new long[0]);

    assertThat(none).isEqualTo(new ScheduleMetrics(0, 0, 0, 0, 0, 0, "0000000000000000"));
  }

  @Test
  void starts_that_cannot_be_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScheduleMetrics.of(WORKLOAD, new long[2]))
        .withMessage("3 jobs have 2 starts");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScheduleMetrics.of(WORKLOAD, new long[] {2, 1, 27}))
        .withMessage("the job at index 1 starts at 1 s, before its submission at 2 s");
  }
}
