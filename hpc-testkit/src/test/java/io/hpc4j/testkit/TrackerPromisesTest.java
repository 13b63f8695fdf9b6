package io.hpc4j.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.Work;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the client promises, on a backend that is late, lossy and lying. */
class TrackerPromisesTest {
  @Nested
  class No_false_ending extends ScriptedCases {
    @Test
    void absence_is_not_an_ending() {
      Job job = submit(Duration.ofMinutes(10));
      seconds(10);

      faults.forget(job.id());
      minutes(4);
      assertThat(job.state()).isEqualTo(JobState.RUNNING);

      faults.remember(job.id());
      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(states()).containsExactly(JobState.RUNNING, JobState.SUCCEEDED);
    }

    @Test
    void absence_now_and_then_never_adds_up_to_a_loss() {
      Job job = submit(Duration.ofHours(5));
      minutes(1);

      for (int i = 0; i < 20; i++) {
        faults.forget(job.id());
        minutes(4);
        faults.remember(job.id());
        minutes(1);
      }

      assertThat(states()).containsExactly(JobState.RUNNING);
    }

    @Test
    void failed_questions_change_nothing_and_are_told_once_an_episode() {
      hpc.onEvent(events::add);
      Job job = hpc.submit(sleep(Duration.ofHours(1)));
      for (int episode = 0; episode < 2; episode++) {
        minutes(5);
        faults.failDescribes(3);
        minutes(10);
      }

      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);

      assertThat(events(JobEvent.Degraded.class)).hasSize(2);
      assertThat(events(JobEvent.Recovered.class)).hasSize(2);
      assertThat(states()).containsExactly(JobState.RUNNING, JobState.SUCCEEDED);
    }

