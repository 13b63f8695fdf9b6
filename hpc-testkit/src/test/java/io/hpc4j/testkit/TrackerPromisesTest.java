package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Work;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the client promises, on a backend that is late, lossy and lying. */
class TrackerPromisesTest {
  private final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  private final LocalBackend inner =
      LocalBackend.builder()
          .time(time)
          .queue(
              JobQueue.builder("q")
                  .runsOn(ComputeEnvironment.fixed("n", 10, Capacity.cpus(100).memoryGiB(1000)))
                  .build())
          .build();
  private final ScriptedBackend backend =
      ScriptedBackend.over(inner)
          .pollPolicy(
              new PollPolicy(Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofMinutes(5)));
  private final Faults faults = backend.faults();
  private final JobClient hpc = JobClient.on(backend);
  private final List<JobEvent> events = new ArrayList<>();

  @AfterEach
  void close() {
    hpc.close();
  }

  private static JobDefinition sleep(Duration duration) {
    return JobDefinition.builder("sleep").work(Work.simulated(duration)).build();
  }

  private Job submit(Duration duration) {
    return hpc.submit(sleep(duration)).onEvent(events::add);
  }

  private List<JobState> states() {
    return events.stream()
        .filter(JobEvent.StateChanged.class::isInstance)
        .map(event -> ((JobEvent.StateChanged) event).status().state())
        .toList();
  }

  @Test
  void absence_is_not_an_ending() {
    Job job = submit(Duration.ofMinutes(10));
    time.advance(Duration.ofSeconds(10));

    faults.forget(job.id());
    time.advance(Duration.ofMinutes(4));
    assertThat(job.state()).isEqualTo(JobState.RUNNING);

    faults.remember(job.id());
    assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(states()).containsExactly(JobState.RUNNING, JobState.SUCCEEDED);
  }

  @Test
  void a_job_that_stays_unknown_is_lost_after_the_grace_and_corrected_when_seen_again() {
    Job job = submit(Duration.ofMinutes(20));
    time.advance(Duration.ofSeconds(10));
    faults.forget(job.id());

    JobStatus lost = job.await().status();
    assertThat(lost.state()).isEqualTo(JobState.LOST);
    assertThat(lost.reason()).contains(Reason.LOST);
    assertThat(Duration.between(Instant.parse("2026-01-01T00:00:10Z"), time.instant()))
        .isGreaterThanOrEqualTo(Duration.ofMinutes(5));

    faults.remember(job.id());
    job.refresh();
    assertThat(job.state()).isEqualTo(JobState.RUNNING);
    assertThat(events).anyMatch(JobEvent.Corrected.class::isInstance);
    assertThat(job.completion()).isCompletedWithValue(lost);
  }

  @Test
  void a_person_can_settle_what_is_lost() {
    Job job = submit(Duration.ofMinutes(20));
    faults.forget(job.id());
    job.await();

    job.settleLost(JobState.FAILED);

    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThatIllegalStateException().isThrownBy(() -> job.settleLost(JobState.SUCCEEDED));
  }

  @Test
  void failed_questions_change_nothing_and_are_told_once() {
    hpc.onEvent(events::add);
    Job job = hpc.submit(sleep(Duration.ofMinutes(1)));
    time.advance(Duration.ofSeconds(2));
    faults.failDescribes(3);

    assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);

    assertThat(events).filteredOn(JobEvent.Degraded.class::isInstance).hasSize(1);
    assertThat(events).filteredOn(JobEvent.Recovered.class::isInstance).hasSize(1);
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
  void lost_replies_never_make_a_second_job() {
    faults.lateVisibility(Duration.ofSeconds(7));
    List<Job> jobs =
        IntStream.range(0, 100)
            .mapToObj(
                i -> {
                  faults.loseReplies(1);
                  return hpc.submit(sleep(Duration.ofMinutes(1)));
                })
            .toList();

    hpc.awaitAll(jobs);

    assertThat(inner.list(JobFilter.all())).hasSize(100);
    assertThat(faults.submitCalls()).isEqualTo(100);
    assertThat(jobs).allMatch(job -> job.state() == JobState.SUCCEEDED);
  }

