package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.TerminateJobRequest;

/** Jobs that this program ends, whether AWS Batch shows them or not; failure budgets. */
class BatchEndpointStewardEndingTest extends EndpointCases {
  private Job uncertain(int elements) {
    ContractWork work =
        ContractWork.quick().exit(3).inAttempts(1).otherwise(ContractWork.endless());
    Job job =
        hpc.submit(fixture.work("uncertain", work).retry(LATER).build(), r -> r.array(elements));
    pass(Duration.ofMinutes(10));
    endpoint.faults().loseReplies(1).lateVisibility(Duration.ofSeconds(40));
    Duration step = Duration.ofSeconds(5);
    for (int i = 0; i < 360 && endpoint.jobs().size() < 2; i++) {
      pass(step);
    }
    assertThat(endpoint.jobs()).hasSize(2);
    return job;
  }

  @Test
  void what_is_cancelled_while_nobody_knows_of_it_is_ended_when_it_shows() {
    Job job = uncertain(3);

    job.cancel();

    assertThat(end(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(endpoint.jobs()).hasSize(2);
    assertThat(endpoint.jobs().get(1).status()).isEqualTo("FAILED");
  }

  @Test
  void an_element_that_is_cancelled_while_nobody_knows_of_it_takes_no_other_along() {
    Job job = uncertain(3);

    job.element(1).cancel();
    pass(HOUR);

    assertThat(job.element(1).refresh().state()).isEqualTo(JobState.CANCELLED);
    assertThat(job.element(2).refresh().state()).isEqualTo(JobState.RUNNING);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void what_aws_could_not_be_told_to_end_it_is_told_again() {
    AtomicInteger failures = new AtomicInteger(2);
    Failing failing =
        Failing.unconnected(Failing.first(failures, TerminateJobRequest.class::isInstance));
    JobClient client = client(program(meeting(failing)));
    ContractWork work =
        ContractWork.quick().exit(1).inElements(0).otherwise(ContractWork.endless());

    Job array = end(client.submit(fixture.work("fast", work).build(), r -> r.array(20).failFast()));

    assertThat(failures.get()).isNegative();
    assertThat(array.status().count(JobState.CANCELLED)).isEqualTo(19);
  }

  /** AWS counts an array's elements late. */
  @Test
  void an_array_that_is_told_to_end_keeps_what_has_succeeded_and_was_not_counted_yet() {
    AtomicBoolean late = new AtomicBoolean(true);
    AtomicBoolean told = new AtomicBoolean();
    ExecutionInterceptor uncounted = Altered.uncounted(3, late, told);
    JobClient client = client(program(meeting(uncounted)));
    Job array = client.submit(quick("late"), r -> r.array(3));
    pass(Duration.ofMinutes(10));

    told.set(true);
    array.cancel();
    pass(Duration.ofMinutes(10));
    late.set(false);

    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(array.element(0).refresh().state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void a_failure_budget_ends_what_waits() {
    ContractWork work =
        ContractWork.quick().exit(1).inElements(0).otherwise(ContractWork.lasting(HOUR));
    Job array =
        end(hpc.submit(fixture.work("budget", work).build(), r -> r.array(20).maxFailures(0)));

    assertThat(array.state()).isEqualTo(JobState.FAILED);
    assertThat(array.status().reason()).contains(Reason.NON_ZERO_EXIT);
    assertThat(array.status().count(JobState.CANCELLED)).isPositive();
    assertThat(array.status().count(JobState.SUCCEEDED)).isPositive();
    assertThat(array.element(19).status().message()).contains("budget of 0");
  }

  @Test
  void failing_fast_ends_what_runs_too() {
    ContractWork work =
        ContractWork.quick().exit(1).inElements(0).otherwise(ContractWork.endless());
    Job array = end(hpc.submit(fixture.work("fast", work).build(), r -> r.array(20).failFast()));

    assertThat(array.status().count(JobState.FAILED)).isEqualTo(1);
    assertThat(array.status().count(JobState.CANCELLED)).isEqualTo(19);
  }
}
