package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobState;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What goes wrong between a program and AWS Batch, and what must not come of it. */
class BatchEndpointFaultsTest extends EndpointCases {
  @Test
  void a_job_that_shows_late_is_waited_for_and_not_sent_again() {
    endpoint.faults().loseReplies(1).lateVisibility(Duration.ofSeconds(40));

    Job job = end(hpc.submit(quick("late")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(1);
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
  void words_that_nobody_knows_change_no_state() {
    Job job = hpc.submit(endless("strange"));
    job.await(JobState.RUNNING, fixture.patience());
    endpoint.faults().unknownStatuses(true);

    assertThat(job.refresh().state()).isEqualTo(JobState.RUNNING);
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

  @Test
  void a_raw_change_of_the_name_does_not_send_a_job_twice_whose_reply_was_lost() {
    endpoint.faults().loseReplies(1);
    BatchOptions renamed = BatchOptions.create().changeSubmission(s -> s.jobName("mine"));

    Job job = hpc.submit(quick("raw"), r -> r.options(renamed));

    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(1);
  }
}