    @Test
    void a_backend_that_does_not_answer_for_days_ends_nothing() {
      Job job = submit(Duration.ofHours(1));
      minutes(1);
      faults.failDescribes(Integer.MAX_VALUE);

      pass(Duration.ofDays(3));
      assertThat(job.state()).isEqualTo(JobState.RUNNING);

      faults.failDescribes(0);
      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void the_time_in_which_nobody_could_be_asked_does_not_count_as_absence() {
      Job job = submit(Duration.ofHours(9));
      minutes(2);
      faults.forget(job.id());
      minutes(2);
      faults.failDescribes(Integer.MAX_VALUE);
      pass(Duration.ofHours(2));

      faults.failDescribes(0);
      minutes(2);
      assertThat(job.state()).isEqualTo(JobState.RUNNING);

      minutes(5);
      assertThat(job.state()).isEqualTo(JobState.LOST);
    }

    @Test
    void stale_and_regressing_answers_never_move_a_job_back() {
      faults.staleBy(2).regress(true).disorder(true).strangers(true).strangeWords(true);
      Job job = submit(Duration.ofMinutes(3));
      Job other = submit(Duration.ofMinutes(30));

      job.await();
      other.await();

      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(states())
          .containsSubsequence(JobState.RUNNING, JobState.SUCCEEDED, JobState.SUCCEEDED)
          .hasSize(4);
      assertThat(hpc.list(JobFilter.all())).hasSize(2);
    }

    @Test
    void a_stale_answer_of_an_earlier_attempt_is_not_believed() {
      JobDefinition twice =
          JobDefinition.builder("twice")
              .work(Work.simulated(Duration.ofHours(1)))
              .timeout(Duration.ofMinutes(2))
              .retry(RetryPolicy.attempts(3).retryOn(Reason.TIMEOUT))
              .build();
      Job job = hpc.submit(twice).onEvent(events::add);
      for (int i = 0; i < 12; i++) {
        faults.staleBy(i % 3);
        seconds(40);
      }

      job.await();

      assertThat(events(JobEvent.StateChanged.class))
          .allMatch(e -> e.status().attempt() >= e.previous().attempt());
      assertThat(job.status().attempt()).isEqualTo(3);
      assertThat(job.status().reason()).contains(Reason.TIMEOUT);
    }

    @Test
    void native_ids_that_go_to_other_jobs_change_no_ending() {
      faults.reuseIds(true).strangers(true);
      Job first = submit(Duration.ofSeconds(30));
      Job second = submit(Duration.ofHours(1));

      hpc.awaitAll(List.of(first, second));
      minutes(10);

      assertThat(first.status().reason()).contains(Reason.SUCCESS);
      assertThat(first.status().endedAt()).contains(START.plusSeconds(30));
      assertThat(hpc.status(List.of(first)).values())
          .as("what the backend says by now")
          .extracting(JobStatus::state)
          .containsExactly(JobState.RUNNABLE);
      assertThat(states().stream().filter(JobState::isEnded)).hasSize(2);
    }

    @Test
    void words_that_nobody_knows_are_kept_as_they_are() {
      faults.strangeWords(true);

      JobStatus ending = submit(Duration.ofMinutes(1)).await().status();

      assertThat(ending.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(ending.nativeState()).contains("FROBNICATING");
    }

    @Test
    void counts_of_an_array_never_go_back() {
      faults.disorder(true);
      Job array = hpc.submit(sleep(Duration.ofMinutes(2)), r -> r.array(12).throttle(2));
      array.onEvent(events::add);

      for (int i = 0; !array.state().isEnded() && i < 100; i++) {
        faults.staleBy(i % 4);
        seconds(30);
      }

      List<Integer> ended =
          events(JobEvent.Progress.class).stream()
              .map(e -> e.status().count(JobState.SUCCEEDED))
              .toList();
      assertThat(ended).isSorted().isNotEmpty();
      assertThat(array.status().count(JobState.SUCCEEDED)).isEqualTo(12);
    }
  }

  @Nested
  class Lost extends ScriptedCases {
    private Job lost() {
      Job job = submit(Duration.ofMinutes(20));
      seconds(10);
      faults.forget(job.id());
      return job.await();
    }

    @Test
    void a_job_that_stays_unknown_is_lost_after_the_grace_and_not_before() {
      Job job = submit(Duration.ofMinutes(20));
      seconds(10);
      faults.forget(job.id());
      int calls = faults.describeCalls();

      JobStatus lost = job.await().status();

      Instant firstMissed = faults.describeTimes().get(calls);
      assertThat(lost.state()).isEqualTo(JobState.LOST);
      assertThat(lost.reason()).contains(Reason.LOST);
      assertThat(lost.endedAt()).contains(firstMissed.plus(LOST_AFTER));
      assertThat(lost.source()).isEqualTo("tracker");
    }

    @Test
    void a_job_that_was_never_seen_is_lost_too() {
      faults.omit(id -> true);

      Job job = submit(Duration.ofMinutes(20)).await();

      assertThat(states()).containsExactly(JobState.LOST);
      assertThat(job.status().startedAt()).isEmpty();
    }

    @Test
    void later_evidence_corrects_it_and_the_completion_stays() {
      Job job = lost();
      JobStatus ending = job.status();

      faults.remember(job.id());
      job.refresh();

      assertThat(job.state()).isEqualTo(JobState.RUNNING);
      assertThat(events(JobEvent.Corrected.class))
          .containsExactly(new JobEvent.Corrected(ending, job.status()));
      assertThat(job.completion()).isCompletedWithValue(ending);
    }

    @Test
    void a_corrected_job_is_followed_to_its_end_as_before() {
      Job job = lost();
      faults.remember(job.id());
      job.refresh();

      minutes(30);

      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.status().reason()).contains(Reason.SUCCESS);
      assertThat(job.status().endedAt()).contains(START.plus(Duration.ofMinutes(20)));
    }

    @Test
    void a_job_that_is_seen_again_after_days_is_followed_too() {
      Job job = submit(Duration.ofDays(5));
      faults.forget(job.id());
      job.await();
      pass(Duration.ofDays(2));

      faults.remember(job.id());
      job.refresh();
      pass(Duration.ofDays(4));

      assertThat(states()).containsExactly(JobState.LOST, JobState.SUCCEEDED);
      assertThat(job.status().endedAt()).contains(START.plus(Duration.ofDays(5)));
    }

    @Test
    void a_corrected_job_can_be_lost_again() {
      Job job = lost();
      faults.remember(job.id());
      job.refresh();
      faults.forget(job.id());

      minutes(7);

      assertThat(job.state()).isEqualTo(JobState.LOST);
    }

    @Test
    void the_completion_is_told_once() {
      List<JobStatus> told = new ArrayList<>();
      Job job = submit(Duration.ofMinutes(20));
      CompletableFuture<Void> telling = job.completion().thenAccept(told::add);
      faults.regress(true).forget(job.id());
      job.await();
      faults.remember(job.id());
      job.refresh();

      minutes(30);

      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(telling).isCompleted();
      assertThat(told).extracting(JobStatus::state).containsExactly(JobState.LOST);
    }

    @Test
    void an_ending_that_a_person_decided_is_not_corrected() {
      Job job = lost();

      job.settleLost(JobState.FAILED);
      faults.remember(job.id());
      job.refresh();

      assertThat(job.state()).isEqualTo(JobState.FAILED);
      assertThat(job.status().source()).isEqualTo("user");
      assertThatIllegalStateException().isThrownBy(() -> job.settleLost(JobState.SUCCEEDED));
    }

    @Test
    void only_a_lost_job_can_be_settled() {
      Job job = submit(Duration.ofMinutes(20));

      assertThatIllegalStateException().isThrownBy(() -> job.settleLost(JobState.FAILED));
    }
  }

