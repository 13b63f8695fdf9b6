package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.Capability;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** D: jobs that wait for other jobs. */
abstract class DependencyCases extends Cases {
  private void assertNeverRan(Job dependent) {
    JobStatus status = end(dependent);
    assertEnded(status, JobState.FAILED, Reason.DEPENDENCY_FAILED);
    assertThat(status.startedAt()).isEmpty();
    assertThat(status.message()).isNotBlank();
  }

  @Test
  void D01_must_start_after_the_success_of_another() {
    needs(Capability.AFTER);
    Job first = submit(lasting("first"));
    Job second = submit(quick("second"), r -> r.after(first));

    assertSucceeded(end(second));

    assertNotBefore(started(second.status()), ended(end(first)));
  }

  @Test
  void D02_must_wait_pending_and_explain_for_what() {
    needs(Capability.AFTER);
    Job first = running(submit(endless("first")));
    Job second = submit(quick("second"), r -> r.after(first));
    waiting(second, JobState.PENDING);

    assertThat(second.explain().map(WaitReason::kind)).contains(WaitReason.Kind.DEPENDENCY);
    assertThat(second.explain().orElseThrow().detail()).isNotBlank();
  }

  @Test
  void D03_must_fail_without_running_what_depends_on_a_failure_however_far() {
    needs(Capability.AFTER, Capability.ARRAY);
    Job first = submit(lasting("first"));
    Job failing = submit(failing("failing"), r -> r.after(first));
    Job second = submit(quick("second"), r -> r.after(failing));
    Job third = submit(quick("third"), r -> r.after(second));
    Job array = submit(quick("array"), r -> r.array(3).after(third));

    assertNeverRan(second);
    assertNeverRan(third);
    assertNeverRan(array);
    assertThat(array.indices(JobState.FAILED)).isEqualTo(IndexSet.ofSize(3));
  }

  @Test
  void D04_must_fail_what_depends_on_the_success_of_a_cancelled_job() {
    needs(Capability.AFTER);
    Job first = submit(endless("first"));
    Job second = submit(quick("second"), r -> r.after(first));

    first.cancel();

    assertNeverRan(second);
  }

  @Test
  void D05_must_look_at_what_has_ended_before_the_submission() {
    needs(Capability.AFTER);
    Job succeeded = submit(quick("succeeded"));
    Job failed = submit(failing("failed"));
    end(succeeded);
    end(failed);

    assertSucceeded(end(submit(quick("runs"), r -> r.after(succeeded))));
    assertNeverRan(submit(quick("never runs"), r -> r.after(failed)));
  }

  @Test
  void D06_must_start_after_any_end() {
    needs(Capability.AFTER_END);
    Job failing = submit(failing("failing"));
    Job cancelled = submit(endless("cancelled"));
    Job fine = submit(quick("fine"));
    Job after = submit(quick("after"), r -> r.afterEnd(failing, cancelled, fine));

    cancelled.cancel();

    assertSucceeded(end(after));
    assertNotBefore(started(after.status()), ended(end(failing)));
    assertNotBefore(started(after.status()), ended(end(cancelled)));
  }

  @Test
  void D07_must_start_after_a_failure_only() {
    needs(Capability.AFTER_FAILURE);
    Job failing = submit(failing("failing"));
    Job fine = submit(quick("fine"));
    Job cancelled = submit(endless("cancelled"));
    Job repair = submit(quick("repair"), r -> r.afterFailure(failing));
    Job needless = submit(quick("needless"), r -> r.afterFailure(fine));
    Job unasked = submit(quick("unasked"), r -> r.afterFailure(cancelled));

    cancelled.cancel();

    assertSucceeded(end(repair));
    assertNeverRan(needless);
    assertNeverRan(unasked);
  }

  @Test
  void D08_must_wait_for_all_of_many() {
    needs(Capability.AFTER);
    int many = fixture.isSlow() ? 3 : 25;
    int count = Math.min(many, backend.capabilities().maxDependencies().orElse(many));
    List<Job> firsts = IntStream.range(0, count).mapToObj(i -> submit(quick("first"))).toList();
    Job last = held("last");

    Job all =
        submit(
            quick("all"),
            r -> r.after(firsts.subList(1, count).toArray(JobRef[]::new)).after(last));
    end(firsts.get(count - 1));
    assertThat(waiting(all, JobState.PENDING).status().startedAt()).isEmpty();
    last.release();

    assertSucceeded(end(all));
    assertNotBefore(started(all.status()), ended(end(last)));
  }

  @Test
  void D09_must_meet_conditions_of_different_kinds() {
    needs(Capability.AFTER, Capability.AFTER_END, Capability.AFTER_FAILURE);
    Job fine = submit(quick("fine"));
    Job failing = submit(failing("failing"));

    Job job = submit(quick("job"), r -> r.after(fine).afterEnd(failing).afterFailure(failing));

    assertSucceeded(end(job));
  }

