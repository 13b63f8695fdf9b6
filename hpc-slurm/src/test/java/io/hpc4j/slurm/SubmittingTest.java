package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.StoreException;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Slurm is sent, once. */
class SubmittingTest extends SlurmCases {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Lets time pass in steps, asking at each. */
  private void ask(JobId id, int times) {
    for (int i = 0; i < times; i++) {
      seconds(10);
      Object unused = describe(id);
    }
  }

  @Nested
  class A_lost_reply {
    private JobClient client() {
      return JobClient.on(backend);
    }

    @Test
    void of_the_first_sbatch_is_resolved_by_the_name_and_nothing_is_sent_twice() {
      slurm.fail("sbatch", ScriptedSlurm.REPLY_LOST);
      try (JobClient hpc = client()) {
        Job job = hpc.submit(WORK);

        assertThat(slurm.sent).hasSize(1);
        assertThat(job.id().token()).isNotEmpty();
      }
    }

    @Test
    void that_timed_out_too() {
      slurm.fail("sbatch", ScriptedSlurm.TIMED_OUT);
      try (JobClient hpc = client()) {
        Job job = hpc.submit(WORK, r -> r.array(IndexSet.of(7, 5000)));

        assertThat(slurm.all()).as("all of it, once").hasSize(1);
        assertThat(describe(job.id())).hasSize(1);
        pass(MINUTE);
        assertThat(describe(job.id())).hasSize(1);
        assertThat(slurm.sent).hasSize(2);
        assertThat(slurm.all()).hasSize(2);
      }
    }

    @Test
    void of_what_never_arrived_is_sent_again_after_a_while() {
      slurm.fail("sbatch", ScriptedSlurm.NEVER_ARRIVED);
      Instant start = time.instant();
      try (JobClient hpc = client()) {
        Job unused = hpc.submit(WORK);

        assertThat(slurm.sent).hasSize(1);
        assertThat(time.instant()).isAfterOrEqualTo(start.plusSeconds(10));
      }
    }

    @Test
    void again_and_again_ends_with_slurm_s_words() {
      slurm.failAlways("sbatch", ScriptedSlurm.NEVER_ARRIVED);
      try (JobClient hpc = client()) {
        assertThatExceptionOfType(BackendException.class)
            .isThrownBy(() -> hpc.submit(WORK))
            .withMessageContaining("never arrived: sbatch: ")
            .withMessageContaining("Socket timed out on send/recv")
            .matches(e -> !e.outcomeUnknown());
      }
    }

    @Test
    void of_a_job_that_has_ended_and_been_forgotten_meanwhile_is_found_in_the_accounts() {
      slurm.fail("sbatch", ScriptedSlurm.REPLY_LOST);
      slurm.fail(
          "squeue",
          real -> {
            slurm.succeed("100");
            slurm.purge("100");
            return real.get();
          });
      try (JobClient hpc = client()) {
        Job job = hpc.submit(WORK);
        assertThat(state(job.id())).isEqualTo(JobState.SUCCEEDED);

        assertThat(slurm.sent).hasSize(1);
      }
    }

    @Test
    void of_a_half_that_the_user_s_limit_left_is_known_to_be_a_half() {
      slurm.fail("sbatch", ScriptedSlurm.BUSY, ScriptedSlurm.REPLY_LOST);
      try (JobClient hpc = client()) {
        Job job = hpc.submit(WORK, r -> r.array(8));
        ask(job.id(), 5);

        assertThat(slurm.sent)
            .extracting(SlurmCases::indices)
            .containsExactly(IndexSet.range(0, 3), IndexSet.range(4, 7));
      }
    }

    @Test
    void of_a_later_window_is_resolved_and_it_is_never_sent_twice() {
      slurm.maxArraySize = 4;
      slurm.fail("sbatch", real -> real.get(), ScriptedSlurm.REPLY_LOST);
      JobId two = submit(r -> r.array(12));
      ask(two, 3);

      assertThat(slurm.sent).hasSize(3);
      assertThat(slurm.all()).hasSize(12);
      assertThat(slurm.all()).noneMatch(task -> task.reason.equals("JobHeldUser"));
    }

    @Test
    void of_a_retry_is_resolved_and_it_is_never_sent_twice() {
      JobId id = submit(r -> r.retry(RetryPolicy.attempts(2)));
      slurm.fail("100", 1);
      slurm.fail("sbatch", ScriptedSlurm.REPLY_LOST);

      ask(id, 5);

      assertThat(slurm.sent).hasSize(2);
      slurm.succeed("101");
      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
      assertThat(backend.attempts(id)).hasSize(2);
    }

