package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.BatchException;
import software.amazon.awssdk.services.batch.model.DescribeJobQueuesRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** What goes wrong between a program and AWS Batch, and what must not come of it. */
class BatchEndpointFaultsTest extends EndpointCases {
  @Test
  void a_job_whose_reply_is_lost_is_found_and_not_sent_again() {
    endpoint.faults().loseReplies(1);

    Job job = end(hpc.submit(quick("lost reply")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(calls("SubmitJob")).isEqualTo(1);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_job_that_shows_late_is_waited_for_and_not_sent_again() {
    endpoint.faults().loseReplies(1).lateVisibility(Duration.ofSeconds(40));

    Job job = end(hpc.submit(quick("late")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_submission_that_times_out_is_not_repeated_by_the_sdk() {
    AtomicInteger sent = new AtomicInteger();
    ExecutionInterceptor counting =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            sent.addAndGet(context.request() instanceof SubmitJobRequest ? 1 : 0);
          }
        };
    BatchClient client =
        fixture.client(
            c ->
                c.apiCallAttemptTimeout(Duration.ofMillis(1500)).addExecutionInterceptor(counting));
    BatchBackend impatient = fixture.builder(client).build();
    JobRequest request = JobRequest.of(quick("slow"));
    impatient.submit(
        new Submission(JobId.create(impatient.name(), impatient.scope()), request, part -> {}));
    Submission submission =
        new Submission(JobId.create(impatient.name(), impatient.scope()), request, accepted -> {});
    endpoint.faults().slowAnswers(Duration.ofSeconds(4));

    assertThatThrownBy(() -> impatient.submit(submission))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());

    assertThat(sent).hasValue(2);
  }

  @Test
  void a_job_that_never_arrived_is_sent_again_after_it_could_no_longer_appear() {
    endpoint.faults().fail(0);
    Job first = hpc.submit(quick("registers the definition"));
    end(first);
    endpoint.faults().fail(1);

    Job job = end(hpc.submit(quick("again")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(calls("SubmitJob")).isEqualTo(3);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void a_split_array_of_which_a_reply_is_lost_is_completed() {
    endpoint.faults().loseReplies(1);

    Job array = end(hpc.submit(quick("split"), r -> r.array(10_003)));

    assertThat(array.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void what_is_throttled_comes_later() {
    Job first = end(hpc.submit(quick("before")));
    endpoint.faults().throttle(2);

    Job job = end(hpc.submit(quick("throttled")));

    assertThat(first.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void a_new_job_that_is_not_shown_yet_is_submitted() {
    endpoint.faults().lateVisibility(Duration.ofSeconds(50));
    Job job = hpc.submit(quick("late"));

    assertThat(hpc.status(List.of(job)).get(job.id()))
        .satisfies(status -> assertThat(status.state()).isEqualTo(JobState.SUBMITTED));

    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void a_job_that_aws_has_forgotten_is_lost_and_never_a_success() {
    Job job = hpc.submit(endless("forgotten"));
    job.await(JobState.RUNNING, fixture.patience());
    endpoint.faults().expire(endpoint.jobs().get(0).id());

    end(job);

    assertThat(job.state()).isEqualTo(JobState.LOST);
  }

  /** AWS keeps an ended job for a week. */
  @Test
  void what_aws_may_have_run_and_forgotten_is_lost_and_never_sent_again() {
    JobId id = JobId.create(backend.name(), backend.scope());
    Submission older =
        new Submission(id, JobRequest.of(quick("older")), part -> {})
            .madeAt(fixture.time().instant().minus(Duration.ofDays(8)));

    assertThat(backend.find(older))
        .isEqualTo(new Lookup.Unknown("AWS Batch may not show the job yet"));
    pass(Duration.ofMinutes(2));
    assertThat(backend.find(older))
        .isInstanceOfSatisfying(Lookup.Unknown.class, one -> assertThat(one.forGood()).isTrue());

    backend.adopt(older, List.of());
    pass(Duration.ofMinutes(2));
    assertThat(backend.describe(List.of(id)).get(id))
        .satisfies(status -> assertThat(status.state()).isEqualTo(JobState.LOST));
    assertThat(endpoint.jobs()).isEmpty();
  }

  @Test
  void what_an_earlier_program_never_sent_is_known_to_be_absent() {
    JobId id = JobId.create(backend.name(), backend.scope());
    Submission earlier =
        new Submission(id, JobRequest.of(quick("earlier")), part -> {})
            .madeAt(fixture.time().instant().minus(Duration.ofDays(6)));

    assertThat(backend.find(earlier)).isInstanceOf(Lookup.Unknown.class);
    pass(Duration.ofMinutes(2));

    assertThat(backend.find(earlier)).isEqualTo(new Lookup.Absent());
  }

  @Test
  void an_ending_that_was_seen_is_kept_when_aws_has_forgotten_it() {
    Job job = end(hpc.submit(failing("seen")));
    endpoint.faults().expire(endpoint.jobs().get(0).id());

    assertThat(job.refresh().reason()).contains(Reason.NON_ZERO_EXIT);
    assertThat(job.attempts()).hasSize(1);
  }

  @Test
  void words_that_nobody_knows_change_no_state() {
    Job job = hpc.submit(endless("strange"));
    job.await(JobState.RUNNING, fixture.patience());
    endpoint.faults().unknownStatuses(true);

    assertThat(job.refresh().state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void a_failure_without_an_exit_code_is_one() {
    endpoint.faults().missingExitCodes(true);

    Job job = end(hpc.submit(failing("no code")));

    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.status().exit()).isEmpty();
  }

  @Test
  void a_reclaimed_instance_is_told_as_such_and_retried_by_aws() {
    RetryPolicy spot = RetryPolicy.attempts(2).retryOn(Reason.SPOT_RECLAIMED);
    Job job = hpc.submit(endless("spot").toBuilder().retry(spot).build());
    job.await(JobState.RUNNING, fixture.patience());
    endpoint.faults().reclaim(endpoint.jobs().get(0).id());
    pass(Duration.ofMinutes(2));

    assertThat(job.refresh().attempt()).isEqualTo(2);
    assertThat(job.attempts().get(0).reason()).contains(Reason.SPOT_RECLAIMED);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_further_attempt_whose_reply_is_lost_is_not_made_twice() {
    RetryPolicy twice = RetryPolicy.attempts(2).delay(Duration.ofMinutes(30));
    Job job = hpc.submit(failing("twice").toBuilder().retry(twice).build());
    pass(Duration.ofMinutes(10));
    endpoint.faults().loseReplies(1);

    end(job);

    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.attempts()).hasSize(2);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void without_the_right_to_ask_for_queues_jobs_run_all_the_same() {
    ExecutionInterceptor forbidding =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(
              Context.BeforeExecution context, ExecutionAttributes attributes) {
            if (context.request() instanceof DescribeJobQueuesRequest) {
              throw BatchException.builder().statusCode(403).message("not allowed").build();
            }
          }
        };
    BatchClient client = fixture.client(c -> c.addExecutionInterceptor(forbidding));
    JobClient other = client(fixture.builder(client).build());

    Job job = end(other.submit(quick("unseen queue"), r -> r.share("users")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThatThrownBy(() -> other.submit(quick("no queue"), r -> r.queue("none").share("users")))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("none");
  }

  @Test
  void a_submission_that_aws_refuses_has_not_happened() {
    BatchOptions twoPlatforms =
        BatchOptions.create().changeSubmission(s -> s.retryStrategy(r -> r.attempts(99)));

    assertThatThrownBy(() -> hpc.submit(quick("refused"), r -> r.options(twoPlatforms)))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isFalse());
    assertThat(endpoint.jobs()).isEmpty();
  }

  @Test
  void elements_that_failed_are_known_by_one_description_each() {
    Job array =
        end(
            hpc.submit(
                fixture
                    .work(
                        "some fail",
                        ContractWork.quick().exit(5).inElements(IntStream.range(0, 250).toArray()))
                    .build(),
                r -> r.array(1000)));
    int before = calls("DescribeJobs");

    assertThat(array.indices(JobState.FAILED)).isEqualTo(IndexSet.range(0, 249));
    assertThat(array.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.range(250, 999));
    assertThat(calls("DescribeJobs")).isEqualTo(before);
  }
}
