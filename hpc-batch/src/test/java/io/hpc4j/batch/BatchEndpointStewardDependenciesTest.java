package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Dependencies that AWS Batch cannot be told of. */
class BatchEndpointStewardDependenciesTest extends EndpointCases {
  @Test
  void a_dependency_on_attempts_of_this_programs_own_waits_here() {
    RetryPolicy later = RetryPolicy.attempts(2).delay(Duration.ofMinutes(5));
    Job first =
        hpc.submit(
            fixture.work("first", ContractWork.quick().exit(1).inAttempts(1)).retry(later).build());
    Job second = hpc.submit(quick("second"), r -> r.after(first));

    assertThat(endpoint.jobs()).hasSize(1);
    assertThat(second.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(end(second).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(3);
  }

  @Test
  void what_follows_a_job_that_was_cancelled_before_it_was_sent_never_runs() {
    Job first = hpc.submit(failing("first").toBuilder().retry(LATER).build());
    Job unsent = hpc.submit(quick("unsent"), r -> r.after(first).array(3));
    unsent.cancel();
    Job whole = hpc.submit(quick("whole"), r -> r.after(unsent));
    Job element = hpc.submit(quick("element"), r -> r.after(unsent.element(1)));
    Job each = hpc.submit(quick("each"), r -> r.afterEach(unsent).array(3));

    assertThat(List.of(end(whole), end(element), end(each)))
        .allSatisfy(
            job -> {
              assertThat(job.state()).isEqualTo(JobState.FAILED);
              assertThat(job.status().reason()).contains(Reason.DEPENDENCY_FAILED);
            });
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void each_element_that_waits_here_goes_by_the_one_of_its_index() {
    ContractWork once = ContractWork.quick().exit(3).inAttempts(1);
    Job first = hpc.submit(fixture.work("first", once).retry(LATER).build());
    Job some = hpc.submit(quick("some"), r -> r.after(first).array(3));
    some.element(1).cancel();
    Job each = hpc.submit(quick("each"), r -> r.afterEach(some).array(3));

    end(each);

    assertThat(each.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2));
    assertThat(some.element(1).refresh().state()).isEqualTo(JobState.CANCELLED);
    assertThat(each.element(1).refresh().reason()).contains(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void what_gathers_dependencies_gets_a_definition_again_too() {
    JobRef[] many =
        IntStream.range(0, 21).mapToObj(i -> hpc.submit(lasting("first"))).toArray(JobRef[]::new);
    fixture.client().deregisterJobDefinition(r -> r.jobDefinition(described(0).jobDefinition()));

    Job last = end(hpc.submit(quick("last"), r -> r.after(many)));

    assertThat(last.state()).isEqualTo(JobState.SUCCEEDED);
  }

  private JobDefinition lasting(String name) {
    return fixture.work(name, ContractWork.lasting(HOUR)).build();
  }
}