  @Test
  void a_submission_that_never_arrived_is_sent_again_once() {
    faults.dropSubmissions(1).lateVisibility(Duration.ofSeconds(7));

    Job job = hpc.submit(sleep(Duration.ofMinutes(1)));

    assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(faults.submitCalls()).isEqualTo(2);
    assertThat(inner.list(JobFilter.all())).hasSize(1);
  }

  @Test
  void what_cannot_be_found_out_is_never_sent_twice() {
    faults.loseReplies(1).searchable(false);

    assertThatThrownBy(() -> hpc.submit(sleep(Duration.ofMinutes(1))))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());

    assertThat(faults.submitCalls()).isEqualTo(1);
  }

  @Test
  void a_refusal_is_told_as_it_is() {
    faults.refuseSubmissions(1);

    assertThatThrownBy(() -> hpc.submit(sleep(Duration.ofMinutes(1))))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isFalse());

    assertThat(faults.findCalls()).isZero();
    assertThat(inner.list(JobFilter.all())).isEmpty();
  }

  @Test
  void one_question_serves_all_jobs_and_none_is_asked_when_nothing_is_open() {
    for (int i = 0; i < 50; i++) {
      submit(Duration.ofMinutes(30));
    }
    time.advance(Duration.ofSeconds(3));
    assertThat(faults.describeCalls()).isEqualTo(1);
    assertThat(faults.lastAsked()).isEqualTo(50);

    time.advance(Duration.ofHours(1));
    int calls = faults.describeCalls();
    time.advance(Duration.ofDays(1));

    assertThat(faults.describeCalls()).isEqualTo(calls);
  }

  @Test
  void the_interval_doubles_and_begins_again_with_a_submission() {
    submit(Duration.ofHours(2));
    time.advance(Duration.ofSeconds(2 + 4 + 8 + 16 + 32));
    assertThat(faults.describeCalls()).isBetween(5, 6);

    time.advance(Duration.ofMinutes(30));
    int calls = faults.describeCalls();
    assertThat(calls).isBetween(5 + 30, 6 + 34); // at most a tenth shorter than a minute each

    submit(Duration.ofHours(2));
    time.advance(Duration.ofSeconds(2));
    assertThat(faults.describeCalls()).isEqualTo(calls + 1);
  }

  @Test
  void a_floor_is_kept() {
    try (JobClient patient =
        JobClient.builder(ScriptedBackend.over(LocalBackend.builder().time(time).build()))
            .pollFloor(Duration.ofMinutes(10))
            .build()) {
      Job job = patient.submit(sleep(Duration.ofSeconds(1)));

      job.await();

      assertThat(Duration.between(Instant.parse("2026-01-01T00:00:00Z"), time.instant()))
          .isEqualTo(Duration.ofMinutes(10));
    }
  }

  @Test
  void clients_of_one_scope_share_their_questions() {
    JobClient second = JobClient.on(backend);
    submit(Duration.ofMinutes(30));
    second.submit(sleep(Duration.ofMinutes(30)));

    time.advance(Duration.ofSeconds(2));

    assertThat(faults.describeCalls()).isEqualTo(1);
    assertThat(faults.lastAsked()).isEqualTo(2);
    second.close();
  }

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
  void ended_jobs_are_kept_as_long_as_wished_and_a_handle_never_forgets() {
    try (JobClient forgetful =
        JobClient.builder(ScriptedBackend.over(LocalBackend.builder().time(time).build()))
            .keepEnded(1, Duration.ofHours(1))
            .build()) {
      List<Job> jobs =
          IntStream.range(0, 5)
              .mapToObj(i -> forgetful.submit(sleep(Duration.ofSeconds(1))))
              .toList();

      forgetful.awaitAll(jobs);

      assertThat(jobs).allMatch(job -> job.state() == JobState.SUCCEEDED);
      assertThat(forgetful.job(jobs.get(0).id()).state()).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void closing_tells_those_who_wait() {
    Job job = hpc.submit(sleep(Duration.ofMinutes(1)));

    hpc.close();

    assertThat(job.completion()).isCompletedExceptionally();
    assertThatIllegalStateException().isThrownBy(() -> hpc.submit(sleep(Duration.ofMinutes(1))));
  }
}