  @Nested
  class Telling extends ScriptedCases {
    @Test
    void a_listener_that_throws_disturbs_nobody() {
      Job job = hpc.submit(sleep(Duration.ofMinutes(1)));
      job.onEvent(
          event -> {
            throw new IllegalStateException("a listener's own fault");
          });
      job.onEvent(events::add);

      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(states()).contains(JobState.SUCCEEDED);
    }

    @Test
    void a_listener_may_wait_for_another_thread_that_asks_too() {
      List<Boolean> answered = new ArrayList<>();
      Job job = submit(Duration.ofMinutes(1));
      job.onEvent(
          event ->
              answered.add(
                  CompletableFuture.runAsync(job::refresh)
                      .orTimeout(30, SECONDS)
                      .handle((done, error) -> error == null)
                      .join()));

      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(answered).isNotEmpty().doesNotContain(false);
    }

    @Test
    void a_completion_that_is_asked_for_late_still_comes_after_the_listeners() {
      List<Boolean> done = new ArrayList<>();
      Job job = hpc.submit(sleep(Duration.ofMinutes(1)));
      job.onEvent(
          event -> {
            if (job.state().isEnded()) {
              done.add(job.completion().isDone());
            }
          });

      minutes(5);

      assertThat(done).containsExactly(false);
      assertThat(job.completion()).isCompletedWithValue(job.status());
    }

    @Test
    void waiting_inside_a_callback_is_refused() {
      List<Throwable> thrown = new ArrayList<>();
      Job job = hpc.submit(sleep(Duration.ofMinutes(1)));
      job.onEvent(
          event -> {
            try {
              job.await();
            } catch (IllegalStateException e) {
              thrown.add(e);
            }
          });

      job.await();

      assertThat(thrown).isNotEmpty();
    }

    @Test
    void waiting_in_vain_says_why() {
      Job job = hpc.submit(sleep(Duration.ofMinutes(1)), r -> r.hold());

      assertThatThrownBy(job::await)
          .isInstanceOf(HpcException.class)
          .hasMessageContaining("virtual time is idle")
          .hasMessageContaining("held");
    }

