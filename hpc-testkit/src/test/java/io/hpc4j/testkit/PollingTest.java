package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.PollPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How often a backend is asked; all of it arithmetic on virtual time. */
class PollingTest extends ScriptedCases {
  /** The seconds between the questions, from the start on. */
  private List<Double> gaps() {
    List<Instant> asked = faults.describeTimes();
    return IntStream.range(0, asked.size())
        .mapToObj(i -> Duration.between(i == 0 ? START : asked.get(i - 1), asked.get(i)))
        .map(gap -> gap.toMillis() / 1000.0)
        .toList();
  }

  private void assertNeverCloserThan(Duration shortest) {
    assertThat(gaps()).allMatch(gap -> gap >= shortest.toMillis() / 1000.0);
  }

  @Test
  void one_question_serves_all_jobs() {
    for (int i = 0; i < 50; i++) {
      submit(Duration.ofMinutes(30));
    }

    seconds(3);

    assertThat(faults.describeCalls()).isEqualTo(1);
    assertThat(faults.lastAsked()).isEqualTo(50);
  }

  /** No other may know what is still to be done for a job. */
  @Test
  void each_job_is_asked_for_where_it_was_submitted_as_long_as_that_is_open() {
    submit(Duration.ofMinutes(30));
    JobClient other = JobClient.on(backend.reconnect());
    other.submit(sleep(Duration.ofMinutes(30)));
    other.submit(sleep(Duration.ofMinutes(30)));

    seconds(2);

    assertThat(faults.describeCalls()).isEqualTo(2);
    assertThat(faults.lastAsked()).isBetween(1, 2);
    other.close();
    minutes(2);
    assertThat(faults.lastAsked()).isEqualTo(3);
  }

