package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Capability;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A: arrays, their elements, and what ends them early. */
abstract class ArrayCases extends Cases {
  @BeforeEach
  void needArrays() {
    needs(Capability.ARRAY);
  }

  private JobDefinition failingIn(int... elements) {
    return fixture.work("fails in some", ContractWork.quick().exit(5).inElements(elements)).build();
  }

  @Test
  void A01_must_run_each_index_exactly_once() {
    Job array = submit(quick("array"), r -> r.array(6));

    assertSucceeded(end(array));

    assertThat(array.indices()).isEqualTo(IndexSet.ofSize(6));
    assertThat(array.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.ofSize(6));
    assertThat(array.elements()).extracting(Job::id).doesNotHaveDuplicates();
    assertThat(array.elements()).allSatisfy(element -> assertThat(element.attempts()).hasSize(1));
  }

  @Test
  void A02_must_count_elements_and_have_no_exit_of_its_own() {
    Job array = submit(failingIn(2), r -> r.array(4));

    JobStatus status = end(array);

    assertThat(status.count(JobState.SUCCEEDED)).isEqualTo(3);
    assertThat(status.count(JobState.FAILED)).isEqualTo(1);
    assertThat(status.exit()).isEmpty();
    assertThat(array.attempts()).isEmpty();
    assertThat(ask(array).counts()).isEqualTo(status.counts());
  }

  @Test
  void A03_must_fail_for_the_reason_of_the_lowest_index_and_run_the_others() {
    Job array = submit(failingIn(1, 3), r -> r.array(5));

    assertEnded(end(array), JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(array.indices(JobState.FAILED)).isEqualTo(IndexSet.of(1, 3));
    assertThat(array.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2, 4));
    assertThat(array.elements(JobState.FAILED))
        .allSatisfy(
            element -> assertThat(element.status().exit().orElseThrow().code()).hasValue(5));
  }

  @Test
  void A04_must_run_from_the_first_start_until_the_last_end() {
    JobDefinition half = fixture.work("half", ContractWork.endless().inElements(1)).build();
    Job array = submit(half, r -> r.array(2));
    end(array.element(0));

    running(array);
    assertThat(ask(array).state()).isEqualTo(JobState.RUNNING);
    array.element(1).cancel();

    JobStatus status = end(array);
    assertThat(status.state()).isNotEqualTo(JobState.SUCCEEDED);
    assertThat(status.count(JobState.CANCELLED)).isEqualTo(1);
  }

  @Test
  void A05_must_take_an_array_of_one() {
    Job array = submit(quick("single"), r -> r.array(1));

    assertSucceeded(end(array));
    assertThat(array.elements()).hasSize(1);
    assertSucceeded(end(array.element(0)));
  }

