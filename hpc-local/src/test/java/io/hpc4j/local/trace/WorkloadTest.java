package io.hpc4j.local.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void each_copy_begins_one_second_after_the_last_submission_of_the_one_before() {
    TraceJob late = new TraceJob(9, 1, 2, 3);
    TraceJob early = new TraceJob(4, 2, 5, 5);

    Workload twice = new Workload(2, List.of(late, early)).copies(2);

    assertThat(twice.jobs())
        .containsExactly(
            late, early, new TraceJob(19, 1, 2, 3), new TraceJob(14, 2, 5, 5)); // 10 s later
  }

  @Test
  void one_copy_is_the_workload_and_none_is_refused() {
    Workload workload = new Workload(2, List.of(new TraceJob(9, 1, 2, 3)));

    assertThat(workload.copies(1)).isEqualTo(workload);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> workload.copies(0))
        .withMessage("there is no workload in 0 copies");
  }

  @Test
  void copies_beyond_all_time_are_refused() {
    Workload workload = new Workload(1, List.of(new TraceJob(Long.MAX_VALUE / 2, 1, 1, 1)));

    assertThatThrownBy(() -> workload.copies(3)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void a_job_that_does_not_fit_is_named() {
    List<TraceJob> jobs = List.of(new TraceJob(0, 1, 1, 1), new TraceJob(0, 5, 1, 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Workload(4, jobs))
        .withMessage("the job at index 1 takes 5 processors, and there are 4");
  }

  @Test
  void a_job_takes_processors_and_time_within_its_estimate() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TraceJob(-1, 1, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new TraceJob(0, 0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new TraceJob(0, 1, 0, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TraceJob(0, 1, 2, 1))
        .withMessageEndingWith("not so: submitted at 0 s, 1 processors, 2 s of 1 s");
  }
}
