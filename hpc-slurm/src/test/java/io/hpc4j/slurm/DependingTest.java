package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.slurm.ScriptedSlurm.Sent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Dependencies, budgets, holds and limits: what Slurm is trusted with, and what is done here. */
class DependingTest extends SlurmCases {
  private Sent last() {
    return slurm.sent.get(slurm.sent.size() - 1);
  }

  @Nested
  class Left_to_slurm {
    @Test
    void where_the_predecessor_is_open_has_one_attempt_and_all_its_parts_sent() {
      JobId first = submit(r -> r.array(3));
      slurm.startAll();
      seconds(1);
      JobId unused = submit(r -> r.after(() -> first));
      assertThat(last().value("--dependency")).isEqualTo("afterok:100");
      unused = submit(r -> r.afterEnd(() -> first));
      assertThat(last().value("--dependency")).isEqualTo("afterany:100");
      unused = submit(r -> r.array(3).afterEach(() -> first));
      assertThat(last().value("--dependency")).isEqualTo("aftercorr:100");
      assertThat(last().has("--hold")).isFalse();
      assertThat(last().has("--kill-on-invalid-dep")).isTrue();
      assertThat(unused).isNotNull();
    }

    @Test
    void not_after_a_failure_nor_after_what_may_be_tried_again() {
      JobId first = submit(r -> r);
      JobId again = submit(r -> r.retry(RetryPolicy.attempts(2)));
      JobId unused = submit(r -> r.afterFailure(() -> first));
      assertThat(last().has("--hold")).isTrue();
      unused = submit(r -> r.after(() -> again));
      assertThat(last().has("--hold")).isTrue();
      assertThat(last().has("--dependency")).isFalse();
      assertThat(unused).isNotNull();
    }

    @Test
    void not_after_what_slurm_has_forgotten() {
      slurm.accounting = false;
      JobId first = submit(r -> r);
      slurm.start("100");
      assertThat(state(first)).isEqualTo(JobState.RUNNING);
      slurm.purge("100");
      seconds(1);

      JobId then = submit(r -> r.after(() -> first));

      assertThat(last().has("--dependency")).isFalse();
      assertThat(last().has("--hold")).isTrue();
      assertThat(state(then)).isEqualTo(JobState.PENDING);
    }

    @Test
    void not_after_an_array_of_which_an_element_has_failed() {
      JobId first = submit(r -> r.array(2));
      slurm.start("100_1");
      slurm.fail("100_0", 1);
      seconds(1);

      JobId unused = submit(r -> r.after(() -> first));

      assertThat(last().has("--dependency")).isFalse();
      assertThat(unused).isNotNull();
    }
  }

  @Nested
  class Judged_here {
    @Test
    void a_predecessor_that_ended_as_required_is_no_dependency() {
      JobId first = submit(r -> r);
      slurm.succeed("100");
      slurm.purge("100");
      assertThat(state(first)).isEqualTo(JobState.SUCCEEDED);

      JobId unused = submit(r -> r.after(() -> first));

      assertThat(last().has("--dependency")).isFalse();
      assertThat(last().has("--hold")).isFalse();
      assertThat(unused).isNotNull();
    }

    @Test
    void after_a_failure_that_slurm_has_forgotten_nothing_runs() {
      JobId first = submit(r -> r);
      slurm.fail("100", 1);
      assertThat(state(first)).isEqualTo(JobState.FAILED);
      slurm.purge("100");

      JobId then = submit(r -> r.after(() -> first));

      assertThat(last().has("--hold")).isTrue();
      assertThat(state(then)).isEqualTo(JobState.FAILED);
      assertThat(reason(then)).isEqualTo(Reason.DEPENDENCY_FAILED);
      assertThat(backend.attempts(then)).isEmpty();
    }

    @Test
    void each_element_waits_for_its_own_index_only() {
      JobId mesh = submit(r -> r.array(3).retry(RetryPolicy.attempts(2)));
      JobId solve = submit(r -> r.array(3).afterEach(() -> mesh));
      slurm.succeed("100_1");
      slurm.fail("100_2", 1);
      assertThat(state(solve)).isEqualTo(JobState.PENDING);
      assertThat(slurm.orders).containsExactly(List.of("scontrol", "release", "101_[1]"));
      slurm.fail("102_2", 1);
      seconds(1);
      assertThat(describe(solve)).hasSize(1);

      assertThat(state(solve.element(2))).isEqualTo(JobState.FAILED);
      assertThat(reason(solve.element(2))).isEqualTo(Reason.DEPENDENCY_FAILED);
      assertThat(backend.indices(solve, Set.of(JobState.PENDING))).isEqualTo(IndexSet.of(0));
    }

