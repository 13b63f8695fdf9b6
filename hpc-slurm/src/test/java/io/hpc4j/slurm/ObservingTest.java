package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Where jobs are, and by what evidence they end. */
class ObservingTest extends SlurmCases {
  private void leaveRecord(JobId id, String name, String what, int status) {
    leaveRecord(id, name, 0, what, status);
  }

  private void leaveRecord(JobId id, String name, int restarts, String what, int status) {
    try {
      Path folderOfJob = Files.createDirectories(folder.resolve(id.token()));
      long now = time.instant().getEpochSecond();
      Files.writeString(
          folderOfJob.resolve(name),
          "v1 100 " + restarts + " " + what + " " + status + " " + (now - 5) + " " + now + "\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Nested
  class What_is_asked {
    @Test
    void one_squeue_whatever_the_number_of_jobs_and_no_sacct_while_it_knows_them() {
      List<JobId> ids = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        ids.add(submit(r -> r));
      }
      slurm.startAll();
      seconds(1);

      assertThat(backend.describe(ids)).hasSize(30);

      assertThat(slurm.calls("squeue")).isEqualTo(1);
      assertThat(slurm.calls("sacct")).isZero();
    }

    @Test
    void at_most_one_sacct_for_all_that_squeue_does_not_know() {
      List<JobId> ids = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        ids.add(submit(r -> r));
        slurm.succeed(String.valueOf(100 + i));
      }
      slurm.purgeAll();
      seconds(1);

      assertThat(backend.describe(ids).values())
          .hasSize(30)
          .allMatch(status -> status.state() == JobState.SUCCEEDED)
          .allMatch(status -> status.source().equals("sacct"));

      assertThat(slurm.calls("squeue")).isEqualTo(1);
      assertThat(slurm.calls("sacct")).isEqualTo(1);
    }

    @Test
    void one_question_for_all_jobs_of_another_program_too_those_that_nobody_knows_included() {
      List<JobId> ids = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        ids.add(submit(r -> r));
        ids.add(JobId.create("slurm", "default"));
      }
      slurm.purge("100", "101");
      List<JobId> hints = new ArrayList<>(ids);
      hints.set(0, ids.get(0).withHints("100", "h4j"));
      hints.set(2, ids.get(2).withHints("101", "h4j"));
      SlurmBackend other = program();

      assertThat(other.describe(hints)).hasSizeGreaterThanOrEqualTo(18);

      assertThat(slurm.calls("squeue")).as("for names, and for states").isEqualTo(2);
      assertThat(slurm.calls("sacct")).isEqualTo(2);
    }

    @Test
    void so_often_that_no_end_is_forgotten_where_there_are_no_accounts() {
      slurm.accounting = false;
      slurm.minJobAge = Duration.ofSeconds(30);
      assertThat(backend.pollPolicy().longest()).isEqualTo(Duration.ofSeconds(30));

      backend.probe();

      assertThat(backend.pollPolicy().longest()).isEqualTo(Duration.ofSeconds(10));
      assertThat(backend.pollPolicy().shortest()).isEqualTo(Duration.ofSeconds(2));
      slurm.minJobAge = Duration.ZERO; // it forgets nothing
      SlurmBackend other = program();
      other.probe();
      assertThat(other.pollPolicy().longest()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void nothing_when_nothing_is_open() {
      JobId id = submit(r -> r);
      slurm.succeed("100");
      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
      int asked = slurm.questions.size();

      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
      assertThat(backend.attempts(id)).hasSize(1);

      assertThat(slurm.questions).hasSize(asked);
    }
  }

  @Test
  void a_host_list_that_cannot_be_read_costs_the_names_of_the_nodes_and_no_more() {
    JobId odd = submit(r -> r);
    JobId forgotten = submit(r -> r);
    JobId other = submit(r -> r);
    slurm.task("100").nodes = "n[1-x]";
    slurm.task("101").nodes = "n[1-x]";
    slurm.start("100");
    slurm.succeed("101", "102");
    slurm.purge("101");
    seconds(1);

    var told = describe(odd, forgotten, other);

    assertThat(told.values())
        .extracting(JobStatus::state, JobStatus::nodes)
        .containsExactly(
            tuple(JobState.RUNNING, List.of()),
            tuple(JobState.SUCCEEDED, List.of()),
            tuple(JobState.SUCCEEDED, List.of("n1")));
  }

  @Nested
  class What_is_no_ending {
    @Test
    void absence_from_a_good_squeue() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);

      slurm.purge("100");
      slurm.task("100").unaccounted = true;
      seconds(30);

      assertThat(state(id)).isEqualTo(JobState.RUNNING);
    }

    @Test
    void that_of_another_job_which_was_given_the_same_id() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);

