package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JavaTask;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JavaTaskTest {
  private static JobDefinition.Builder java(JavaTask<?> task) {
    return JobDefinition.builder("task").java(task);
  }

  @Test
  void a_task_runs_at_its_instant_and_takes_no_virtual_time() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.submit(Bench.work(7));
      JobId job = bench.submit(java(context -> bench.time.instant()));

      bench.advance(10);

      assertThat(bench.backend.result(job)).contains(Bench.at(7));
      assertThat(bench.startedAt(job)).isEqualTo(7);
      assertThat(bench.endedAt(job)).isEqualTo(7);
    }
  }

  @Test
  void each_element_knows_its_index_and_keeps_its_result() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId array =
          bench.submit(java(context -> context.arrayIndex().orElseThrow() * 10), r -> r.array(5));

      bench.advance(0);

      assertThat(bench.backend.result(array.element(3))).contains(30);
      assertThat(bench.state(array)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void a_task_that_throws_fails_with_class_and_message() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job =
          bench.submit(
              java(
                  context -> {
                    throw new IllegalArgumentException("no such grid");
                  }));

      bench.advance(0);

      assertThat(bench.status(job).reason()).contains(Reason.EXCEPTION);
      assertThat(bench.status(job).message())
          .contains("IllegalArgumentException")
          .contains("no such grid");
    }
  }

  @Test
  void running_out_of_memory_is_told_apart() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job =
          bench.submit(
              java(
                  context -> {
                    throw new OutOfMemoryError("heap");
                  }));

      bench.advance(0);

      assertThat(bench.status(job).reason()).contains(Reason.OUT_OF_MEMORY);
    }
  }

  @Test
  void a_task_is_repeated_with_its_attempt_told() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job =
          bench.submit(
              java(context -> {
                    if (context.attempt() < 3) {
                      throw new IllegalStateException("again");
                    }
                    return "third";
                  })
                  .retry(RetryPolicy.attempts(3)));

      bench.advance(0);

      assertThat(bench.backend.result(job)).contains("third");
      assertThat(bench.backend.attempts(job)).hasSize(3);
    }
  }

  @Test
  void a_task_may_submit_and_ask_but_is_not_inside_the_scheduler() {
    try (Bench bench = Bench.nodes(1, 2)) {
      List<JobId> submitted = new ArrayList<>();
      JobId job =
          bench.submit(
              java(
                  context -> {
                    submitted.add(bench.submit(Bench.work(5)));
                    return bench.backend.describe(List.of(context.id())).size();
                  }));

      bench.advance(10);

      assertThat(bench.backend.result(job)).contains(1);
      assertThat(bench.state(submitted.get(0))).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void a_task_that_cancels_itself_ends_cancelled_once() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job =
          bench.submit(
              java(
                  context -> {
                    bench.backend.cancel(context.id(), "by myself");
                    return "never kept";
                  }));

      bench.advance(0);

      assertThat(bench.state(job)).isEqualTo(JobState.CANCELLED);
      assertThat(bench.backend.result(job)).isEmpty();
      assertThat(bench.backend.nodes().get(0).cpusInUse()).isZero();
      Thread.interrupted(); // the interruption was this thread's own
    }
  }
}
