package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Plan;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is noted of jobs: when it cannot be, and what follows from it. */
class BatchEndpointNotesTest extends EndpointCases {
  private static final RetryPolicy LATER = RetryPolicy.attempts(2).delay(Duration.ofMinutes(30));

  private static void fail(Accepted part) {
    throw new IllegalStateException("the disk is full: " + part);
  }

  private Submission submission(JobRequest request, Consumer<Accepted> told) {
    return new Submission(JobId.create(backend.name(), backend.scope()), request, told);
  }

  private JobDefinition failsOnce() {
    ContractWork work = ContractWork.quick().exit(3).inAttempts(1);
    return fixture.work("once", work).retry(LATER).build();
  }

  @Test
  void a_job_that_AWS_has_and_that_cannot_be_noted_may_have_been_submitted() {
    Submission submission = submission(JobRequest.of(quick("full")), BatchEndpointNotesTest::fail);

    assertThatThrownBy(() -> backend.submit(submission))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());

    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_job_that_waits_here_and_cannot_be_noted_is_not_submitted() {
    Job first = hpc.submit(failsOnce());
    JobRequest request = JobRequest.builder(quick("full")).after(first).build();

    assertThatThrownBy(() -> backend.submit(submission(request, BatchEndpointNotesTest::fail)))
        .hasMessageContaining("disk is full");
    end(first);
    pass(HOUR);

    assertThat(endpoint.jobs()).hasSize(2); // the attempts of the first
  }

  @Test
  void a_further_attempt_that_cannot_be_noted_stops_no_other_job() {
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int[] notes = {0};
      Submission submission =
          submission(
              JobRequest.of(failsOnce()),
              part -> {
                if (notes[0]++ > 0) {
                  fail(part);
                }
              });
      backend.submit(submission);
      ids.add(submission.id());
    }
    pass(Duration.ofMinutes(10));
    backend.describe(ids);
    pass(HOUR);

    assertThat(backend.describe(ids).values())
        .extracting(JobStatus::state)
        .containsOnly(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(4);
  }

  @Test
  void a_job_that_has_waited_here_for_more_than_a_week_is_sent_by_the_next_program() {
    Duration hours = HOUR.multipliedBy(6);
    JobClient killed = lasting(b -> b.pollPolicy(new PollPolicy(HOUR, hours, hours)));
    ContractWork work = ContractWork.lasting(Duration.ofDays(8).plusMinutes(5));
    Job first = killed.submit(fixture.work("long", work).retry(LATER).build());
    killed.submit(quick("second"), r -> r.after(first));
    pass(Duration.ofDays(8));
    killed.close();

    Job again = end(resume().get(1));

    assertThat(again.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void a_job_that_an_earlier_program_has_sent_and_not_noted_is_not_sent_again() {
    Job first = hpc.submit(failsOnce());
    List<Accepted> noted = new ArrayList<>();
    Submission submission =
        submission(JobRequest.builder(quick("second")).after(first).build(), noted::add);
    backend.submit(submission);
    end(first);
    pass(Duration.ofMinutes(5));

    BatchBackend next = program(b -> b);
    next.adopt(submission, noted.subList(0, 1)); // that it waits
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofMinutes(1));
      next.describe(List.of(submission.id()));
    }

    assertThat(endpoint.jobs()).hasSize(3);
  }

  @Test
  void what_depends_on_a_lost_job_waits_until_somebody_decides() {
    Job first = hpc.submit(endless("first"));
    first.await(JobState.RUNNING, fixture.patience());
    endpoint.faults().expire(endpoint.jobs().get(0).id());
    pass(HOUR);

    Job second = hpc.submit(quick("second"), r -> r.after(first));
    pass(HOUR);
    JobState before = second.state();
    first.settleLost(JobState.SUCCEEDED);

    assertThat(first.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(before).isEqualTo(JobState.PENDING);
    assertThat(end(second).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void a_plan_says_that_a_job_waits_in_this_program() {
    Job first = hpc.submit(failsOnce());

    Plan plan = hpc.plan(JobRequest.builder(quick("second")).after(first).build());

    assertThat(plan.notes())
        .filteredOn(note -> note.kind() == Plan.Kind.ENDS_WITH_CLIENT)
        .extracting(Plan.Note::field)
        .containsExactly("dependencies");
  }
}
