package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.JobState;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What this program does for jobs that AWS Batch would not do. */
class BatchEndpointStewardTest extends EndpointCases {
  private static final RetryPolicy LATER =
      RetryPolicy.attempts(2).delay(Duration.ofMinutes(30)); // so AWS does not make them

  // ---- further attempts

  @Test
  void a_further_attempt_has_not_succeeded_because_the_rest_of_its_array_has() {
    ContractWork work =
        ContractWork.quick()
            .exit(3)
            .inElements(3)
            .inAttempts(1)
            .otherwise(ContractWork.lasting(HOUR));
    Job array = hpc.submit(fixture.work("rest", work).retry(LATER).build(), r -> r.array(5));

    pass(Duration.ofMinutes(70));

    assertThat(array.element(2).refresh().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(array.element(3).refresh().state()).isEqualTo(JobState.RUNNING);
    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
  }
}