    @Test
    void an_element_that_is_sent_after_its_own_index_has_ended_is_let_go() {
      JobId mesh = submit(r -> r.array(4).retry(RetryPolicy.attempts(2)));
      assertThat(state(mesh)).isEqualTo(JobState.RUNNABLE);
      slurm.mostTasks = 6;
      JobId solve = submit(r -> r.array(4).afterEach(() -> mesh));
      slurm.foreign("900", "of somebody else");
      slurm.foreign("901", "of somebody else");
      slurm.succeed("100_0", "100_2");
      assertThat(state(solve)).isEqualTo(JobState.PENDING);

      slurm.mostTasks = Integer.MAX_VALUE;
      slurm.succeed("100_1", "100_3");
      for (int polls = 0; polls < 3; polls++) {
        seconds(1);
        assertThat(describe(solve)).hasSize(1);
      }

      assertThat(slurm.all()).hasSize(10);
      assertThat(slurm.all()).noneMatch(task -> task.reason.equals("JobHeldUser"));
    }

    @Test
    void a_hold_and_a_release_forget_none_that_were_let_go() {
      JobId mesh = submit(r -> r.array(2).retry(RetryPolicy.attempts(2)));
      JobId solve = submit(r -> r.array(2).afterEach(() -> mesh));
      slurm.succeed("100_1");
      assertThat(state(solve)).isEqualTo(JobState.PENDING);

      backend.hold(solve);
      assertThat(slurm.task("101_1").reason).isEqualTo("JobHeldUser");
      backend.release(solve);
      seconds(1);
      assertThat(describe(solve)).hasSize(1);

      assertThat(slurm.task("101_1").reason).isEqualTo("Priority");
      assertThat(slurm.task("101_0").reason).isEqualTo("JobHeldUser");
    }
  }

  @Test
  void a_spent_budget_cancels_what_waits_and_says_why() {
    JobId id = submit(r -> r.array(4).maxFailures(0));
    slurm.start("100_1");
    slurm.fail("100_0", 1);
    assertThat(state(id)).isEqualTo(JobState.RUNNING);

    assertThat(state(id.element(3))).isEqualTo(JobState.CANCELLED);
    assertThat(status(id.element(3)).message()).contains("budget");
    assertThat(state(id.element(1))).isEqualTo(JobState.RUNNING);
  }

  @Test
  void a_deadline_and_a_limit_of_waiting_end_jobs_with_their_own_reasons() {
    JobId late = submit(r -> r.deadline(time.instant().plusSeconds(60)));
    JobId never = submit(r -> r.failIfUnschedulableFor(Duration.ofMinutes(1)));
    slurm.start("100");
    assertThat(describe(late, never)).hasSize(2);
    seconds(61);
    assertThat(describe(late, never)).hasSize(2);
    seconds(1);
    assertThat(describe(late, never)).hasSize(2);

    assertThat(reason(late)).isEqualTo(Reason.DEADLINE);
    assertThat(reason(never)).isEqualTo(Reason.UNSCHEDULABLE);
    assertThat(status(never).state()).isEqualTo(JobState.FAILED);
  }

  /** It counts from when a job is ready, as long as it has never started. */
  @Nested
  class A_limit_of_waiting {
    private static final Duration LIMIT = Duration.ofHours(1);

    @Test
    void does_not_count_a_hold() {
      JobId id = submit(r -> r.hold().failIfUnschedulableFor(LIMIT));
      pass(LIMIT.multipliedBy(2));
      assertThat(state(id)).isEqualTo(JobState.PENDING);

      backend.release(id);

      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      pass(LIMIT.minusMinutes(1));
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      pass(Duration.ofMinutes(1));
      assertThat(state(id)).as("it is told to Slurm").isEqualTo(JobState.RUNNABLE);
      assertThat(state(id)).isEqualTo(JobState.FAILED);
      assertThat(reason(id)).isEqualTo(Reason.UNSCHEDULABLE);
    }

    @Test
    void does_not_count_after_a_start() {
      JobId retried = submit(r -> r.retry(RetryPolicy.attempts(2)).failIfUnschedulableFor(LIMIT));
      JobId requeued = submit(r -> r.failIfUnschedulableFor(LIMIT));
      slurm.startAll();
      assertThat(state(retried)).isEqualTo(JobState.RUNNING);
      slurm.fail("100", 3);
      slurm.requeue("101", "PREEMPTED");
      slurm.task("101").reason = "Priority";
      assertThat(state(requeued)).isEqualTo(JobState.RUNNABLE);

      pass(LIMIT.multipliedBy(3));

      assertThat(state(retried)).isEqualTo(JobState.RUNNABLE);
      assertThat(state(requeued)).isEqualTo(JobState.RUNNABLE);
      assertThat(state(requeued)).isEqualTo(JobState.RUNNABLE);
    }
  }

  @Test
  void another_program_attaches_by_the_id_and_may_release_what_this_one_holds() {
    JobId id = submit(r -> r.array(3).hold());
    slurm.foreign("7", "h4j|PENDING|\nsomebody's 'own'");
    try (SlurmBackend other = program()) {
      JobId parsed = JobId.parse(id.toString());
      seconds(1);
      assertThat(other.describe(List.of(parsed)).values())
          .extracting(JobStatus::state)
          .containsExactly(JobState.PENDING);
      assertThat(other.list(io.hpc4j.model.JobFilter.all())).hasSize(1);

      other.release(parsed);

      assertThat(slurm.task("100_2").reason).isEqualTo("Priority");
    }
  }
}
