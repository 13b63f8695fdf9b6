package io.hpc4j.local.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.local.trace.NaiveFlatPool.Policy;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What must hold of any schedule, so that the plain one can be trusted. */
class NaiveFlatPoolProperties {
  @Property(tries = 300)
  void no_more_processors_are_taken_than_there_are(
      @ForAll("small") Workload workload, @ForAll Policy policy) {
    long[] starts = NaiveFlatPool.starts(workload, policy);

    for (long instant : starts) {
      assertThat(taken(workload, starts, instant)).isLessThanOrEqualTo(workload.processors());
    }
  }

  @Property(tries = 300)
  void first_come_first_served_starts_jobs_in_the_order_of_the_queue(
      @ForAll("small") Workload workload) {
    long[] starts = NaiveFlatPool.starts(workload, Policy.FCFS);

    assertThat(IntStream.of(queueOrder(workload)).mapToLong(job -> starts[job]).toArray())
        .isSorted();
  }

  @Property(tries = 300)
  void a_job_waits_only_while_something_else_runs(
      @ForAll("small") Workload workload, @ForAll Policy policy) {
    long[] starts = NaiveFlatPool.starts(workload, policy);

    for (int i = 0; i < starts.length; i++) {
      TraceJob job = workload.jobs().get(i);
      assertThat(starts[i]).isGreaterThanOrEqualTo(job.submitSeconds());
      if (starts[i] > job.submitSeconds()) {
        assertThat(taken(workload, starts, starts[i] - 1)).isPositive();
      }
    }
  }

  @Property(tries = 300)
  void backfill_changes_nothing_for_serial_jobs_with_right_estimates(
      @ForAll("exactAndSerial") Workload workload) {
    assertThat(NaiveFlatPool.starts(workload, Policy.EASY))
        .containsExactly(NaiveFlatPool.starts(workload, Policy.FCFS));
  }

  @Provide
  Arbitrary<Workload> small() {
    return Workloads.small();
  }

  @Provide
  Arbitrary<Workload> exactAndSerial() {
    return Workloads.exactAndSerial();
  }

  private static int[] queueOrder(Workload workload) {
    List<TraceJob> jobs = workload.jobs();
    return IntStream.range(0, jobs.size())
        .boxed()
        .sorted(Comparator.comparingLong(job -> jobs.get(job).submitSeconds()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int taken(Workload workload, long[] starts, long instant) {
    return IntStream.range(0, starts.length)
        .filter(job -> starts[job] <= instant)
        .filter(job -> instant < starts[job] + workload.jobs().get(job).runSeconds())
        .map(job -> workload.jobs().get(job).processors())
        .sum();
  }
}