      seconds(5);
      slurm.foreign("100", "another");
      slurm.fail("100", 9);

      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.purge("100");
      assertThat(state(id)).as("nor by the accounts").isEqualTo(JobState.RUNNING);
    }

    /** A controller that is killed before it has noted a job gives the job's id to the next. */
    @Test
    void that_of_our_next_job_which_was_given_the_same_id_before_we_asked() {
      JobId forgotten = submit(r -> r);
      seconds(5);
      slurm.nextId = 100;
      JobId next = submit(r -> r);
      slurm.fail("100", 9);

      assertThat(state(next)).isEqualTo(JobState.FAILED);
      assertThat(state(forgotten)).isEqualTo(JobState.SUBMITTED);
      slurm.purge("100");
      assertThat(state(forgotten)).as("nor by the accounts").isEqualTo(JobState.SUBMITTED);

      pass(Duration.ofMinutes(10));
      assertThat(state(forgotten)).isEqualTo(JobState.LOST);
      assertThat(status(forgotten).exit()).isEmpty();
    }

    @Test
    void that_of_another_job_which_was_given_the_same_id_before_we_asked() {
      JobId forgotten = submit(r -> r);
      seconds(5);
      slurm.foreign("100", "another");
      slurm.fail("100", 9);

      assertThat(state(forgotten)).isEqualTo(JobState.SUBMITTED);
      assertThat(state(forgotten)).isEqualTo(JobState.SUBMITTED);
      assertThat(slurm.calls("squeue")).as("each look, and once for the names").isEqualTo(3);
      slurm.purge("100");
      assertThat(state(forgotten)).as("nor by the accounts").isEqualTo(JobState.SUBMITTED);
      assertThat(state(forgotten)).isEqualTo(JobState.SUBMITTED);
    }

    @Test
    void that_of_another_job_of_which_only_the_accounts_tell() {
      JobId forgotten = submit(r -> r);
      seconds(5);
      slurm.foreign("100", "another");
      slurm.fail("100", 9);
      slurm.purge("100");

      assertThat(state(forgotten)).isEqualTo(JobState.SUBMITTED);
    }

    @Test
    void the_time_of_a_controller_whose_clock_is_ahead() {
      JobId id = submit(r -> r);
      slurm.task("100").submitted = time.instant().plusSeconds(60);
      slurm.succeed("100");

      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
      assertThat(slurm.calls("squeue")).as("once for the names").isEqualTo(2);
    }

    @Test
    void a_squeue_that_failed() {
      JobId id = submit(r -> r.array(3));
      slurm.startAll();
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      JobStatus before = status(id);

      seconds(1);
      slurm.fail("squeue", ScriptedSlurm.UNREACHABLE, ScriptedSlurm.TIMED_OUT);
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(BackendException.class).isThrownBy(() -> status(id));
      }

      assertThat(status(id).counts()).isEqualTo(before.counts());
    }

    @Test
    void a_record_of_an_earlier_job_with_the_same_id() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.purge("100");
      slurm.task("100").unaccounted = true;
      slurm.record(
          "100", "FAILED", "3:0", time.instant().minus(Duration.ofDays(400)), "1700000000");

      assertThat(state(id)).isEqualTo(JobState.RUNNING);
    }

    @Test
    void a_record_without_the_time_of_an_end() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.purge("100");
      slurm.task("100").unaccounted = true;
      slurm.record("100", "FAILED", "0:0", time.instant(), "Unknown");

      assertThat(state(id)).isEqualTo(JobState.RUNNING);
    }

    @Test
    void the_record_of_a_run_before_the_present_one() {
      slurm.accounting = false;
      JobId id = runAgain();
      leaveRecord(id, "job.1", "ran", 0);
      slurm.purge("100");

      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      leaveRecord(id, "job.1", "asked", 143);
      assertThat(state(id)).as("nor that it was asked to end").isEqualTo(JobState.RUNNABLE);
    }

    @Test
    void that_an_earlier_run_was_asked_to_end() {
      slurm.accounting = false;
      JobId id = runAgain();
      leaveRecord(id, "job.1", "asked", 143);
      slurm.start("100");
      backend.cancel(id, "too late");
      slurm.fail("100", 3);

      assertThat(state(id)).isEqualTo(JobState.FAILED);
    }

    private JobId runAgain() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.requeue("100", "PREEMPTED");
      slurm.task("100").reason = "Priority";
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      return id;
    }

    @Test
    void a_word_that_nobody_knows() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);

      slurm.task("100").state = "TELEPORTING";

      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      assertThat(status(id).nativeState().orElseThrow()).contains("TELEPORTING");
    }

    @Test
    void an_element_of_which_nothing_is_known_is_lost_after_a_while_and_may_come_back() {
      slurm.accounting = false;
      JobId id = submit(r -> r.array(2));
      slurm.startAll();
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.succeed("100_0");
      slurm.purge("100_1");
      assertThat(state(id.element(1))).isEqualTo(JobState.RUNNING);
      pass(Duration.ofMinutes(6));
      assertThat(state(id.element(1))).isEqualTo(JobState.LOST);
      assertThat(status(id).state()).isEqualTo(JobState.LOST);

      slurm.task("100_1").purged = false;
      slurm.succeed("100_1");

      assertThat(state(id.element(1))).isEqualTo(JobState.SUCCEEDED);
      assertThat(status(id).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void silence_while_sacct_cannot_be_asked_loses_nothing() {
      JobId id = submit(r -> r.array(2));
      slurm.startAll();
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.succeed("100_0", "100_1");
      slurm.purgeAll();
      for (int i = 0; i < 20; i++) {
        slurm.fail("sacct", ScriptedSlurm.UNREACHABLE);
        pass(Duration.ofMinutes(1));
        assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
      }

      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Nested
  class What_is_lost {
    private JobId vanished(UnaryOperator<JobRequest.Builder> request) {
      slurm.accounting = false;
      JobId id = submit(request);
      slurm.startAll();
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.purgeAll();
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      return id;
    }

    @Test
    void is_a_job_too_and_it_is_tried_again_only_if_a_rule_names_it() {
      JobId any = vanished(r -> r.retry(RetryPolicy.attempts(2)));
      JobId named = vanished(r -> r.retry(RetryPolicy.attempts(2).retryOn(Reason.LOST)));
      pass(Duration.ofMinutes(5));
      assertThat(describe(any, named)).hasSize(2);
      slurm.succeed("102");

      assertThat(state(any)).isEqualTo(JobState.LOST);
      assertThat(state(named)).isEqualTo(JobState.SUCCEEDED);
      assertThat(backend.attempts(named))
          .extracting(Attempt::state)
          .containsExactly(JobState.LOST, JobState.SUCCEEDED);
      assertThat(slurm.sent).hasSize(3);
    }

    @Test
    void not_by_the_time_in_which_squeue_did_not_answer() {
      JobId id = vanished(r -> r);
      seconds(1);
      slurm.fail("squeue", ScriptedSlurm.UNREACHABLE);
      assertThatExceptionOfType(BackendException.class).isThrownBy(() -> status(id));
      pass(Duration.ofHours(1));
      assertThat(state(id)).isEqualTo(JobState.RUNNING);

      pass(Duration.ofMinutes(5));

      assertThat(state(id)).isEqualTo(JobState.LOST);
    }

    @Test
    void not_by_the_time_in_which_sacct_did_not_answer() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.purge("100");
      slurm.task("100").unaccounted = true;
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      for (int i = 0; i < 20; i++) {
        slurm.fail("sacct", ScriptedSlurm.UNREACHABLE);
        pass(Duration.ofMinutes(1));
        assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
      }
      assertThat(state(id)).isEqualTo(JobState.RUNNING);

      pass(Duration.ofMinutes(5));

      assertThat(state(id)).isEqualTo(JobState.LOST);
    }

    @Test
    void and_settled_lets_go_on_what_waits_for_it() {
      JobId good = vanished(r -> r.array(2));
      JobId bad = vanished(r -> r);
      JobId then = submit(r -> r.after(() -> good));
      JobId never = submit(r -> r.after(() -> bad));
      pass(Duration.ofMinutes(6));
      assertThat(describe(good, bad, then, never).values())
          .extracting(JobStatus::state)
          .containsExactly(JobState.LOST, JobState.LOST, JobState.PENDING, JobState.PENDING);

      backend.settle(bad, JobState.FAILED);
      backend.settle(good.element(0), JobState.SUCCEEDED);
      assertThat(state(good)).isEqualTo(JobState.LOST);
      backend.settle(good, JobState.SUCCEEDED);
      assertThat(state(good)).isEqualTo(JobState.SUCCEEDED);

      assertThat(state(then)).isEqualTo(JobState.RUNNABLE);
      assertThat(state(never)).isEqualTo(JobState.FAILED);
      assertThat(reason(never)).isEqualTo(Reason.DEPENDENCY_FAILED);
    }
  }

  @Nested
  class What_is_an_ending {
    @Test
    void the_clocks_of_controller_and_program_may_differ() {
      JobId id = submit(r -> r);
      slurm.task("100").submitted = time.instant().minusSeconds(20);
      slurm.succeed("100");
      slurm.purge("100");

      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void accounting_that_is_late() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      slurm.fail("100", 3);
      slurm.purge("100");
      slurm.task("100").unaccounted = true;
      seconds(40);
      assertThat(state(id)).isEqualTo(JobState.RUNNING);

      slurm.task("100").unaccounted = false;

      assertThat(state(id)).isEqualTo(JobState.FAILED);
      assertThat(status(id).exit().orElseThrow().code()).hasValue(3);
    }

    @Test
    void the_job_s_own_record_when_both_are_silent() {
      slurm.accounting = false;
      JobId good = submit(r -> r);
      JobId bad = submit(r -> r);
      JobId asked = submit(r -> r);
      JobId missing = submit(r -> r);
      JobId budget = submit(r -> r.array(1).maxFailures(0));
      slurm.startAll();
      seconds(1);
      assertThat(describe(good, bad, asked, missing, budget)).hasSize(5);
      leaveRecord(good, "job.1", "ran", 0);
      leaveRecord(bad, "job.1", "ran", 7);
      leaveRecord(asked, "job.1", "asked", 143);
      leaveRecord(missing, "job.1", "launch", 127);
      leaveRecord(budget, "0.1", "skipped", 125);
      slurm.purgeAll();

      assertThat(state(good)).isEqualTo(JobState.SUCCEEDED);
      assertThat(status(bad).exit().orElseThrow().code()).hasValue(7);
      assertThat(status(asked).state()).isEqualTo(JobState.FAILED);
      assertThat(reason(asked)).as("nobody knows why").isEqualTo(Reason.UNKNOWN);
      assertThat(reason(missing)).isEqualTo(Reason.LAUNCH_FAILURE);
      assertThat(status(budget.element(0)).state()).isEqualTo(JobState.CANCELLED);
      assertThat(status(good).source()).isEqualTo("exit record");
      assertThat(folder).as("records of what has ended are removed").isEmptyDirectory();
    }

    @Test
    void the_record_of_a_run_that_nobody_has_seen() {
      slurm.accounting = false;
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      leaveRecord(id, "job.1", 1, "ran", 0);
      slurm.purge("100");

      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
      assertThat(backend.attempts(id)).extracting(Attempt::number).containsExactly(1, 2);
    }

    @Test
    void the_record_of_work_that_ended_before_slurm_had_cancelled_it() {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      backend.cancel(id, "enough");

      leaveRecord(id, "job.1", "asked", 143);
      slurm.fail("100", 143);

      assertThat(state(id)).isEqualTo(JobState.CANCELLED);
      assertThat(status(id).message()).contains("enough");
    }

    @Test
    void a_record_of_a_job_that_we_cancelled_says_so() {
      slurm.accounting = false;
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      backend.cancel(id, "enough");
      leaveRecord(id, "job.1", "asked", 143);
      slurm.purgeAll();

      assertThat(state(id)).isEqualTo(JobState.CANCELLED);
      assertThat(status(id).message()).isEqualTo("enough");
    }

    @Test
    void an_element_that_vanished_while_it_waited_was_cancelled() {
      JobId id = submit(r -> r.array(3));
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      slurm.vanish("100_1");

      assertThat(state(id.element(1))).isEqualTo(JobState.CANCELLED);
      assertThat(backend.indices(id, Set.of(JobState.RUNNABLE))).isEqualTo(IndexSet.of(0, 2));
    }

    @Test
    void but_only_within_what_slurm_remembers() {
      slurm.accounting = false;
      JobId id = submit(r -> r.array(3));
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);

      pass(Duration.ofSeconds(301));
      slurm.vanish("100_1");

      assertThat(state(id.element(1))).isEqualTo(JobState.RUNNABLE);
    }
  }

  @Test
  void what_slurm_forgets_while_the_jobs_are_listed_is_not_listed() {
    slurm.accounting = false;
    submit(r -> r);
    slurm.succeed("100");
    slurm.fail(
        "squeue",
        real -> {
          CommandResult before = real.get();
          slurm.purge("100");
          return before;
        });

    try (SlurmBackend other = program()) {
      assertThat(other.list(JobFilter.all())).isEmpty();
      int asked = slurm.calls("squeue");
      assertThat(other.list(JobFilter.all())).isEmpty();
      assertThat(slurm.calls("squeue")).as("nothing is open").isEqualTo(asked + 1);
    }
  }

  @Nested
  class An_attempt_that_slurm_has_followed_by_another {
    private JobId requeued(String how) {
      JobId id = submit(r -> r);
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      seconds(5);
      slurm.requeue("100", how);
      assertThat(state(id)).isEqualTo(JobState.PENDING);
      assertThat(status(id).attempt()).isEqualTo(2);
      return id;
    }

    @Test
    void has_ended_as_the_accounts_say_which_are_asked_only_for_that() {
      JobId id = requeued("NODE_FAIL");
      assertThat(slurm.calls("sacct")).isZero();

      assertThat(backend.attempts(id))
          .extracting(Attempt::number, Attempt::state, a -> a.reason().orElseThrow())
          .containsExactly(tuple(1, JobState.FAILED, Reason.NODE_FAILURE));
      assertThat(backend.attempts(id)).hasSize(1);
      assertThat(slurm.calls("sacct")).isEqualTo(1);
    }

    @Test
    void once_each_in_the_order_of_their_numbers() {
      JobId id = requeued("PREEMPTED");
      slurm.start("100");
      seconds(5);
      slurm.requeue("100", "REQUEUED");
      slurm.succeed("100");
      slurm.purge("100");

      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
      assertThat(backend.attempts(id))
          .extracting(Attempt::number, Attempt::state, a -> a.reason().orElseThrow())
          .containsExactly(
              tuple(1, JobState.FAILED, Reason.PREEMPTED),
              tuple(2, JobState.CANCELLED, Reason.CANCELLED),
              tuple(3, JobState.SUCCEEDED, Reason.SUCCESS));
    }

    @Test
    void has_ended_though_nobody_knows_how() {
      slurm.accounting = false;
      JobId id = requeued("NODE_FAIL");

      assertThat(backend.attempts(id))
          .extracting(Attempt::state, a -> a.reason().orElseThrow())
          .containsExactly(tuple(JobState.FAILED, Reason.UNKNOWN));
    }
  }

  @Test
  void a_dependent_that_slurm_has_ended_is_told_from_one_that_was_cancelled() {
    JobId first = submit(r -> r);
    JobId then = submit(r -> r.after(() -> first));
    slurm.fail("100", 1);
    slurm.end("101", "CANCELLED", "None", 0);
    slurm.purgeAll();

    assertThat(state(then)).isEqualTo(JobState.FAILED);
    assertThat(reason(then)).isEqualTo(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void so_is_that_part_of_one_which_slurm_was_sent_before_the_limit_of_the_user() {
    JobId first = submit(r -> r);
    assertThat(state(first)).isEqualTo(JobState.RUNNABLE);
    slurm.mostTasks = 3;
    JobId then = submit(r -> r.array(4).after(() -> first));
    assertThat(state(then)).isEqualTo(JobState.PENDING);
    slurm.fail("100", 1);
    for (String id : List.of("101_0", "101_1")) {
      slurm.end(id, "CANCELLED", "None", 0);
      slurm.purge(id);
    }
    assertThat(state(then)).as("the rest is sent, and cancelled").isEqualTo(JobState.SUBMITTED);

    assertThat(state(then)).isEqualTo(JobState.FAILED);
    assertThat(describe(then.element(0), then.element(3)).values())
        .extracting(JobStatus::reason)
        .containsOnly(Optional.of(Reason.DEPENDENCY_FAILED));
  }

  @Nested
  class What_is_over {
    @Test
    void is_forgotten_from_the_oldest_on_and_found_again_like_another_program_s() {
      backend.close();
      backend = program(2);
      List<JobId> ids = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        ids.add(submit(r -> r));
        slurm.succeed(String.valueOf(100 + i));
        assertThat(state(ids.get(i))).isEqualTo(JobState.SUCCEEDED);
      }
      assertThat(backend.logs(ids.get(2)).entries()).hasSize(1);
      assertThat(backend.logs(ids.get(0)).entries())
          .as("where its output is, only its own program knows")
          .isEmpty();
      assertThat(state(ids.get(0))).isEqualTo(JobState.SUCCEEDED);

      slurm.purgeAll();

      assertThat(describe(ids.get(1))).as("nor is it in the accounts by its token").isEmpty();
      assertThat(backend.logs(ids.get(3)).entries()).hasSize(1);
    }

    @Test
    void is_kept_as_long_as_an_open_job_needs_it() {
      backend.close();
      backend = program(0);
      JobId first = submit(r -> r);
      JobId other = submit(r -> r);
      JobId then = submit(r -> r.after(() -> first).afterFailure(() -> other));
      slurm.succeed("100");
      assertThat(state(first)).isEqualTo(JobState.SUCCEEDED);
      slurm.purge("100");
      slurm.task("100").unaccounted = true;

      slurm.fail("101", 1);
      assertThat(state(then)).isEqualTo(JobState.PENDING);

      assertThat(state(then)).isEqualTo(JobState.RUNNABLE);
    }
  }
}