  /** It may be there in part, which looks like all of it. */
  @Test
  void what_is_still_being_submitted_is_not_asked_for() {
    faults.loseReplies(1).lateVisibility(Duration.ofSeconds(45));

    Job job = submit(Duration.ofMinutes(30));

    assertThat(time.instant()).isAfterOrEqualTo(START.plusSeconds(45));
    assertThat(faults.describeCalls()).isZero();
    seconds(2);
    assertThat(faults.describeCalls()).isEqualTo(1);
    assertThat(job.state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void nothing_is_asked_when_nothing_is_open() {
    minutes(60);
    assertThat(faults.describeCalls()).isZero();

    submit(Duration.ofSeconds(1)).await();
    int calls = faults.describeCalls();
    pass(Duration.ofDays(1));

    assertThat(faults.describeCalls()).isEqualTo(calls);
    assertThat(faults.listCalls() + faults.findCalls()).isZero();
  }

  @Test
  void a_lost_job_alone_is_not_asked_for() {
    Job job = submit(Duration.ofHours(2));
    faults.forget(job.id());
    job.await();
    int calls = faults.describeCalls();

    pass(Duration.ofDays(1));

    assertThat(job.state()).isEqualTo(JobState.LOST);
    assertThat(faults.describeCalls()).isEqualTo(calls);
  }

  @Test
  void the_interval_doubles_from_the_shortest_to_the_longest_with_a_tenth_of_jitter() {
    submit(Duration.ofHours(2));

    minutes(60);

    List<Double> gaps = gaps();
    assertThat(gaps.get(0)).isEqualTo(2.0);
    for (int i = 1; i < gaps.size(); i++) {
      double most = Math.min(60, 2 << Math.min(i, 5));
      assertThat(gaps.get(i)).as("gap %d of %s", i, gaps).isBetween(0.9 * most, most);
    }
    assertThat(gaps).hasSizeBetween(5 + 58, 6 + 66);
    assertThat(gaps.subList(6, 30).stream().distinct())
        .as("clients do not keep step")
        .hasSizeGreaterThan(10);
  }

  @Test
  void a_submission_begins_again_with_the_shortest_interval() {
    submit(Duration.ofHours(2));
    minutes(30);
    int calls = faults.describeCalls();
    Instant now = time.instant();

    submit(Duration.ofHours(2));
    minutes(1);

    List<Instant> more = faults.describeTimes().subList(calls, faults.describeCalls());
    assertThat(more.get(0)).isBeforeOrEqualTo(now.plusSeconds(2));
    assertThat(more).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void a_submission_out_of_a_callback_begins_again_with_the_shortest_interval_too() {
    submit(Duration.ofHours(2));
    submit(Duration.ofMinutes(30))
        .onEvent(
            event -> {
              if (states().contains(JobState.SUCCEEDED)) {
                hpc.submit(sleep(Duration.ofHours(2)));
              }
            });
    minutes(29);
    int calls = faults.describeCalls();

    minutes(3);

    List<Double> gaps = gaps().subList(calls, faults.describeCalls());
    assertThat(gaps).contains(2.0);
  }

  @Test
  void submissions_one_after_the_other_do_not_put_the_questions_off() {
    Job first = submit(Duration.ofSeconds(1));

    for (int i = 0; i < 100; i++) {
      submit(Duration.ofHours(2));
      seconds(1);
    }

    assertThat(first.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(faults.describeCalls()).isBetween(30, 51);
    assertNeverCloserThan(Duration.ofSeconds(2));
  }

  @Test
  void the_users_floor_is_never_undercut() {
    JobClient patient =
        JobClient.builder(backend.reconnect()).pollFloor(Duration.ofMinutes(10)).build();
    Job first = patient.submit(sleep(Duration.ofMinutes(1)));
    Job forgotten = patient.submit(sleep(Duration.ofHours(3)));
    faults.forget(forgotten.id());

    first.await();
    assertThat(time.instant()).isEqualTo(START.plus(Duration.ofMinutes(10)));
    for (int i = 0; i < 30; i++) {
      patient.submit(sleep(Duration.ofHours(3)));
      minutes(1);
    }

    assertThat(forgotten.state()).isEqualTo(JobState.LOST);
    assertNeverCloserThan(Duration.ofMinutes(10));
    patient.close();
  }

  @Test
  void jobs_given_up_together_cost_one_question() {
    List<Job> jobs = IntStream.range(0, 40).mapToObj(i -> submit(Duration.ofHours(2))).toList();
    submit(Duration.ofHours(2));
    jobs.forEach(job -> faults.forget(job.id()));

    minutes(10);

    assertThat(jobs).allMatch(job -> job.state() == JobState.LOST);
    assertNeverCloserThan(Duration.ofSeconds(2));
    assertThat(faults.describeCalls()).isLessThan(25);
  }

  @Test
  void a_backend_that_does_not_answer_is_asked_no_more_often() {
    Job forgotten = submit(Duration.ofHours(2));
    minutes(1);
    faults.forget(forgotten.id());
    minutes(2);
    int calls = faults.describeCalls();
    faults.failDescribes(Integer.MAX_VALUE);

    minutes(60);

    assertThat(faults.describeCalls() - calls).isLessThanOrEqualTo(67);
    assertThat(forgotten.state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void a_backend_may_change_its_mind_about_how_often() {
    submit(Duration.ofHours(5));
    minutes(10);
    backend.pollPolicy(
        new PollPolicy(Duration.ofMinutes(5), Duration.ofMinutes(20), Duration.ofHours(1)));
    minutes(1);
    int calls = faults.describeCalls();

    minutes(60);

    assertThat(faults.describeCalls() - calls).isBetween(3, 4);
  }

  @Test
  void the_backend_that_wants_to_be_asked_most_often_decides() {
    ScriptedBackend demanding =
        backend
            .reconnect()
            .pollPolicy(
                new PollPolicy(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofHours(1)));
    JobClient other = JobClient.on(demanding);
    other.submit(sleep(Duration.ofHours(2)));

    minutes(10);

    assertThat(gaps()).allMatch(gap -> gap <= 5);
    other.close();
  }

  @Test
  void a_client_goes_on_when_the_other_of_its_scope_is_closed() {
    JobClient first = JobClient.on(backend.reconnect());
    JobClient second = JobClient.on(backend.reconnect());
    hpc.onEvent(events::add);
    first.submit(sleep(Duration.ofMinutes(30)));
    Job job = second.submit(sleep(Duration.ofMinutes(30)));
    minutes(1);

    first.close();

    assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(events).noneMatch(JobEvent.Degraded.class::isInstance);
    second.close();
  }
}
