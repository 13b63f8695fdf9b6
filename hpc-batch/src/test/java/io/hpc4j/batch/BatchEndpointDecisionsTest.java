package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a program has decided of its jobs stays so for the next program. */
class BatchEndpointDecisionsTest extends EndpointCases {
  private static final RetryPolicy LATER = RetryPolicy.attempts(2).delay(Duration.ofMinutes(30));
  private static final Duration BETWEEN = Duration.ofMinutes(10);

  private final ContractWork failsOnce = ContractWork.quick().exit(3).inAttempts(1);

  private JobDefinition retried(ContractWork work) {
    return fixture.work("retried", work).retry(LATER).build();
  }

  @Test
  void a_job_that_was_cancelled_between_its_attempts_makes_no_other() {
    JobClient killed = lasting();
    Job job = killed.submit(retried(failsOnce));
    pass(BETWEEN);
    job.cancel("not wanted");
    killed.close();

    Job again = end(resume().get(0));
    pass(HOUR);

    assertThat(again.state()).isEqualTo(JobState.CANCELLED);
    assertThat(again.status().message()).isEqualTo("not wanted");
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_job_that_was_cancelled_while_it_was_kept_here_is_never_sent() {
    JobClient killed = lasting();
    Job first = killed.submit(retried(failsOnce));
    Job second = killed.submit(quick("second"), r -> r.after(first));
    second.cancel("not wanted");
    killed.close();

    Job again = end(resume().get(1));
    pass(HOUR.multipliedBy(2));

    assertThat(again.state()).isEqualTo(JobState.CANCELLED);
    assertThat(endpoint.jobs()).hasSize(2); // the attempts of the first
  }

  @Test
  void an_element_that_was_cancelled_between_its_attempts_makes_no_other() {
    JobClient killed = lasting();
    ContractWork work = ContractWork.quick().exit(3).inElements(0, 1);
    Job array = killed.submit(retried(work), r -> r.array(3));
    pass(BETWEEN);
    array.element(0).cancel("only this");
    killed.close();

    Job again = end(resume().get(0));

    assertThat(again.indices(JobState.CANCELLED)).isEqualTo(IndexSet.of(0));
    assertThat(again.indices(JobState.FAILED)).isEqualTo(IndexSet.of(1));
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void an_element_that_was_cancelled_while_its_array_was_kept_here_is_never_sent() {
    JobClient killed = lasting();
    Job first = killed.submit(retried(failsOnce));
    Job array = killed.submit(quick("array"), r -> r.array(3).after(first));
    array.element(1).cancel("only this");
    killed.close();

    Job again = resume().get(1);
    pass(Duration.ofMinutes(2));
    JobState waiting = again.element(1).refresh().state();
    end(again);

    assertThat(waiting).isEqualTo(JobState.CANCELLED);
    assertThat(again.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2));
  }

  @Test
  void an_array_that_was_cancelled_makes_no_further_attempts() {
    JobClient killed = lasting();
    ContractWork work =
        ContractWork.quick().exit(3).inElements(0).otherwise(ContractWork.endless());
    Job array = killed.submit(retried(work), r -> r.array(2));
    pass(BETWEEN);
    array.cancel("not wanted");
    killed.close();

    Job again = end(resume().get(0));
    pass(HOUR);

    assertThat(again.state()).isEqualTo(JobState.CANCELLED);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void an_attempt_that_was_cancelled_before_it_was_known_to_be_sent_is_ended() {
    JobClient killed = lasting();
    ContractWork work =
        ContractWork.quick().exit(3).inAttempts(1).otherwise(ContractWork.endless());
    Job job = killed.submit(retried(work), r -> r.array(3));
    pass(BETWEEN);
    endpoint.faults().loseReplies(1).lateVisibility(Duration.ofSeconds(40));
    while (endpoint.jobs().size() < 2) {
      pass(Duration.ofSeconds(5));
    }
    job.cancel("not wanted");
    killed.close();

    Job again = end(resume().get(0));
    pass(HOUR);

    assertThat(again.state()).isEqualTo(JobState.CANCELLED);
    assertThat(endpoint.jobs()).hasSize(2).allMatch(entry -> entry.status().equals("FAILED"));
  }

  @Test
  void the_words_of_a_cancellation_are_not_taken_for_a_reason_to_try_again() {
    RetryPolicy onTimeout = RetryPolicy.attempts(2).retryOn(Reason.TIMEOUT);
    JobClient killed = lasting();
    Job job = killed.submit(endless("late").toBuilder().retry(onTimeout).build());
    pass(BETWEEN);
    job.cancel("the run exceeded timeouts");
    killed.close();

    Job again = end(resume().get(0));
    pass(HOUR);

    assertThat(again.state()).isEqualTo(JobState.CANCELLED);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_termination_that_AWS_was_not_told_any_more_is_made_by_the_next_program() {
    JobClient killed = lasting();
    Job array = killed.submit(endless("array"), r -> r.array(3));
    pass(BETWEEN);
    Job element = array.element(1);
    endpoint.faults().fail(100);
    assertThatThrownBy(() -> element.cancel("only this"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("TerminateJob");
    killed.close();
    endpoint.faults().none();

    Job again = resume().get(0);
    pass(BETWEEN);

    assertThat(again.element(1).refresh().state()).isEqualTo(JobState.CANCELLED);
    assertThat(again.element(0).refresh().state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void what_a_spent_budget_has_ended_is_not_sent_again() {
    JobClient killed = lasting();
    ContractWork work =
        ContractWork.quick()
            .exit(3)
            .inElements(0)
            .otherwise(ContractWork.lasting(HOUR.multipliedBy(4)));
    RetryPolicy onExit = RetryPolicy.attempts(2).retryOn(Reason.SIGNALLED);
    JobDefinition definition = fixture.work("budget", work).retry(onExit).build();
    Job array = killed.submit(definition, r -> r.array(12).maxFailures(0));
    pass(HOUR);
    IndexSet ended = array.indices(JobState.CANCELLED);
    killed.close();

    Job again = end(resume().get(0));

    assertThat(ended.isEmpty()).isFalse();
    assertThat(again.indices(JobState.CANCELLED)).isEqualTo(ended);
    assertThat(endpoint.jobs()).hasSize(1);
  }
}
