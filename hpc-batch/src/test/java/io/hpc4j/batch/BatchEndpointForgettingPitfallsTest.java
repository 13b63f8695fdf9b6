package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.JobDetail;

/** Jobs and logs that AWS does not know yet, or not any more: pitfalls 10 to 12. */
class BatchEndpointForgettingPitfallsTest extends PitfallCases {
  // 10: DescribeJobs does not know a job that was just submitted
  @Test
  void a_new_job_that_is_not_shown_yet_is_submitted() {
    endpoint.faults().lateVisibility(Duration.ofSeconds(50));
    Job job = hpc.submit(quick("late"));

    assertThat(state(backend, job.id())).contains(JobState.SUBMITTED);
    pass(Duration.ofSeconds(49));
    assertThat(state(backend, job.id())).contains(JobState.SUBMITTED);

    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
  }

  // 10
  @Test
  void a_new_job_that_is_never_shown_is_lost_and_never_a_success() {
    endpoint.faults().lateVisibility(Duration.ofDays(365));
    Job job = hpc.submit(quick("never"));

    pass(Duration.ofSeconds(61));

    assertThat(state(backend, job.id())).isEmpty();
    assertThat(end(job).state()).isEqualTo(JobState.LOST);
  }

  // 11: AWS forgets jobs
  @Test
  void a_job_that_aws_has_forgotten_is_lost_and_never_a_success() {
    Job job = hpc.submit(endless("forgotten"));
    job.await(JobState.RUNNING, fixture.patience());
    endpoint.faults().expire(endpoint.jobs().get(0).id());

    end(job);

    assertThat(job.state()).isEqualTo(JobState.LOST);
  }

  // 11
  @Test
  void an_ending_that_was_seen_is_kept_when_aws_has_forgotten_it() {
    Submission seen = submission(backend, JobRequest.of(failing("seen")));
    backend.submit(seen);
    pass(HOUR);
    assertThat(state(backend, seen.id())).contains(JobState.FAILED);
    endpoint.faults().expire(endpoint.jobs().get(0).id());
    pass(HOUR);

    assertThat(state(backend, seen.id())).contains(JobState.FAILED);
    assertThat(backend.attempts(seen.id()))
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.reason()).contains(Reason.NON_ZERO_EXIT));
  }

  // 12: log streams that are not there
  @Test
  void a_log_that_is_not_there_is_empty_and_fails_nobody() {
    Job job = end(client(told(one -> writing(one, "no/such/stream"))).submit(quick("mute")));

    assertThat(job.logs().entries())
        .singleElement()
        .satisfies(entry -> assertThat(entry.location()).endsWith("no/such/stream"));
    assertThat(job.logs().text()).isEmpty();
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
  }

  private static JobDetail writing(JobDetail job, String stream) {
    return job.toBuilder()
        .container(job.container().toBuilder().logStreamName(stream).build())
        .attempts(
            job.attempts().stream()
                .map(a -> a.toBuilder().container(c -> c.logStreamName(stream)).build())
                .toList())
        .build();
  }

  // 12: not yet there
  @Test
  void a_log_that_comes_late_is_read_when_it_has_come() {
    AtomicInteger missing = new AtomicInteger(1);
    LogReader late =
        (group, stream, token) ->
            missing.getAndDecrement() > 0
                ? Optional.empty()
                : Optional.of(new LogReader.Page(token == null ? "here\n" : "", "end"));
    JobClient client = client(program(b -> b.scope("other").logs(late)));
    Job job = end(client.submit(quick("late")));

    assertThat(job.logs().text()).isEmpty();
    assertThat(job.logs().text()).isEqualTo("here\n");
  }

  // 12: none at all
  @Test
  void what_never_ran_has_no_log_and_nobody_looks_for_one() {
    Job first = hpc.submit(failing("first"));
    Job never = end(hpc.submit(quick("never"), r -> r.after(first)));

    assertThat(never.status().reason()).contains(Reason.DEPENDENCY_FAILED);
    assertThat(never.logs().entries()).isEmpty();
    assertThat(never.logs().text()).isEmpty();
  }
}