  @Test
  void A06_must_keep_the_logical_indices_of_a_sparse_array() {
    needs(Capability.SPARSE_ARRAY);
    IndexSet indices = IndexSet.parse("2,5,9-11");
    JobDefinition definition =
        fixture.work("sparse", ContractWork.quick().exit(5).inElements(9)).build();
    Job array = submit(definition, r -> r.array(indices));

    end(array);

    assertThat(array.indices()).isEqualTo(indices);
    assertThat(array.indices(JobState.FAILED)).isEqualTo(IndexSet.of(9));
    assertThat(array.elements())
        .extracting(element -> element.id().index().orElseThrow())
        .containsExactly(2, 5, 9, 10, 11);
    assertThatThrownBy(() -> array.element(3)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void A07_must_not_know_elements_beyond_the_size() {
    Job array = submit(quick("array"), r -> r.array(2));
    Job plain = submit(quick("plain"));

    assertThatThrownBy(() -> array.element(2)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> plain.element(0)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void A08_must_never_exceed_the_throttle() {
    needs(Capability.THROTTLE);
    Job array = submit(lasting("throttled"), r -> r.array(6).throttle(2));

    assertSucceeded(end(array));

    assertThat(mostAtOnce(askElements(array))).isLessThanOrEqualTo(2);
  }

  @Test
  void A09_must_explain_an_element_that_waits_for_the_throttle() {
    needs(Capability.THROTTLE);
    Job array = submit(endless("throttled"), r -> r.array(2).throttle(1));
    running(array.element(0));

    assertThat(array.element(1).state().isWaiting()).isTrue();
    assertThat(array.element(1).explain().map(WaitReason::kind)).contains(WaitReason.Kind.THROTTLE);
  }

  @Test
  void A10_must_run_a_sequence_strictly_in_order() {
    needs(Capability.SEQUENTIAL);
    Job array = submit(lasting("sequence"), r -> r.array(4).sequential());

    assertSucceeded(end(array));

    List<JobStatus> elements = askElements(array);
    for (int i = 1; i < elements.size(); i++) {
      assertNotBefore(started(elements.get(i)), ended(elements.get(i - 1)));
    }
  }

  @Test
  void A11_must_stop_a_sequence_at_the_first_failure() {
    needs(Capability.SEQUENTIAL);
    Job array = submit(failingIn(1), r -> r.array(4).sequential());

    assertThat(end(array).state()).isEqualTo(JobState.FAILED);

    assertThat(array.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0));
    assertThat(end(array.element(1)).reason()).contains(Reason.NON_ZERO_EXIT);
    for (int i = 2; i < 4; i++) {
      assertThat(end(array.element(i)).startedAt()).isEmpty();
      assertThat(array.element(i).status().reason()).contains(Reason.DEPENDENCY_FAILED);
    }
  }

  @Test
  void A12_must_give_up_what_waits_when_the_failure_budget_is_spent() {
    needs(Capability.FAILURE_BUDGET, Capability.THROTTLE);
    Job array = submit(failingIn(0), r -> r.array(5).throttle(1).maxFailures(0));

    JobStatus status = end(array);

    assertEnded(status, JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(status.count(JobState.CANCELLED)).isEqualTo(4);
    assertThat(end(array.element(4)).message()).contains("fail");
    assertThat(array.element(4).status().startedAt()).isEmpty();
  }

  @Test
  void A13_must_go_on_within_the_failure_budget() {
    needs(Capability.FAILURE_BUDGET, Capability.THROTTLE);
    Job array = submit(failingIn(0, 2), r -> r.array(5).throttle(1).maxFailures(2));

    JobStatus status = end(array);

    assertThat(status.count(JobState.FAILED)).isEqualTo(2);
    assertThat(status.count(JobState.SUCCEEDED)).isEqualTo(3);
  }

  @Test
  void A14_must_let_running_elements_go_on_when_the_budget_is_spent() {
    needs(Capability.FAILURE_BUDGET, Capability.THROTTLE);
    Job array = submit(failsWhileOneRuns(), r -> r.array(4).throttle(2).maxFailures(0));

    end(array.element(0));
    end(array.element(3));
    assertThat(array.element(3).state()).isEqualTo(JobState.CANCELLED);
    assertThat(array.element(1).state().isEnded()).isFalse();
    array.element(1).cancel();
    end(array);
  }

  @Test
  void A15_must_end_running_elements_too_when_told_to_fail_fast() {
    needs(Capability.FAILURE_BUDGET, Capability.THROTTLE);
    Job array = submit(failsWhileOneRuns(), r -> r.array(4).throttle(2).failFast());

    JobStatus status = end(array);

    assertEnded(status, JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(end(array.element(1)).state()).isEqualTo(JobState.CANCELLED);
    assertThat(end(array.element(3)).startedAt()).isEmpty();
  }

  @Test
  void A24_must_fail_fast_only_when_the_budget_is_spent() {
    needs(Capability.FAILURE_BUDGET, Capability.THROTTLE);
    Job array = submit(failingIn(0, 1), r -> r.array(4).throttle(1).maxFailures(1).failFast());

    JobStatus status = end(array);

    assertThat(array.indices(JobState.FAILED)).isEqualTo(IndexSet.of(0, 1));
    assertThat(status.count(JobState.CANCELLED)).isEqualTo(2);
  }

  private JobDefinition failsWhileOneRuns() {
    ContractWork fails = ContractWork.lasting(fixture.unit()).exit(5); // others start meanwhile
    ContractWork work = ContractWork.endless().inElements(1, 2, 3).otherwise(fails);
    return fixture.work("fails while one runs", work).build();
  }

  @Test
  void A16_must_cancel_all_elements_of_a_cancelled_array() {
    needs(Capability.THROTTLE);
    JobDefinition definition =
        fixture.work("cancelled", ContractWork.endless().inElements(1, 2, 3)).build();
    Job array = submit(definition, r -> r.array(4).throttle(2));
    end(array.element(0));
    running(array.element(1));

    array.cancel("enough");

    JobStatus status = end(array);
    assertEnded(status, JobState.CANCELLED, Reason.CANCELLED);
    assertThat(status.message()).contains("enough");
    assertThat(array.indices(JobState.CANCELLED)).isEqualTo(IndexSet.range(1, 3));
    assertThat(array.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0));
    assertThat(end(array.element(3)).startedAt()).isEmpty();
  }

  @Test
  void A17_must_cancel_one_element_and_leave_the_others() {
    Job array = submit(endless("one of many"), r -> r.array(3));
    running(array.element(1));

    array.element(1).cancel("only this");

    assertEnded(end(array.element(1)), JobState.CANCELLED, Reason.CANCELLED);
    assertThat(running(array.element(0)).state()).isEqualTo(JobState.RUNNING);
    assertThat(running(array.element(2)).state()).isEqualTo(JobState.RUNNING);
    assertThat(array.state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void A18_must_submit_again_only_what_failed() {
    needs(Capability.SPARSE_ARRAY);
    Job array = submit(failingIn(1, 4), r -> r.array(6));
    end(array);

    Job again = hpc.resubmitFailed(array).orElseThrow();

    end(again);
    assertThat(again.indices()).isEqualTo(IndexSet.of(1, 4));
    assertThat(again.id()).isNotEqualTo(array.id());
  }

  @Test
  void A19_must_let_another_client_attach_to_an_array_and_an_element() {
    Job array = submit(lasting("attached"), r -> r.array(2));
    JobClient second = anotherClient();
    Job attached = second.job(JobId.parse(array.id().text()));
    Job element = second.job(JobId.parse(array.element(1).id().text()));

    assertSucceeded(end(attached));
    assertSucceeded(end(element));
    assertThat(element.id()).isEqualTo(array.element(1).id());
  }

  @Test
  void A20_must_retry_each_element_by_itself() {
    needs(Capability.RETRY);
    JobDefinition definition =
        fixture
            .work("retried", ContractWork.quick().exit(1).inElements(1).inAttempts(1))
            .retry(RetryPolicy.attempts(2))
            .build();
    Job array = submit(definition, r -> r.array(3));

    assertSucceeded(end(array));

    assertThat(array.element(0).attempts()).hasSize(1);
    assertThat(array.element(1).attempts()).extracting(Attempt::number).containsExactly(1, 2);
    assertThat(end(array.element(1)).attempt()).isEqualTo(2);
  }

  @Test
  void A21_must_not_start_more_of_a_held_array() {
    needs(Capability.HOLD, Capability.THROTTLE);
    JobDefinition firstEndless = fixture.work("held", ContractWork.endless().inElements(0)).build();
    Job array = submit(firstEndless, r -> r.array(3).throttle(1));
    running(array.element(0));

    array.hold();
    array.element(0).cancel();
    end(array.element(0));

    assertThat(array.element(1).await(fixture.unit()).state().isWaiting()).isTrue();
    array.release();
    assertSucceeded(end(array.element(1)));
    assertSucceeded(end(array.element(2)));
  }

  @Test
  void A22_must_take_a_large_array_as_one_job() {
    needs(Capability.HOLD);
    int size = Math.min(10_000, backend.capabilities().maxArraySize().orElse(10_000));
    Job array = submit(quick("large"), r -> r.array(size).hold());
    waiting(array, JobState.PENDING);

    array.cancel();

    JobStatus status = end(array);
    assertEnded(status, JobState.CANCELLED, Reason.CANCELLED);
    assertThat(status.count(JobState.CANCELLED)).isEqualTo(size);
    assertThat(hpc.list(JobFilter.all()))
        .filteredOn(listed -> listed.id().job().equals(array.id()))
        .hasSize(1);
  }

  @Test
  void A23_must_cancel_one_element_that_waits_without_running_it() {
    needs(Capability.HOLD);
    Job array = submit(quick("one less"), r -> r.array(3).hold());
    waiting(array, JobState.PENDING);

    array.element(1).cancel("not this one");
    array.release();

    assertThat(end(array).state()).isNotEqualTo(JobState.SUCCEEDED);
    assertEnded(end(array.element(1)), JobState.CANCELLED, Reason.CANCELLED);
    assertThat(array.element(1).status().startedAt()).isEmpty();
    assertThat(array.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2));
  }
}
