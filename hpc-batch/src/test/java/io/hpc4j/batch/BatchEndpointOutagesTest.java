package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobState;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;
import software.amazon.awssdk.services.batch.model.TerminateJobRequest;

/** What AWS does not do for a while is done later, seldom asked for, and stops nothing else. */
class BatchEndpointOutagesTest extends EndpointCases {
  private static final RetryPolicy LATER = RetryPolicy.attempts(2).delay(Duration.ofMinutes(30));
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  private JobDefinition failsOnce() {
    ContractWork work = ContractWork.quick().exit(3).inAttempts(1);
    return fixture.work("once", work).retry(LATER).build();
  }

  /** Whether it is the second part of an array of 10,003 elements. */
  private static boolean isSecondPart(SdkRequest request) {
    return request instanceof SubmitJobRequest s
        && s.arrayProperties() != null
        && s.arrayProperties().size() == 3;
  }

  @Test
  void a_termination_that_was_forbidden_once_is_made_later() {
    AtomicInteger forbidden = new AtomicInteger(1);
    JobClient client =
        behind(
            Beforehand.forbidding(
                r -> r instanceof TerminateJobRequest && forbidden.getAndDecrement() > 0));
    ContractWork work =
        ContractWork.quick().exit(1).inElements(0).otherwise(ContractWork.endless());
    Job array = client.submit(fixture.work("fast", work).build(), r -> r.array(4).failFast());

    end(array);

    assertThat(array.status().count(JobState.CANCELLED)).isEqualTo(3);
  }

  @Test
  void a_cancellation_that_was_forbidden_is_made_later_and_no_attempt_follows() {
    AtomicBoolean down = new AtomicBoolean();
    JobClient client = behind(Beforehand.forbidding(r -> down.get()));
    Job job = client.submit(endless("x").toBuilder().retry(LATER).build());
    pass(TEN_MINUTES);
    down.set(true);

    assertThatThrownBy(() -> job.cancel("no")).isInstanceOf(BackendException.class);
    down.set(false);

    assertThat(end(job).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void an_attempt_that_cannot_be_sent_is_tried_ever_more_seldom() {
    AtomicInteger submits = new AtomicInteger();
    JobClient client =
        behind(
            Beforehand.forbidding(
                r -> r instanceof SubmitJobRequest && submits.incrementAndGet() > 1));
    Job job = client.submit(failing("stuck").toBuilder().retry(LATER).build());
    pass(HOUR);
    int asked = calls("DescribeJobs");
    int tried = submits.get();

    pass(TEN_MINUTES);

    assertThat(job.state()).isEqualTo(JobState.PENDING);
    assertThat(calls("DescribeJobs") - asked).isLessThan(25);
    assertThat(submits.get() - tried).isBetween(5, 25);
  }

  @Test
  void what_waits_here_after_a_restart_is_not_asked_for_more_often_than_before() {
    JobClient killed = lasting();
    Job first = killed.submit(endless("first").toBuilder().retry(LATER).build());
    killed.submit(quick("second"), r -> r.after(first));
    pass(TEN_MINUTES);
    killed.close();
    resume();
    pass(TEN_MINUTES);
    int asked = calls("DescribeJobs");

    pass(TEN_MINUTES);

    assertThat(calls("DescribeJobs") - asked).isLessThan(25);
  }

  @Test
  void a_queue_that_is_disabled_for_some_minutes_ends_no_attempt() {
    Job first = hpc.submit(failsOnce());
    Job second = hpc.submit(quick("second"), r -> r.after(first));
    pass(Duration.ofMinutes(20));
    fixture.client().updateJobQueue(r -> r.jobQueue("normal").state("DISABLED"));
    pass(Duration.ofMinutes(20));
    fixture.client().updateJobQueue(r -> r.jobQueue("normal").state("ENABLED"));

    assertThat(end(first).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(second).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void a_delay_without_end_stops_no_other_job() {
    RetryPolicy never = RetryPolicy.attempts(2).delay(ChronoUnit.FOREVER.getDuration());
    Job other = hpc.submit(fixture.work("other", ContractWork.lasting(HOUR)).build());
    Job job = hpc.submit(failing("never").toBuilder().retry(never).build());

    end(other);

    assertThat(other.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.state()).isEqualTo(JobState.PENDING);
  }

  @Test
  void the_rest_of_a_split_array_that_was_refused_is_ended_as_soon_as_AWS_lets_it() {
    AtomicInteger forbidden = new AtomicInteger(1);
    JobClient client =
        behind(
            Beforehand.forbidding(
                r ->
                    isSecondPart(r)
                        || (r instanceof TerminateJobRequest && forbidden.getAndDecrement() > 0)));

    assertThatThrownBy(() -> client.submit(endless("midway"), r -> r.array(10_003)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("not accepted as a whole");
    pass(HOUR);

    assertThat(endpoint.jobs()).hasSize(1).allMatch(entry -> entry.status().equals("FAILED"));
  }

  @Test
  void a_part_that_AWS_has_answered_is_not_sent_again_though_it_shows_late() {
    AtomicInteger lost = new AtomicInteger(1);
    JobClient client =
        behind(Altered.answering(500, r -> isSecondPart(r) && lost.getAndDecrement() > 0));
    endpoint.faults().lateVisibility(Duration.ofSeconds(90));

    Job job = end(client.submit(quick("late"), r -> r.array(10_003)));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(2);
  }
}