    @Test
    void waiting_in_vain_is_noticed_on_a_backend_that_is_late_and_lossy_too() {
      faults.lateVisibility(Duration.ofMinutes(3)).failDescribes(4).staleBy(3).disorder(true);
      Job job = hpc.submit(sleep(Duration.ofMinutes(1)), r -> r.hold());

      assertThatThrownBy(job::await)
          .isInstanceOf(HpcException.class)
          .hasMessageContaining("virtual time is idle");
      assertThat(job.state()).isEqualTo(JobState.PENDING);
    }

    @Test
    void closing_tells_those_who_wait() {
      Job job = hpc.submit(sleep(Duration.ofMinutes(1)));

      hpc.close();

      assertThat(job.completion()).isCompletedExceptionally();
      assertThatIllegalStateException().isThrownBy(job::await);
      assertThatIllegalStateException().isThrownBy(() -> hpc.submit(sleep(Duration.ofMinutes(1))));
    }

    @Test
    void elements_are_told_of_on_a_backend_that_is_asked() {
      List<JobId> ended = new ArrayList<>();
      Job array = hpc.submit(sleep(Duration.ofMinutes(1)), r -> r.array(3));
      array.onElementEvent(
          event -> {
            if (event instanceof JobEvent.StateChanged e && e.status().state().isEnded()) {
              ended.add(e.status().id());
            }
          });

      array.await();
      minutes(2);

      assertThat(ended)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 3).mapToObj(i -> array.id().element(i)).toList());
    }
  }

  @Nested
  class Keeping {
    private final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
    private final ScriptedBackend backend =
        ScriptedBackend.over(LocalBackend.builder().time(time).build());
    private final JobClient hpc =
        JobClient.builder(backend).keepEnded(2, Duration.ofHours(1)).build();

    @AfterEach
    void close() {
      hpc.close();
    }

    private List<Job> ended(int count) {
      List<Job> jobs =
          IntStream.rangeClosed(1, count)
              .mapToObj(i -> hpc.submit(ScriptedCases.sleep(Duration.ofMinutes(i))))
              .toList();
      hpc.awaitAll(jobs);
      return jobs;
    }

    /** Whether attaching costs no question to the backend. */
    private boolean isKept(Job job) {
      int calls = backend.faults().describeCalls();
      assertThat(hpc.job(job.id()).state()).isEqualTo(JobState.SUCCEEDED);
      return backend.faults().describeCalls() == calls;
    }

    @Test
    void ended_jobs_are_kept_up_to_the_number() {
      List<Job> jobs = ended(5);

      assertThat(isKept(jobs.get(4))).isTrue();
      assertThat(isKept(jobs.get(0))).isFalse();
    }

    @Test
    void ended_jobs_are_kept_up_to_the_age() {
      Job old = ended(1).get(0);
      assertThat(isKept(old)).isTrue();

      time.advance(Duration.ofHours(2));
      ended(1);

      assertThat(isKept(old)).isFalse();
    }

    @Test
    void jobs_that_had_ended_before_they_were_attached_count_too() {
      List<Job> jobs = ended(5);

      jobs.forEach(job -> hpc.job(job.id()));

      assertThat(jobs.stream().map(this::isKept).toList())
          .as("the last two are kept until the first is attached again")
          .containsExactly(false, false, false, false, false);
      assertThat(isKept(jobs.get(4))).isTrue();
    }

    @Test
    void a_handle_never_forgets() {
      List<Job> jobs = ended(5);

      time.advance(Duration.ofDays(7));
      ended(3);

      assertThat(jobs).allMatch(job -> job.state() == JobState.SUCCEEDED);
      assertThat(jobs).allMatch(job -> job.await().status().endedAt().isPresent());
    }

    @Test
    void jobs_that_have_not_ended_are_kept_whatever_the_number() {
      List<Job> jobs =
          IntStream.range(0, 10)
              .mapToObj(i -> hpc.submit(ScriptedCases.sleep(Duration.ofHours(9))))
              .toList();
      ended(5);

      assertThat(jobs).allMatch(job -> hpc.job(job.id()).state() == job.state());
      hpc.awaitAll(jobs);
    }
  }
}
