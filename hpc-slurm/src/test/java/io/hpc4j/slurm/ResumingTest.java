package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.slurm.ScriptedSlurm.NativeTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a program does for the jobs of an earlier one. That it crashed at a point is as if its store
 * had been left as it was there.
 */
class ResumingTest extends SlurmCases {
  @TempDir Path stored;
  @TempDir Path left;

  private JobClient client(Path store) {
    return JobClient.builder(program()).store(JobStore.file(store)).build();
  }

  /** Keeps what the store holds now, for a program that goes on after a crash here. */
  private void crash() {
    try {
      Files.copy(
          stored.resolve("journal"), left.resolve("journal"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private CommandResult crash(ScriptedSlurm.Answer real) {
    crash();
    return real.get();
  }

  private CommandResult crashAfter(ScriptedSlurm.Answer real) {
    CommandResult result = real.get();
    crash();
    return result;
  }

  /** Clients of one cluster share what they know, but not who does what Slurm does not. */
  @Test
  void a_client_that_was_closed_is_followed_by_another_though_a_third_knows_its_jobs() {
    JobDefinition twice = WORK.toBuilder().retry(RetryPolicy.attempts(2)).build();
    try (JobClient third = JobClient.on(program())) {
      JobId id;
      try (JobClient first = client(stored)) {
        id = first.submit(twice).id();
        third.job(id);
      }

      try (JobClient second = client(stored)) {
        Job job = second.resume().get(0);
        slurm.fail("100", 3);
        pass(Duration.ofMinutes(2));
        slurm.succeed("101");

        assertThat(job.id()).isEqualTo(id);
        assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(third.job(id).state()).isEqualTo(JobState.SUCCEEDED);
      }
    }
    assertThat(slurm.sent).hasSize(2);
  }

  @Nested
  class A_crash {
    @Test
    void between_the_intent_and_the_sending_leaves_nothing_to_resume() {
      slurm.fail("sbatch", this::notSent);
      try (JobClient first = client(stored)) {
        assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> first.submit(WORK));
      }

      try (JobClient second = client(left)) {
        assertThat(second.resume()).isEmpty();
        assertThat(second.resume()).isEmpty();
      }
      assertThat(slurm.sent).isEmpty();
    }

    private CommandResult notSent(ScriptedSlurm.Answer real) {
      crash();
      return ScriptedSlurm.error("sbatch: error: Batch job submission failed: Invalid account");
    }

    @Test
    void between_the_sending_and_the_note_is_found_by_the_name() {
      slurm.fail("sbatch", ResumingTest.this::crashAfter);
      JobId id;
      try (JobClient first = client(stored)) {
        id = first.submit(WORK).id();
      }

      try (JobClient second = client(left)) {
        Job job = second.resume().get(0);

        assertThat(job.id()).isEqualTo(id);
        slurm.succeed("100");
        assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      }
      assertThat(slurm.sent).hasSize(1);
    }

    @Test
    void between_two_parts_sends_the_rest_once() {
      slurm.maxArraySize = 4;
      slurm.fail("sbatch", ScriptedSlurm.Answer::get, ResumingTest.this::crash);
      try (JobClient first = client(stored)) {
        assertThat(first.submit(WORK, r -> r.array(12)).id()).isNotNull();
      }
      slurm.all().stream().filter(t -> !t.jobId.equals("100")).forEach(t -> slurm.vanish(t.id()));
      slurm.task("100_0").reason = "JobHeldUser";
      slurm.sent.clear();

      try (JobClient second = client(left)) {
        Job job = second.resume().get(0);
        pass(Duration.ofMinutes(2));

        assertThat(slurm.sent).hasSize(2);
        assertThat(slurm.all()).hasSize(12).noneMatch(t -> t.reason.equals("JobHeldUser"));
        slurm.all().forEach(task -> slurm.succeed(task.id()));
        assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      }
    }

    @Test
    void after_the_end_leaves_nothing_to_resume() {
      try (JobClient first = client(stored)) {
        Job job = first.submit(WORK);
        slurm.succeed("100");
        assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      }

      try (JobClient second = client(stored)) {
        assertThat(second.resume()).isEmpty();
      }
    }
  }

  /** What is known once is not asked for again. */
  @Nested
  class Costs {
    private static final JobDefinition TWICE =
        WORK.toBuilder().retry(RetryPolicy.attempts(2)).build();

    @Test
    void of_a_job_that_Slurm_has_started_again_are_those_of_any_other() {
      try (JobClient first = client(stored)) {
        assertThat(first.submit(WORK).id()).isNotNull();
      }
      slurm.start("100");
      seconds(60);
      slurm.requeue("100", "PREEMPTED");
      slurm.start("100");

      try (JobClient second = client(stored)) {
        Job job = second.resume().get(0);
        job.refresh();
        slurm.questions.clear();
        pass(Duration.ofMinutes(5));

        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        assertThat(slurm.questions)
            .as("not for names")
            .isNotEmpty()
            .allMatch(q -> q.contains("-O"));
      }
    }

    @Test
    void of_a_retry_that_only_this_program_can_have_sent_are_none() {
      try (JobClient first = client(stored)) {
        for (int i = 0; i < 20; i++) {
          assertThat(first.submit(TWICE).id()).isNotNull();
        }
      }

      try (JobClient second = client(stored)) {
        assertThat(second.resume()).hasSize(20);
        slurm.startAll();
        pass(Duration.ofMinutes(2));
        slurm.all().forEach(task -> slurm.fail(task.id(), 3));
        slurm.questions.clear();
        pass(Duration.ofMinutes(1));

        assertThat(slurm.sent).hasSize(40);
        assertThat(slurm.questions).allMatch(q -> q.contains("-O"));
      }
    }

    @Test
    void of_a_retry_that_an_earlier_program_may_have_sent_are_that_it_is_looked_for() {
      try (JobClient first = client(stored)) {
        assertThat(first.submit(TWICE).id()).isNotNull();
        crash();
        slurm.fail("100", 3);
        pass(Duration.ofMinutes(1));
      }
      assertThat(slurm.sent).hasSize(2);

      try (JobClient second = client(left)) {
        Job job = second.resume().get(0);
        pass(Duration.ofMinutes(2));
        slurm.succeed("101");

        assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      }
      assertThat(slurm.sent).hasSize(2);
    }
  }

  /** What was to end stays so, though the program crashed before Slurm was told. */
  @Nested
  class Cancelled {
    private JobId submitted(UnaryOperator<JobRequest.Builder> request, Consumer<Job> cancel) {
      try (JobClient first = client(stored)) {
        Job job = first.submit(WORK, request);
        ScriptedSlurm.Fault crash = real -> crash(() -> ScriptedSlurm.error("it was killed"));
        slurm.fail("scancel", crash, crash, crash);
        assertThatExceptionOfType(BackendException.class).isThrownBy(() -> cancel.accept(job));
        slurm.heal();
        slurm.orders.clear();
        slurm.mostTasks = Integer.MAX_VALUE;
        return job.id();
      }
    }

    @Test
    void a_job_is_cancelled_for_the_reason_that_was_given() {
      JobId id = submitted(r -> r, job -> job.cancel("not wanted"));
      slurm.start("100");

      try (JobClient second = client(left)) {
        JobStatus end = second.resume().get(0).await().status();

        assertThat(end.id()).isEqualTo(id);
        assertThat(end.state()).isEqualTo(JobState.CANCELLED);
        assertThat(end.message()).isEqualTo("not wanted");
      }
      assertThat(slurm.orders).contains(List.of("scancel", "-Q", "100"));
    }

    @Test
    void what_Slurm_had_not_taken_of_an_array_is_not_sent() {
      slurm.maxArraySize = 4;
      slurm.mostTasks = 8;
      JobId unused = submitted(r -> r.array(20), job -> job.cancel("not wanted"));

      try (JobClient second = client(left)) {
        Job end = second.resume().get(0).await();
        pass(Duration.ofHours(1));

        assertThat(end.indices(JobState.CANCELLED)).isEqualTo(IndexSet.range(0, 19));
        assertThat(end.element(19).refresh().message()).isEqualTo("not wanted");
        assertThat(end.element(0).refresh().message()).isEqualTo("not wanted");
      }
      assertThat(slurm.sent).hasSize(2);
    }

    @Test
    void elements_that_Slurm_had_not_taken_are_not_sent_and_the_others_are() {
      slurm.maxArraySize = 4;
      slurm.mostTasks = 8;
      JobId unused =
          submitted(
              r -> r.array(12),
              job -> {
                job.element(9).cancel("only this"); // there is nothing to tell Slurm
                job.element(1).cancel("and this");
              });

      try (JobClient second = client(left)) {
        Job array = second.resume().get(0);
        pass(Duration.ofMinutes(2));
        assertThat(slurm.all()).hasSize(10);
        slurm.all().forEach(task -> slurm.succeed(task.id()));
        array.await();

        assertThat(array.indices(JobState.CANCELLED)).isEqualTo(IndexSet.of(1, 9));
        assertThat(array.element(9).refresh().message()).isEqualTo("only this");
        assertThat(array.element(1).refresh().message()).isEqualTo("and this");
        assertThat(array.indices(JobState.SUCCEEDED).size()).isEqualTo(10);
      }
      assertThat(slurm.sent).hasSize(3);
    }

    @Test
    void elements_that_Slurm_had_taken_unnoticed_are_cancelled() {
      slurm.maxArraySize = 4;
      slurm.fail("sbatch", ScriptedSlurm.Answer::get, ScriptedSlurm.REPLY_LOST);
      JobId unused = submitted(r -> r.array(8), job -> job.cancel("not wanted"));

      try (JobClient second = client(left)) {
        Job end = second.resume().get(0).await();

        assertThat(end.indices(JobState.CANCELLED)).isEqualTo(IndexSet.range(0, 7));
      }
      assertThat(slurm.sent).hasSize(2);
      assertThat(slurm.all()).as("all were waiting, and have gone").isEmpty();
    }

    @Test
    void what_had_not_ended_by_its_deadline_has_failed() {
      Instant deadline = time.instant().plusSeconds(60);
      JobId unused =
          submitted(
              r -> r.deadline(deadline),
              job -> {
                slurm.start("100");
                pass(Duration.ofMinutes(2));
                throw new BackendException("the deadline is not told by an exception", null);
              });
      slurm.end("100", "CANCELLED", "None", 15);

      try (JobClient second = client(left)) {
        Job job = second.resume().get(0);

        assertThat(job.await().state()).isEqualTo(JobState.FAILED);
        assertThat(job.status().reason()).contains(Reason.DEADLINE);
      }
    }
  }

  @Nested
  class Held {
    @Test
    void what_was_held_by_an_earlier_program_can_be_released() {
      try (JobClient first = client(stored)) {
        first.submit(WORK).hold();
      }

      try (JobClient second = client(stored)) {
        Job job = second.resume().get(0);
        pass(Duration.ofMinutes(1));
        assertThat(job.state()).isEqualTo(JobState.PENDING);
        job.release();

        assertThat(slurm.task("100").reason).isEqualTo("Priority");
      }
    }

    @Test
    void what_was_released_by_an_earlier_program_starts_when_what_it_waits_for_has_ended() {
      try (JobClient first = client(stored)) {
        Job mesh = first.submit(WORK.toBuilder().retry(RetryPolicy.attempts(2)).build());
        first.submit(WORK, r -> r.hold().after(mesh)).release();
      }

      try (JobClient second = client(stored)) {
        assertThat(second.resume()).hasSize(2);
        slurm.succeed("100");
        pass(Duration.ofMinutes(1));

        assertThat(slurm.task("101").reason).isEqualTo("Priority");
      }
    }

    @Test
    void what_was_held_by_an_earlier_program_stays_so_when_what_it_waits_for_has_ended() {
      try (JobClient first = client(stored)) {
        Job mesh = first.submit(WORK.toBuilder().retry(RetryPolicy.attempts(2)).build());
        first.submit(WORK, r -> r.after(mesh)).hold();
      }

      try (JobClient second = client(stored)) {
        Job solve = second.resume().get(1);
        slurm.succeed("100");
        pass(Duration.ofMinutes(1));
        assertThat(slurm.task("101").reason).isEqualTo("JobHeldUser");
        solve.release();
        pass(Duration.ofMinutes(1));

        assertThat(slurm.task("101").reason).isEqualTo("Priority");
      }
    }
  }

  /** Long after a crash Slurm, which keeps no accounts here, has forgotten what has ended. */
  @Nested
  class Without_accounts {
    private void crashOnceSent(UnaryOperator<JobRequest.Builder> request) {
      slurm.accounting = false;
      slurm.fail("sbatch", ResumingTest.this::crashAfter);
      try (JobClient first = client(stored)) {
        assertThat(first.submit(WORK, request).id()).isNotNull();
      }
    }

    private void crashBetweenParts() {
      slurm.maxArraySize = 4;
      slurm.fail("sbatch", ScriptedSlurm.Answer::get);
      crashOnceSent(r -> r.array(8));
    }

    private void leave(String file, String text) {
      try {
        String name = slurm.sent.get(0).value("--job-name");
        String token = name.substring("h4j".length(), name.indexOf('-'));
        Path of = Files.createDirectories(folder.resolve(token)).resolve(file);
        Files.writeString(of, text + "\n");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private void unshare() {
      try {
        Files.delete(folder);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private void endAndForget() {
      slurm.all().forEach(task -> slurm.succeed(task.id()));
      pass(Duration.ofHours(2));
    }

    @Test
    void what_was_sent_and_not_noted_is_found_by_the_record_of_its_start() {
      crashOnceSent(r -> r);
      leave("job.1.start", "100");
      leave("job.1", "v1 100 0 ran 7 " + time.instant().getEpochSecond() + " 1767225700");
      endAndForget();

      try (JobClient second = client(left)) {
        Job job = second.resume().get(0);
        pass(Duration.ofMinutes(1));

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.status().nativeId()).contains("100");
      }
      assertThat(slurm.sent).hasSize(1);
    }

    @Test
    void what_has_left_no_record_where_records_are_seen_has_never_run() {
      crashOnceSent(r -> r);
      slurm.purgeAll();
      pass(Duration.ofHours(2));

      try (JobClient second = client(left)) {
        assertThat(second.resume()).isEmpty();
      }
    }

    @Test
    void what_nobody_can_tell_of_is_lost_and_the_others_are_resumed() {
      crashOnceSent(r -> r);
      try (JobClient first = client(left)) {
        assertThat(first.submit(WORK).id()).isNotNull();
      }
      slurm.purge("100");
      unshare();
      pass(Duration.ofHours(2));

      try (JobClient second = client(left)) {
        List<Job> jobs = second.resume();

        assertThat(jobs).extracting(Job::state).containsExactly(JobState.LOST, JobState.RUNNABLE);
        jobs.get(0).settleLost(JobState.FAILED);
      }
      assertThat(slurm.sent).as("nothing is sent again").hasSize(2);
      try (JobClient third = client(left)) {
        assertThat(third.resume()).as("what was settled is over").hasSize(1);
      }
    }

    @Test
    void elements_whose_starts_were_recorded_are_not_sent_again() {
      crashBetweenParts();
      List.of(4, 5, 6, 7).forEach(index -> leave(index + ".1.start", "101"));
      endAndForget();
      slurm.task("100_0").purged = false;

      try (JobClient second = client(left)) {
        Job unused = second.resume().get(0);
        pass(Duration.ofMinutes(1));

        assertThat(slurm.sent).hasSize(2);
      }
    }

    @Test
    void elements_that_have_not_started_are_sent() {
      crashBetweenParts();
      leave("4.1.start", "101");
      slurm.all().stream().filter(t -> t.jobId.equals("101")).forEach(t -> t.purged = true);
      pass(Duration.ofHours(2));

      try (JobClient second = client(left)) {
        Job unused = second.resume().get(0);
        pass(Duration.ofMinutes(1));

        assertThat(slurm.sent).hasSize(3);
        assertThat(indices(slurm.sent.get(2))).as("less 4").isEqualTo(IndexSet.range(1, 3));
      }
    }

    @Test
    void elements_of_which_nobody_can_tell_are_lost_and_not_sent_again() {
      crashBetweenParts();
      unshare();
      slurm.all().stream().filter(t -> t.jobId.equals("101")).forEach(t -> t.purged = true);
      pass(Duration.ofHours(2));

      try (JobClient second = client(left)) {
        Job job = second.resume().get(0);
        pass(Duration.ofMinutes(1));

        assertThat(slurm.sent).hasSize(2);
        assertThat(job.indices(JobState.LOST)).isEqualTo(IndexSet.range(4, 7));
      }
    }
  }

  @Nested
  class A_dependent {
    /** What Slurm and its accounts know of a job is gone. */
    private void forget(String jobId) {
      slurm.all().stream()
          .filter(task -> task.jobId.equals(jobId))
          .forEach(
              task -> {
                task.purged = true;
                task.unaccounted = true;
              });
    }

    @Test
    void is_judged_by_the_ending_of_a_job_that_ended_before_the_crash() {
      slurm.accounting = false;
      try (JobClient first = client(stored)) {
        Job one = first.submit(WORK, r -> r.retry(RetryPolicy.attempts(2)));
        Job bad = first.submit(WORK, r -> r.retry(RetryPolicy.attempts(2)));
        Job open = first.submit(WORK);
        Job then = first.submit(WORK, r -> r.after(one).afterEnd(open));
        Job never = first.submit(WORK, r -> r.after(bad).afterEnd(open));
        slurm.succeed("100");
        slurm.fail("101", 1);
        assertThat(one.await().state()).isEqualTo(JobState.SUCCEEDED);
        slurm.fail("105", 1);
        assertThat(bad.await().state()).isEqualTo(JobState.FAILED);
        assertThat(List.of(then.state(), never.state())).doesNotContain(JobState.FAILED);
      }
      List.of("100", "101", "105").forEach(this::forget);

      try (JobClient second = client(stored)) {
        List<Job> jobs = second.resume();
        assertThat(jobs).hasSize(3);
        slurm.succeed("102");
        pass(Duration.ofMinutes(1));

        assertThat(slurm.task("103").reason).isEqualTo("Priority");
        assertThat(jobs.get(2).await().status().reason()).contains(Reason.DEPENDENCY_FAILED);
      }
    }

    @Test
    void of_each_element_by_itself() {
      slurm.accounting = false;
      try (JobClient first = client(stored)) {
        Job mesh = first.submit(WORK, r -> r.array(3).retry(RetryPolicy.attempts(2)));
        Job open = first.submit(WORK);
        Job solve = first.submit(WORK, r -> r.array(3).afterEach(mesh).afterEnd(open));
        slurm.succeed("100_0", "100_2");
        slurm.fail("100_1", 1);
        pass(Duration.ofMinutes(1));
        slurm.fail("103_1", 1);
        assertThat(mesh.await().state()).isEqualTo(JobState.FAILED);
        assertThat(solve.state().isEnded()).isFalse();
      }
      List.of("100", "103").forEach(this::forget);

      try (JobClient second = client(stored)) {
        Job solve = second.resume().get(1);
        slurm.succeed("101");
        pass(Duration.ofMinutes(1));

        assertThat(slurm.all().stream().filter(t -> t.jobId.equals("102")).map(NativeTask::id))
            .containsExactly("102_0", "102_2");
        slurm.succeed("102_0", "102_2");
        assertThat(solve.await().state()).isEqualTo(JobState.FAILED);
        assertThat(solve.indices(JobState.SUCCEEDED).toString()).isEqualTo("0,2");
      }
    }

    @Test
    void of_a_job_that_had_ended_when_it_was_submitted() {
      slurm.accounting = false;
      try (JobClient first = client(stored)) {
        Job one = first.submit(WORK, r -> r.array(2));
        slurm.succeed("100_0", "100_1");
        assertThat(one.await().state()).isEqualTo(JobState.SUCCEEDED);
        Job open = first.submit(WORK, r -> r.retry(RetryPolicy.attempts(2)));
        assertThat(first.submit(WORK, r -> r.after(one).after(open)).id()).isNotNull();
      }
      forget("100");

      try (JobClient second = client(stored)) {
        assertThat(second.resume()).hasSize(2);
        slurm.succeed("101");
        pass(Duration.ofMinutes(1));

        assertThat(slurm.task("102").reason).isEqualTo("Priority");
      }
    }

    @Test
    void of_another_program_s_job_that_slurm_still_knows() {
      try (JobClient other = JobClient.on(program());
          JobClient first = client(stored)) {
        Job one = other.submit(WORK);
        Job open = first.submit(WORK, r -> r.retry(RetryPolicy.attempts(2)));
        assertThat(first.submit(WORK, r -> r.after(one).after(open)).id()).isNotNull();
      }

      try (JobClient second = client(stored)) {
        assertThat(second.resume()).hasSize(2);
        slurm.succeed("100", "101");
        pass(Duration.ofMinutes(1));

        assertThat(slurm.task("102").reason).isEqualTo("Priority");
      }
    }
  }

  @Test
  void to_resume_twice_is_to_resume_once() {
    try (JobClient first = client(stored)) {
      assertThat(first.submit(WORK).id()).isNotNull();
      assertThat(first.resume()).as("what this program itself follows").isEmpty();
    }

    try (JobClient second = client(stored)) {
      assertThat(second.resume()).hasSize(1);
      assertThat(second.resume()).isEmpty();
    }
  }

  @Test
  void what_cannot_be_looked_for_leaves_all_to_the_next_try() {
    try (JobClient first = client(stored)) {
      assertThat(first.submit(WORK).id()).isNotNull();
      slurm.fail("sbatch", this::crashAfter);
      assertThat(first.submit(WORK).id()).isNotNull();
    }

    try (JobClient second = client(left)) {
      slurm.fail(
          "squeue",
          Collections.nCopies(1000, ScriptedSlurm.UNREACHABLE).toArray(ScriptedSlurm.Fault[]::new));
      assertThatExceptionOfType(BackendException.class).isThrownBy(second::resume);
      slurm.heal();

      assertThat(second.resume()).hasSize(2);
    }
    assertThat(slurm.sent).hasSize(2);
  }

  @Test
  void jobs_of_other_backends_and_clusters_are_left_alone() {
    try (JobClient first =
        JobClient.builder(
                SlurmBackend.builder()
                    .runner(slurm)
                    .time(time)
                    .records(folder)
                    .scope("other")
                    .build())
            .store(JobStore.file(stored))
            .build()) {
      assertThat(first.submit(WORK).id()).isNotNull();
    }

    try (JobClient second = client(stored)) {
      assertThat(second.resume()).isEmpty();
    }
    try (JobStore store = JobStore.file(stored);
        JobClient third =
            JobClient.builder(
                    SlurmBackend.builder()
                        .runner(slurm)
                        .time(time)
                        .records(folder)
                        .scope("other")
                        .build())
                .store(store)
                .build()) {
      assertThat(third.resume()).hasSize(1);
    }
  }

  @Test
  void earlier_attempts_of_which_nothing_is_known_are_not_told() {
    slurm.accounting = false;
    try (JobClient first = client(stored)) {
      Job job = first.submit(WORK, r -> r.retry(RetryPolicy.attempts(3)));
      slurm.fail("100", 1);
      pass(Duration.ofMinutes(1));
      assertThat(job.state().isEnded()).isFalse();
    }

    try (JobClient second = client(stored)) {
      Job job = second.resume().get(0);
      slurm.fail("101", 1);
      pass(Duration.ofMinutes(1));
      slurm.succeed("102");

      assertThat(job.await().status().attempt()).isEqualTo(3);
      assertThat(job.attempts()).extracting(Attempt::number).containsExactly(2, 3);
    }
  }

  @Test
  void a_lost_job_that_is_settled_is_over_and_its_dependents_are_judged_by_that() {
    slurm.accounting = false;
    try (JobClient first = client(stored)) {
      Job job = first.submit(WORK, r -> r.array(2));
      Job then = first.submit(WORK, r -> r.array(2).afterEach(job));
      slurm.start("100_1");
      slurm.succeed("100_0");
      pass(Duration.ofMinutes(1));
      slurm.purge("100_0", "100_1");
      pass(Duration.ofMinutes(6));
      assertThat(job.state()).isEqualTo(JobState.LOST);

      job.settleLost(JobState.FAILED);

      assertThat(job.status().counts())
          .containsOnly(entry(JobState.SUCCEEDED, 1), entry(JobState.FAILED, 1));
      assertThat(then.state().isEnded()).isFalse();
    }

    try (JobClient second = client(stored)) {
      List<Job> jobs = second.resume();
      assertThat(jobs).hasSize(1);
      pass(Duration.ofMinutes(1));

      assertThat(jobs.get(0).indices(JobState.FAILED).toString()).isEqualTo("1");
    }
  }

  @Test
  void a_lost_job_that_is_seen_again_and_ends_is_over() {
    slurm.accounting = false;
    try (JobClient first = client(stored)) {
      Job job = first.submit(WORK);
      slurm.start("100");
      pass(Duration.ofMinutes(1));
      slurm.purge("100");
      pass(Duration.ofMinutes(6));
      assertThat(job.state()).isEqualTo(JobState.LOST);
      slurm.task("100").purged = false;
      slurm.succeed("100");
      job.refresh();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    }

    try (JobClient second = client(stored)) {
      assertThat(second.resume()).isEmpty();
    }
  }
}
