package io.hpc4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FailureBudgetTest {
  private static Optional<FailureBudget> of(UnaryOperator<JobRequest.Builder> how) {
    JobRequest plain = JobRequest.of(JobDefinition.builder("array").command("true").build());
    return FailureBudget.of(how.apply(plain.toBuilder().array(9)).build());
  }

  @Test
  void failing_fast_alone_allows_no_failure_and_with_a_budget_as_many_as_that() {
    assertThat(of(r -> r)).isEmpty();
    assertThat(of(r -> r.failFast())).contains(new FailureBudget(0));
    assertThat(of(r -> r.maxFailures(2))).contains(new FailureBudget(2));
    assertThat(of(r -> r.maxFailures(2).failFast())).contains(new FailureBudget(2));
  }

  @Test
  void it_is_spent_when_more_have_failed() {
    assertThat(new FailureBudget(2).isSpentBy(2)).isFalse();
    assertThat(new FailureBudget(2).isSpentBy(3)).isTrue();
    assertThat(new FailureBudget(2).sentence().message()).contains("failure budget of 2");
  }

  @Test
  void only_what_failed_by_itself_counts() {
    assertThat(FailureBudget.counts(JobState.FAILED, Optional.of(Reason.TIMEOUT))).isTrue();
    assertThat(FailureBudget.counts(JobState.FAILED, Optional.empty())).isTrue();
    assertThat(FailureBudget.counts(JobState.FAILED, Optional.of(Reason.DEPENDENCY_FAILED)))
        .isFalse();
    assertThat(FailureBudget.counts(JobState.CANCELLED, Optional.of(Reason.CANCELLED))).isFalse();
  }
}
