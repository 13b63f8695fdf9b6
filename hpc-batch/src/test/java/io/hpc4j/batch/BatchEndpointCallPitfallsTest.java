package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.batch.model.DescribeJobsRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;
import software.amazon.awssdk.services.batch.model.TerminateJobRequest;

/** How often AWS is called, and what its errors come to: pitfalls 1, 2, 21 and 22. */
class BatchEndpointCallPitfallsTest extends PitfallCases {
  // 1: TooManyRequestsException from polling and from submitting
  @Test
  void too_many_requests_mean_later_and_fail_no_job() {
    Job before = hpc.submit(fixture.work("before", ContractWork.lasting(HOUR)).build());
    endpoint.faults().throttle(2);
    Job throttled = hpc.submit(quick("throttled"));
    endpoint.faults().throttleFor(Duration.ofSeconds(8));
    pass(Duration.ofSeconds(8));

    assertThat(end(throttled).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(before).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  // 1: a call for each job. 10,000 with -Dhpc4j.batch.jobs=10000
  @Test
  @Timeout(3600)
  void a_round_of_questions_about_many_jobs_is_one_for_each_hundred_and_no_other_call() {
    int many = Integer.getInteger("hpc4j.batch.jobs", 310);
    List<JobId> ids = submitted(backend, many);
    assertThat(calls("RegisterJobDefinition")).isEqualTo(1);
    assertThat(calls("SubmitJob")).isEqualTo(many);
    Map<String, Integer> before = backend.callCounts();

    for (int round = 1; round <= 3; round++) {
      pass(Duration.ofMinutes(1));
      assertThat(backend.describe(ids)).hasSize(many);

      int questions = before.getOrDefault("DescribeJobs", 0) + round * ((many + 99) / 100);
      Map<String, Integer> expected = new TreeMap<>(before);
      expected.put("DescribeJobs", questions);
      assertThat(backend.callCounts()).isEqualTo(expected);
      assertThat(calls("DescribeJobs")).isEqualTo(questions);
    }
  }

  // 1: more calls than AWS allows
  @Test
  void no_more_calls_are_made_than_the_rates_allow() {
    JumpingTime time = new JumpingTime(fixture.time());
    BatchBackend slow = program(b -> b.time(time).callsPerSecond(40, 20));

    Instant start = time.instant();
    List<JobId> ids = submitted(slow, 120);

    // forty at once, and the others at forty a second
    assertThat(Duration.between(start, time.instant())).isEqualTo(Duration.ofSeconds(2));
    assertThat(time.waits).hasSize(80).containsOnly(Duration.ofMillis(25));
    Instant asked = time.instant();
    for (int i = 0; i < 30; i++) {
      assertThat(slow.describe(ids)).hasSize(120);
    }
    // sixty calls, of which twenty pass at once
    assertThat(Duration.between(asked, time.instant())).isEqualTo(Duration.ofSeconds(2));
  }

  private List<JobId> submitted(BatchBackend to, int many) {
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      Submission one = submission(to, JobRequest.of(endless("one of many")));
      to.submit(one);
      ids.add(one.id());
    }
    return ids;
  }

  // 2: questions and submissions behind one another in a queue for calls
  @Test
  void a_question_that_waits_for_its_turn_holds_up_no_submission() throws Exception {
    Turns time = new Turns(fixture.time());
    BatchBackend slow = program(b -> b.time(time).callsPerSecond(1000, 1));
    Submission first = submission(slow, JobRequest.of(quick("first")));
    Submission second = submission(slow, JobRequest.of(quick("second")));
    slow.submit(first);

    time.held.set(true);
    CompletableFuture<Map<JobId, JobStatus>> question =
        CompletableFuture.supplyAsync(() -> slow.describe(List.of(first.id())));
    time.waits.await();
    CompletableFuture.runAsync(() -> slow.submit(second)).get(20, TimeUnit.SECONDS);

    assertThat(question).isNotDone();
    assertThat(endpoint.jobs()).hasSize(2);
    time.turns.forEach(Runnable::run);
    assertThat(question.get(20, TimeUnit.SECONDS)).containsKey(first.id());
  }

  /** A time that lets everybody through at once until it is held. */
  private static final class Turns implements TimeSource {
    final AtomicBoolean held = new AtomicBoolean();
    final CountDownLatch waits = new CountDownLatch(1);
    final List<Runnable> turns = new ArrayList<>();
    private final TimeSource like;

    Turns(TimeSource like) {
      this.like = like;
    }

    @Override
    public Instant instant() {
      return like.instant();
    }

    @Override
    public Cancellable schedule(Instant when, Phase phase, Runnable action) {
      if (held.get()) {
        turns.add(action);
        waits.countDown();
      } else {
        action.run();
      }
      return () -> {};
    }
  }

  // 21: listings as a monitor: cut at a thousand, of the wrong queue, each state at another time
  @Test
  void jobs_are_followed_by_their_ids_and_never_by_listings() {
    List<Job> jobs = new ArrayList<>();
    for (String queue : List.of("normal", "other", "fifo")) {
      jobs.add(hpc.submit(JobRequest.builder(failing(queue)).queue(queue).build()));
    }

    hpc.awaitAll(jobs);

    assertThat(jobs).extracting(Job::state).containsOnly(JobState.FAILED);
    assertThat(calls("ListJobs")).isZero();
    assertThat(calls("DescribeJobs")).isPositive();
  }

  // 1, 22: errors that have no class of their own; what only the right answer would end goes on
  @ParameterizedTest
  @CsvSource({"429, TooManyRequestsException", "520, Unknown"})
  void a_cancellation_that_aws_could_not_take_is_ordered_again(int status, String code) {
    AtomicInteger errors = new AtomicInteger(2);
    JobClient client =
        client(
            program(
                meeting(
                    Failing.answered(
                        status,
                        code,
                        "not now",
                        Failing.first(errors, TerminateJobRequest.class::isInstance)))));
    ContractWork work =
        ContractWork.quick().exit(1).inElements(0).otherwise(ContractWork.endless());

    Job array = end(client.submit(fixture.work("fast", work).build(), r -> r.array(20).failFast()));

    assertThat(errors.get()).isNegative();
    assertThat(array.status().count(JobState.CANCELLED)).isEqualTo(19);
  }

  // 1, 22
  @ParameterizedTest
  @CsvSource({"429, TooManyRequestsException", "520, Unknown"})
  void a_further_attempt_that_aws_could_not_take_is_made_later(int status, String code) {
    AtomicInteger errors = new AtomicInteger(0);
    JobClient client =
        client(
            program(
                meeting(
                    Failing.answered(
                        status,
                        code,
                        "not now",
                        Failing.first(errors, SubmitJobRequest.class::isInstance)))));
    Job job = client.submit(failing("again").toBuilder().retry(LATER).build());
    errors.set(1);

    end(job);

    assertThat(errors.get()).isNegative();
    assertThat(job.attempts()).hasSize(2);
    assertThat(job.status().exit()).contains(Exit.code(3));
    assertThat(endpoint.jobs()).hasSize(2);
  }

  // 22
  @Test
  void any_error_of_the_service_is_met_by_asking_again() {
    AtomicInteger errors = new AtomicInteger(7);
    BatchBackend unlucky =
        program(
            meeting(
                Altered.answering(
                    520, Failing.first(errors, DescribeJobsRequest.class::isInstance))));

    Job job = end(client(unlucky).submit(failing("asked for")));

    assertThat(errors).hasValueLessThan(0);
    assertThat(job.status().exit()).contains(Exit.code(3));
  }

  // 22
  @Test
  void any_error_of_the_service_leaves_open_whether_a_job_was_taken() {
    AtomicInteger errors = new AtomicInteger(1);
    BatchBackend unlucky =
        program(
            meeting(
                Altered.answering(520, Failing.first(errors, SubmitJobRequest.class::isInstance))));

    Job job = end(client(unlucky).submit(quick("taken")));

    assertThat(errors).hasValue(0);
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(1);
  }
}