    @Test
    void of_a_part_that_was_cancelled_meanwhile_leaves_nothing_that_runs() {
      slurm.maxArraySize = 4;
      slurm.fail("sbatch", real -> real.get(), ScriptedSlurm.REPLY_LOST);
      JobId id = submit(r -> r.array(8));
      backend.cancel(id, "enough");
      seconds(1);
      assertThat(describe(id)).hasSize(1);
      ask(id, 3);

      assertThat(state(id)).isEqualTo(JobState.CANCELLED);
      assertThat(slurm.all()).allMatch(ScriptedSlurm.NativeTask::hasEnded);
    }
  }

  /** The disk of a store is full, say. */
  @Nested
  class A_note_that_cannot_be_made {
    private final JobDefinition twice = WORK.toBuilder().retry(RetryPolicy.attempts(2)).build();

    private Submission failing(int note) {
      List<Accepted> notes = new ArrayList<>();
      return new Submission(
          JobId.create("slurm", "default"),
          JobRequest.of(twice),
          part -> {
            notes.add(part);
            if (notes.size() == note) {
              throw new StoreException(StoreException.Kind.IO, "disk full", null);
            }
          });
    }

    @Test
    void of_the_first_attempt_takes_the_job_back() {
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> backend.submit(failing(1)))
          .withMessageContaining("cancelled again")
          .withRootCauseInstanceOf(StoreException.class)
          .matches(e -> !e.outcomeUnknown());

      assertThat(slurm.task("100").state).isEqualTo("CANCELLED");
    }

