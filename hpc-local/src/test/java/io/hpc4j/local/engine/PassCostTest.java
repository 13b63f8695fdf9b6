package io.hpc4j.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.local.schedule.QueueState;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pass looks at, counted: it does not depend on how long the queue is. */
class PassCostTest {
  private static final int CPUS = 1024;
  private static final int WIDTHS = 7; // 1, 2, 4 ... 64

  private long instants;
  private long touchedTooOften;
  private long evaluatedTooOften;
  private long starts;

  private Lab lab(SchedulingPolicy policy) {
    ComputeEnvironment pool =
        ComputeEnvironment.fixed("pool", 1, new Capacity(CPUS, Memory.ofGiB(1), 0));
    return new Lab(
        (definition, index, attempt) -> {
          starts++;
          return Lab.success(Integer.parseInt(definition.name()));
        },
        JobQueue.builder("normal").runsOn(pool).policy(policy).build());
  }

  /** Of trees that wait, those on the way to what may start: the same factor for all lengths. */
  @ParameterizedTest
  @ValueSource(ints = {1_000, 20_000})
  void backfill_looks_at_a_path_of_a_tree_for_each_start_and_each_size(int jobs) {
    Lab lab = lab(SchedulingPolicy.fifo().easyBackfill());
    Random random = new Random(1);
    for (int i = 0; i < jobs; i++) {
      int run = 1 + random.nextInt(3600);
      submit(lab, 1 << random.nextInt(WIDTHS), run, run * (1 + random.nextInt(4)), "");
    }

    double pathsToSee = 2 * Math.log(jobs) / Math.log(2);
    drive(lab, Integer.MAX_VALUE, started -> pathsToSee * (started + WIDTHS), Long.MAX_VALUE);

    assertThat(starts).isEqualTo(jobs);
    assertThat(instants).isGreaterThan(jobs / 20);
    assertThat(touchedTooOften).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 500})
  void each_share_is_evaluated_once_at_an_instant_and_no_queued_job_is_looked_at(int shares) {
    int jobs = 100_000;
    Lab lab = lab(SchedulingPolicy.fairShare().build());
    for (int i = 0; i < jobs; i++) {
      submit(lab, 1 << (i % WIDTHS), 1 + i % 3600, 3600, "share" + i % shares);
    }

    drive(lab, 300, started -> 0, shares);

    assertThat(instants).isEqualTo(300);
    assertThat(starts).isGreaterThan(100);
    assertThat(evaluatedTooOften).isZero();
    assertThat(touchedTooOften).isZero();
  }

  @Test
  void what_cannot_start_costs_nothing_of_the_queue_behind_it() {
    Lab lab = lab(SchedulingPolicy.fifo().easyBackfill());
    submit(lab, CPUS, 100, 100, "");
    for (int i = 0; i < 10_000; i++) {
      submit(lab, 1, 1, 1, "");
    }

    drive(lab, 1, started -> 0, Long.MAX_VALUE);

    assertThat(starts).isEqualTo(1);
    assertThat(touchedTooOften).isZero();
  }

  /** Without the checks of the lab, which go through all jobs. */
  private static void submit(Lab lab, int cpus, int run, int estimate, String share) {
    JobDefinition definition =
        JobDefinition.builder(String.valueOf(run))
            .command("job")
            .resources(Resources.cpus(cpus).memory(Memory.ofBytes(1)))
            .timeout(Duration.ofSeconds(estimate))
            .build();
    JobRequest.Builder request = JobRequest.builder(definition);
    JobId id = JobId.create("local", "lab");
    lab.engine.submit(
        new Submission(
            id,
            (share.isEmpty() ? request : request.share(share)).build(),
            part -> {}));
  }

  private interface Allowance {
    double touches(long started);
  }

  /** Goes on for so many instants, and compares what each has cost with what it may. */
  private void drive(Lab lab, int most, Allowance allowance, long evaluations) {
    QueueState<JobRecord> queue = lab.engine.books().defaultQueue();
    while (lab.time.hasWork() && instants < most) {
      long touchedBefore = queue.touched();
      long evaluatedBefore = queue.evaluated();
      long startsBefore = starts;
      boolean unused = lab.time.step();
      lab.time.advanceTo(lab.time.instant());
      double touches = allowance.touches(starts - startsBefore);
      instants++;
      touchedTooOften += queue.touched() - touchedBefore > touches ? 1 : 0;
      evaluatedTooOften += queue.evaluated() - evaluatedBefore > evaluations ? 1 : 0;
    }
  }
}