  @Test
  void D10_must_wait_for_each_index_alone() {
    needs(Capability.AFTER_EACH);
    JobDefinition slowIn1 = fixture.work("mesh", ContractWork.endless().inElements(1)).build();
    Job mesh = submit(slowIn1, r -> r.array(3));
    Job solve = submit(quick("solve"), r -> r.array(3).afterEach(mesh));

    assertSucceeded(end(solve.element(0)));
    assertSucceeded(end(solve.element(2)));

    assertThat(running(mesh).element(1).state()).isEqualTo(JobState.RUNNING);
    assertThat(solve.element(1).state().isWaiting()).isTrue();
    for (int i : new int[] {0, 2}) {
      assertNotBefore(started(ask(solve.element(i))), ended(ask(mesh.element(i))));
    }
  }

  @Test
  void D11_must_fail_only_the_index_whose_requirement_failed() {
    needs(Capability.AFTER_EACH);
    JobDefinition failingIn1 =
        fixture.work("mesh", ContractWork.quick().exit(1).inElements(1)).build();
    Job mesh = submit(failingIn1, r -> r.array(3));
    Job solve = submit(quick("solve"), r -> r.array(3).afterEach(mesh));

    assertEnded(end(solve), JobState.FAILED, Reason.DEPENDENCY_FAILED);
    assertThat(solve.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2));
    assertNeverRan(solve.element(1));
  }

  @Test
  void D12_must_pass_each_index_on_through_a_chain() {
    needs(Capability.AFTER_EACH);
    Job split = submit(lasting("split"), r -> r.array(3));
    Job work = submit(lasting("work"), r -> r.array(3).afterEach(split));
    Job check = submit(quick("check"), r -> r.array(3).afterEach(work, split));

    assertSucceeded(end(check));

    for (int i = 0; i < 3; i++) {
      assertNotBefore(started(ask(work.element(i))), ended(ask(split.element(i))));
      assertNotBefore(started(ask(check.element(i))), ended(ask(work.element(i))));
    }
  }

  @Test
  void D13_must_match_the_indices_of_sparse_arrays() {
    needs(Capability.AFTER_EACH, Capability.SPARSE_ARRAY);
    IndexSet indices = IndexSet.of(2, 7);
    JobDefinition failingIn7 =
        fixture.work("mesh", ContractWork.quick().exit(1).inElements(7)).build();
    Job mesh = submit(failingIn7, r -> r.array(indices));
    Job solve = submit(quick("solve"), r -> r.array(indices).afterEach(mesh));

    end(solve);

    assertThat(solve.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(2));
    assertNeverRan(solve.element(7));
  }

  @Test
  void D14_must_wait_for_a_whole_array() {
    needs(Capability.AFTER, Capability.ARRAY);
    Job array = submit(lasting("array"), r -> r.array(3));
    Job merge = submit(quick("merge"), r -> r.after(array));

    assertSucceeded(end(merge));

    askElements(array).forEach(e -> assertNotBefore(started(merge.status()), ended(e)));
  }

  @Test
  void D15_must_fail_what_waits_for_an_array_with_a_failed_element() {
    needs(Capability.AFTER, Capability.AFTER_END, Capability.ARRAY);
    JobDefinition failingIn1 =
        fixture.work("array", ContractWork.quick().exit(1).inElements(1)).build();
    Job array = submit(failingIn1, r -> r.array(2));

    assertNeverRan(submit(quick("merge"), r -> r.after(array)));
    assertSucceeded(end(submit(quick("report"), r -> r.afterEnd(array))));
  }

  @Test
  void D16_must_wait_for_a_single_element() {
    needs(Capability.AFTER, Capability.ARRAY);
    JobDefinition slowIn1 = fixture.work("array", ContractWork.endless().inElements(1)).build();
    Job array = submit(slowIn1, r -> r.array(2));

    assertSucceeded(end(submit(quick("after 0"), r -> r.after(array.element(0)))));
    assertThat(running(array).element(1).state().isEnded()).isFalse();
  }

  @Test
  void D17_must_wait_for_the_last_attempt() {
    needs(Capability.AFTER, Capability.RETRY);
    JobDefinition secondTry =
        fixture
            .work("second try", ContractWork.quick().exit(1).inAttempts(1))
            .retry(RetryPolicy.attempts(2))
            .build();
    Job first = submit(secondTry);
    Job second = submit(quick("second"), r -> r.after(first));

    assertSucceeded(end(second));

    assertThat(end(first).attempt()).isEqualTo(2);
    assertNotBefore(started(second.status()), ended(first.status()));
  }

  @Test
  void D18_must_cancel_what_waits_without_touching_what_it_waits_for() {
    needs(Capability.AFTER);
    Job first = running(submit(endless("first")));
    Job second = waiting(submit(quick("second"), r -> r.after(first)), JobState.PENDING);
    Job third = submit(quick("third"), r -> r.after(second));

    second.cancel("not needed");

    assertEnded(end(second), JobState.CANCELLED, Reason.CANCELLED);
    assertNeverRan(third);
    assertThat(first.state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void D19_must_keep_holding_what_is_ready_and_held() {
    needs(Capability.AFTER, Capability.HOLD);
    Job first = submit(quick("first"));
    Job second = submit(quick("second"), r -> r.after(first).hold());
    end(first);

    assertThat(second.await(fixture.unit()).state()).isEqualTo(JobState.PENDING);
    second.release();

    assertSucceeded(end(second));
  }
}