    @Test
    void of_a_further_attempt_stops_neither_it_nor_other_jobs() {
      Submission job = failing(2);
      backend.submit(job);
      JobId other = submit(r -> r.definition(twice));
      slurm.fail("100", 3);
      slurm.fail("101", 3);

      assertThat(state(other)).as("it is sent again").isEqualTo(JobState.SUBMITTED);
      assertThat(state(other)).isEqualTo(JobState.RUNNABLE);
      assertThat(state(job.id())).isEqualTo(JobState.RUNNABLE);
      slurm.succeed("102");

      assertThat(state(job.id())).isEqualTo(JobState.SUCCEEDED);
      assertThat(slurm.sent).hasSize(4);
    }
  }

  @Nested
  class A_limit_of_the_user {
    @Test
    void halves_what_is_sent_and_the_rest_follows_in_order() {
      slurm.mostTasks = 5;
      JobId id = submit(r -> r.array(16));
      assertThat(slurm.sent).extracting(SlurmCases::indices).startsWith(IndexSet.range(0, 3));
      for (int round = 0; round < 20 && slurm.all().size() < 16; round++) {
        slurm.all().stream().filter(t -> !t.hasEnded()).forEach(t -> slurm.succeed(t.id()));
        ask(id, 1);
      }
      slurm.all().stream().filter(t -> !t.hasEnded()).forEach(t -> slurm.succeed(t.id()));

      assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
      List<Integer> order =
          slurm.sent.stream().flatMap(sent -> indices(sent).stream().boxed()).toList();
      assertThat(order).isSorted().hasSize(16);
    }

    @Test
    void an_element_cancelled_before_it_was_sent_is_never_sent() {
      slurm.mostTasks = 4;
      JobId id = submit(r -> r.array(8));
      backend.cancel(id.element(6), "not that one");
      assertThat(status(id.element(6)).state()).isEqualTo(JobState.CANCELLED);

      slurm.mostTasks = 100;
      ask(id, 2);

      assertThat(slurm.all()).extracting(t -> t.index).doesNotContain(6).contains(5, 7);
      assertThat(state(id.element(6))).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void what_depends_on_others_is_judged_here_when_its_rest_is_sent_later() {
      JobId first = submit(r -> r);
      slurm.mostTasks = 5;
      JobId then = submit(r -> r.array(8).after(() -> first));
      assertThat(slurm.sent.get(1).has("--dependency")).isTrue();

      slurm.mostTasks = 100;
      slurm.fail("100", 1);
      ask(then, 2);

      assertThat(status(then).state()).isEqualTo(JobState.FAILED);
      assertThat(reason(then)).isEqualTo(Reason.DEPENDENCY_FAILED);
      assertThat(slurm.all()).noneMatch(t -> t.jobId.equals("102") && t.reason.equals("Priority"));
    }
  }

  @Test
  void elements_that_wait_are_cancelled_before_those_that_run_make_room_for_them() {
    JobId id = submit(r -> r.array(4).throttle(2));
    slurm.start("100_0", "100_1");
    slurm.orders.clear();

    backend.cancel(id, "enough");

    assertThat(slurm.orders)
        .containsExactly(
            List.of("scancel", "-Q", "--state=PENDING", "100"),
            List.of("scancel", "-Q", "--full", "--signal=TERM", "--state=RUNNING", "100"),
            List.of("scancel", "-Q", "100"));
  }

  @Nested
  class Windows {
    @Test
    void are_as_few_as_possible_with_native_indices_below_the_limit_held_and_released_together() {
      JobId id = submit(r -> r.array(2500).throttle(7));

      assertThat(slurm.sent).hasSize(3).allMatch(sent -> sent.has("--hold"));
      assertThat(slurm.sent.get(2).value("--array")).isEqualTo("0-497%7");
      assertThat(slurm.sent.get(2).value("--dependency"))
          .as("one after the other, or the throttle would be exceeded")
          .isEqualTo("afterany:101");
      assertThat(slurm.orders)
          .containsExactly(
              List.of("scontrol", "release", "100"),
              List.of("scontrol", "release", "101"),
              List.of("scontrol", "release", "102"));
      assertThat(accepted).hasSize(3);
      assertThat(state(id)).isIn(JobState.PENDING, JobState.RUNNABLE);
    }

    @Test
    void one_refused_midway_cancels_and_lists_those_before() {
      slurm.fail("sbatch", real -> real.get(), real -> real.get(), ScriptedSlurm.REFUSED);

      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> submit(r -> r.array(2500)))
          .withMessageContaining("[100, 101]");
      assertThat(slurm.all()).as("waiting tasks that are cancelled vanish").isEmpty();
    }

    @Test
    void are_sent_later_when_the_controller_goes_away_midway() {
      assertSentLater(ScriptedSlurm.UNREACHABLE);
    }

    @Test
    void are_sent_later_when_this_machine_can_start_no_program_midway() {
      assertSentLater(
          real -> {
            throw new IOException("Cannot run program \"sbatch\": error=11, try again");
          });
    }

    private void assertSentLater(ScriptedSlurm.Fault fault) {
      slurm.maxArraySize = 4;
      slurm.fail("sbatch", real -> real.get(), fault);
      JobId id = submit(r -> r.array(8));
      assertThat(slurm.all()).hasSize(4).allMatch(t -> t.reason.equals("JobHeldUser"));

      ask(id, 1);
      assertThat(slurm.all()).hasSize(8).noneMatch(t -> t.reason.equals("JobHeldUser"));
    }

    @Test
    void that_cannot_be_cancelled_after_a_refusal_are_said_to_be_left() {
      slurm.fail("sbatch", real -> real.get(), ScriptedSlurm.REFUSED);
      slurm.fail(
          "scancel",
          ScriptedSlurm.UNREACHABLE,
          ScriptedSlurm.UNREACHABLE,
          ScriptedSlurm.UNREACHABLE);

      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> submit(r -> r.array(2500)))
          .withMessageContaining("could not be cancelled")
          .withMessageContaining("[100]");
    }

    @Test
    void a_release_by_the_user_does_not_start_an_array_before_slurm_has_all_of_it() {
      slurm.maxArraySize = 4;
      slurm.mostTasks = 4;
      JobId id = submit(r -> r.array(8).hold());

      backend.release(id);
      assertThat(slurm.orders).isEmpty();

      slurm.mostTasks = 8;
      ask(id, 1);
      assertThat(slurm.all()).hasSize(8).noneMatch(t -> t.reason.equals("JobHeldUser"));
    }
  }

  @Nested
  class Retries {
    private static final RetryPolicy OOM =
        RetryPolicy.attempts(3).growMemoryOn(Reason.OUT_OF_MEMORY, 2).delay(MINUTE);

    @Test
    void are_by_our_rules_with_more_memory_and_a_delay_each_element_by_itself() {
      JobId id = submit(r -> r.array(4).retry(OOM));
      slurm.succeed("100_0", "100_1");
      slurm.end("100_2", "OUT_OF_MEMORY", "OutOfMemory", 253);
      slurm.fail("100_3", 9);

      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      Instant begin = time.instant().minusSeconds(1).plus(MINUTE);

      assertThat(slurm.sent).as("no rule is for element 3").hasSize(1 + 1);
      assertThat(status(id.element(3)).state()).isEqualTo(JobState.FAILED);
      ScriptedSlurm.Sent grown =
          slurm.sent.stream().filter(s -> s.value("--array").equals("2")).findFirst().orElseThrow();
      assertThat(grown.value("--mem")).isEqualTo("4096M");
      assertThat(grown.value("--begin")).isEqualTo("uts" + begin.getEpochSecond());
      assertThat(grown.has("--hold")).isFalse();
      assertThat(grown.script()).contains("h4j_no=2");
      slurm.succeed(grown.id() + "_2");
      assertThat(state(id.element(2))).isEqualTo(JobState.SUCCEEDED);
      assertThat(backend.attempts(id.element(2)))
          .extracting(Attempt::state)
          .containsExactly(JobState.FAILED, JobState.SUCCEEDED);
    }

    @Test
    void of_an_element_that_waited_for_its_own_index_are_not_held() {
      JobId mesh = submit(r -> r.array(2).retry(RetryPolicy.attempts(2)));
      JobId solve = submit(r -> r.array(2).afterEach(() -> mesh).retry(RetryPolicy.attempts(2)));
      slurm.succeed("100_0");
      ask(solve, 1);
      assertThat(slurm.task("101_0").reason).isEqualTo("Priority");
      slurm.fail("101_0", 1);
      ask(solve, 1);

      assertThat(slurm.sent.get(2).has("--hold")).isFalse();
      assertThat(slurm.task("101_1").reason).isEqualTo("JobHeldUser");
    }

    @Test
    void say_why_they_wait() {
      RetryPolicy later = RetryPolicy.attempts(2).delay(Duration.ofMinutes(10));
      JobId id = submit(JobRequest.of(WORK.toBuilder().retry(later).build()));
      slurm.fail("100", 1);

      ask(id, 2); // by then Slurm has the next attempt

      assertThat(slurm.task("101").reason).isEqualTo("BeginTime");
      assertThat(backend.explain(id)).map(WaitReason::kind).contains(WaitReason.Kind.RETRY_DELAY);
    }

    @Test
    void that_slurm_cannot_take_yet_are_listed_without_an_id_of_its_own() {
      JobId one = submit(r -> r.retry(RetryPolicy.attempts(2)));
      JobId two = submit(r -> r.array(1).retry(RetryPolicy.attempts(2)));
      slurm.fail("100", 1);
      slurm.fail("101_0", 1);
      slurm.fail("sbatch", ScriptedSlurm.BUSY, ScriptedSlurm.BUSY);
      seconds(1);

      assertThat(backend.list(JobFilter.all())).extracting(JobStatus::id).contains(one, two);
      slurm.fail("sbatch", ScriptedSlurm.BUSY, ScriptedSlurm.BUSY);
      assertThat(describe(one, two.element(0)).values())
          .allMatch(status -> status.nativeId().isEmpty());
    }

    @Test
    void stop_when_the_user_cancels() {
      JobId id = submit(r -> r.retry(RetryPolicy.attempts(3)));
      slurm.start("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNING);
      backend.cancel(id, "enough");

      assertThat(state(id)).isEqualTo(JobState.CANCELLED);
      assertThat(slurm.sent).hasSize(1);
      assertThat(status(id).message()).isEqualTo("enough");
    }
  }

  @Test
  void a_close_that_cancels_gives_up_when_the_controller_is_away() {
    SlurmBackend other =
        SlurmBackend.builder().runner(slurm).time(time).records(folder).cancelJobsOnClose().build();
    for (int i = 0; i < 10; i++) {
      other.submit(submission(JobRequest.of(WORK)));
      slurm.fail("scancel", ScriptedSlurm.UNREACHABLE, ScriptedSlurm.UNREACHABLE);
    }

    other.close();

    assertThat(other.commandCounts()).containsEntry("scancel", 2);
  }

  @Nested
  class A_program_that_goes_on_for_another {
    @TempDir Path stored;

    private JobClient client(JobStore store) {
      return JobClient.builder(program()).store(store).build();
    }

    @Test
    void sends_the_windows_that_are_missing_and_none_twice() {
      slurm.maxArraySize = 4;
      slurm.mostTasks = 4;
      try (JobClient first = client(JobStore.file(stored))) {
        Job unused = first.submit(WORK, r -> r.array(12));
      }
      slurm.mostTasks = 100;
      slurm.fail("sbatch", ScriptedSlurm.REPLY_LOST);
      pass(Duration.ofHours(1));

      try (JobClient second = client(JobStore.file(stored))) {
        Job job = second.resume().get(0);
        pass(MINUTE);
        pass(MINUTE);

        assertThat(slurm.all()).hasSize(12);
        slurm.all().forEach(task -> slurm.succeed(task.id()));
        assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      }
    }

    @Test
    void finds_what_was_sent_and_not_noted_though_it_has_ended_long_ago() {
      JobStore store = JobStore.file(stored);
      JobClient first = client(store);
      slurm.fail("sbatch", ScriptedSlurm.REPLY_LOST);
      for (int i = 0; i < 60; i++) {
        slurm.fail("squeue", ScriptedSlurm.UNREACHABLE);
      }
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> first.submit(WORK))
          .matches(BackendException::outcomeUnknown);
      first.close();
      slurm.heal();
      slurm.succeed("100");
      pass(Duration.ofHours(2));

      try (JobClient second = client(JobStore.file(stored))) {
        List<Job> jobs = second.resume();

        assertThat(jobs).hasSize(1);
        assertThat(jobs.get(0).await().state()).isEqualTo(JobState.SUCCEEDED);
      }
      assertThat(slurm.sent).hasSize(1);
    }

    @Test
    void does_not_take_an_element_that_ran_meanwhile_for_one_cancelled_while_it_waited() {
      slurm.accounting = false;
      JobId id;
      try (JobClient first = client(JobStore.file(stored))) {
        id = first.submit(WORK, r -> r.array(2)).id();
      }
      slurm.startAll();
      slurm.succeed("100_0");
      pass(Duration.ofHours(2));

      try (JobClient second = client(JobStore.file(stored))) {
        Job job = second.resume().get(0);

        assertThat(job.indices(JobState.CANCELLED).isEmpty()).isTrue();
        assertThat(id).isEqualTo(job.id());
      }
    }

    @Test
    void finds_a_retry_with_those_elements_that_it_has() {
      try (JobClient first = client(JobStore.file(stored))) {
        Job job = first.submit(WORK, r -> r.array(3).retry(RetryPolicy.attempts(2)));
        slurm.startAll();
        slurm.fail("100_0", 1);
        slurm.fail("sbatch", ScriptedSlurm.REPLY_LOST);
        slurm.fail("squeue", real -> real.get(), ScriptedSlurm.UNREACHABLE);
        pass(Duration.ofSeconds(3));
        assertThat(job.id()).isNotNull();
        assertThat(slurm.sent).hasSize(2);
      }
      slurm.heal();
      slurm.fail("100_2", 1);
      slurm.succeed("100_1");

      try (JobClient second = client(JobStore.file(stored))) {
        Job unused = second.resume().get(0);
        pass(MINUTE);
        pass(MINUTE);

        BitSet again = new BitSet();
        slurm.sent.stream().skip(1).flatMapToInt(s -> indices(s).stream()).forEach(again::set);
        assertThat(again).isEqualTo(BitSet.valueOf(new long[] {0b101}));
        assertThat(slurm.sent).as("element 0 is not sent a third time").hasSize(3);
      }
    }
  }

  @Test
  void a_job_that_is_asked_for_while_it_is_being_sent_is_still_this_program_s() {
    Submission submission =
        submission(JobRequest.builder(WORK).retry(RetryPolicy.attempts(2)).build());
    slurm.fail(
        "sbatch",
        real -> {
          CommandResult sent = real.get();
          assertThat(describe(submission.id())).hasSize(1);
          return sent;
        });
    backend.submit(submission);

    slurm.fail("100", 1);

    assertThat(state(submission.id())).isEqualTo(JobState.SUBMITTED);
    assertThat(slurm.sent).as("its second attempt is made by this program").hasSize(2);
  }

  @Test
  void a_noisy_site_is_understood() {
    slurm.noise = "You have used 17 of 20 SU\n";
    JobId id = submit(r -> r);
    slurm.succeed("100");

    assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void the_environment_of_sbatch_is_empty_but_for_what_the_job_wants_to_inherit() {
    JobId unused = submit(r -> r);
    JobRequest inherits =
        JobRequest.of(WORK.toBuilder().inheritEnvironment().resources(small()).build());
    unused = submit(inherits);
    assertThat(unused).isNotNull();

    assertThat(slurm.sent.get(0).variables()).isEmpty();
    assertThat(slurm.sent.get(1).variables())
        .containsKey("PATH")
        .doesNotContainKey("SLURM_JOB_ID")
        .doesNotContainKey("SBATCH_PARTITION");
    assertThat(slurm.sent.get(1).value("--mem")).isEqualTo("1M");
  }

  private static Resources small() {
    return Resources.cpus(1).memory(Memory.ofBytes(1));
  }

  @Test
  void a_plan_shows_the_script_without_the_values_of_variables_and_sends_nothing() {
    JobRequest request = JobRequest.of(WORK.toBuilder().environment("PASSWORD", "sesame").build());

    assertThat(backend.plan(request).artifacts().get("script"))
        .contains("PASSWORD")
        .doesNotContain("sesame");
    assertThat(slurm.sent).isEmpty();
    assertThat(backend.indices(submit(request), Set.of(JobState.SUBMITTED)).isEmpty()).isTrue();
  }
}
