package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Reason;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** AWS Batch knows no begin times: a job is sent when its time has come. */
class BatchEndpointBeginTest extends EndpointCases {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private Instant in(Duration duration) {
    return fixture.time().instant().plus(duration);
  }

  /** Not even somebody who asks where it is. */
  @Test
  void nothing_else_has_to_happen_for_it_to_be_sent_in_time() {
    JobRequest request = JobRequest.builder(quick("later")).begin(in(HOUR)).build();
    JobId id = JobId.create(backend.name(), backend.scope());

    backend.submit(new Submission(id, request, part -> {}));

    pass(HOUR.minus(SECOND));
    assertThat(endpoint.jobs()).isEmpty();
    pass(SECOND);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void it_says_when_it_begins() {
    Instant begin = in(HOUR);
    Job job = hpc.submit(quick("later"), r -> r.begin(begin).array(3));

    assertThat(job.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(job.element(1).explain())
        .hasValueSatisfying(
            why -> {
              assertThat(why.kind()).isEqualTo(WaitReason.Kind.BEGIN_TIME);
              assertThat(why.expectedStart()).contains(begin);
            });
    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.status().submittedAt()).contains(begin.minus(HOUR));
    assertThat(job.status().startedAt()).contains(begin);
  }

  @Test
  void a_time_that_has_come_keeps_nothing() {
    hpc.submit(quick("now"), r -> r.begin(fixture.time().instant()));

    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_held_job_begins_when_both_allow_it() {
    Job early = hpc.submit(quick("early"), r -> r.begin(in(HOUR)).hold());
    Job late = hpc.submit(quick("late"), r -> r.begin(in(HOUR)).hold());
    early.release();
    assertThat(early.explain()).map(WaitReason::kind).contains(WaitReason.Kind.BEGIN_TIME);
    pass(HOUR);
    assertThat(endpoint.jobs()).hasSize(1);
    assertThat(late.explain()).map(WaitReason::kind).contains(WaitReason.Kind.HELD);

    late.release();

    assertThat(endpoint.jobs()).hasSize(2);
    assertThat(end(early).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(late).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void what_it_waits_for_may_end_before_or_after() {
    Job first = hpc.submit(endless("first"));
    Job fails = hpc.submit(quick("fails"), r -> r.after(first).begin(in(HOUR)));
    Job runs = hpc.submit(quick("runs"), r -> r.afterEnd(first).begin(in(HOUR)));
    pass(Duration.ofMinutes(10));
    first.cancel();
    pass(Duration.ofMinutes(10));

    assertThat(fails.refresh().reason()).contains(Reason.DEPENDENCY_FAILED);
    assertThat(runs.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(endpoint.jobs()).hasSize(1);
    assertThat(end(runs).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void the_plan_says_who_waits() {
    JobRequest request = JobRequest.builder(quick("later")).begin(in(HOUR)).hold().build();

    assertThat(hpc.plan(request).notes())
        .filteredOn(note -> note.kind() == Plan.Kind.EMULATED)
        .extracting(Plan.Note::field)
        .contains("begin", "hold");
  }
}
