package io.hpc4j.local.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.local.trace.NaiveFlatPool.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;

class NaiveFlatPoolTest {
  @Test
  void first_come_first_served_lets_nothing_pass_the_head() {
    Workload workload = workload(4, job(0, 3, 10, 10), job(0, 2, 5, 5), job(1, 1, 2, 2));

    assertThat(NaiveFlatPool.starts(workload, Policy.FCFS)).containsExactly(0, 10, 10);
  }

  @Test
  void backfill_lets_pass_what_ends_before_the_head_can_start() {
    Workload workload = workload(4, job(0, 3, 10, 10), job(0, 2, 5, 5), job(1, 1, 2, 2));

    assertThat(NaiveFlatPool.starts(workload, Policy.EASY)).containsExactly(0, 10, 1);
  }

  @Test
  void a_long_job_passes_on_extra_processors_and_uses_them_up() {
    Workload workload =
        workload(
            10,
            job(0, 6, 10, 10),
            job(0, 8, 5, 5), // the head: from 10 on, and then 2 are left over
            job(0, 2, 100, 100), // takes these 2
            job(0, 1, 100, 100), // would delay the head
            job(0, 2, 10, 10)); // ends as the head starts: needs none of the 2

    assertThat(NaiveFlatPool.starts(workload, Policy.EASY)).containsExactly(0, 10, 0, 15, 0);
  }

  @Test
  void all_that_ends_at_the_shadow_time_counts_as_extra() {
    Workload workload =
        workload(4, job(0, 1, 10, 10), job(0, 2, 10, 10), job(0, 2, 1, 1), job(0, 1, 50, 50));

    assertThat(NaiveFlatPool.starts(workload, Policy.EASY)).containsExactly(0, 0, 10, 0);
  }

  @Test
  void estimates_decide_what_passes_and_run_times_when_it_ends() {
    Workload workload = workload(4, job(0, 2, 5, 20), job(0, 4, 5, 5), job(0, 2, 20, 20));

    assertThat(NaiveFlatPool.starts(workload, Policy.EASY)).containsExactly(0, 20, 0);
  }

  @Test
  void an_early_end_starts_the_head_at_once() {
    Workload workload = workload(4, job(0, 4, 5, 100), job(1, 4, 5, 5), job(2, 1, 50, 50));

    assertThat(NaiveFlatPool.starts(workload, Policy.EASY)).containsExactly(0, 5, 10);
  }

  @Test
  void what_ends_makes_room_for_what_is_submitted_at_the_same_instant() {
    Workload workload = workload(1, job(0, 1, 5, 5), job(5, 1, 1, 1));

    assertThat(NaiveFlatPool.starts(workload, Policy.FCFS)).containsExactly(0, 5);
  }

  @Test
  void jobs_queue_by_submission_and_then_by_place() {
    Workload workload = workload(1, job(5, 1, 1, 1), job(0, 1, 10, 10), job(5, 1, 1, 1));

    assertThat(NaiveFlatPool.starts(workload, Policy.FCFS)).containsExactly(10, 0, 11);
  }

  private static Workload workload(int processors, TraceJob... jobs) {
    return new Workload(processors, List.of(jobs));
  }

  private static TraceJob job(long submit, int processors, long run, long estimate) {
    return new TraceJob(submit, processors, run, estimate);
  }
}
