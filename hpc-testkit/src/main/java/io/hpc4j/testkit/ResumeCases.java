package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R: what a client goes on with that an earlier one of the same store has left. */
abstract class ResumeCases extends Cases {
  @Test
  void R01_must_follow_what_is_open_to_its_end_and_leave_out_what_has_ended() {
    List<JobId> open;
    try (JobClient first = anotherClient(store())) {
      end(submit(first, quick("ended"), r -> r));
      open =
          List.of(
              submit(first, lasting("succeeds"), r -> r).id(),
              submit(first, failing("fails"), r -> r).id());
    }

    List<Job> resumed = resume();

    assertThat(resumed).extracting(Job::id).isSubsetOf(open).startsWith(open.get(0));
    assertSucceeded(end(resumed.get(0)));
    assertEnded(end(hpc.job(open.get(1))), JobState.FAILED, Reason.NON_ZERO_EXIT);
  }

  @Test
  void R02_must_know_what_was_cancelled_and_why() {
    needs(Capability.ARRAY);
    try (JobClient first = anotherClient(store())) {
      Job array = submit(first, endless("array"), r -> r.array(2));
      array.elements().forEach(this::running);
      array.element(0).cancel("only this");
    }

    Job array = resume().get(0);
    JobStatus cancelled = end(array.element(0));

    assertEnded(cancelled, JobState.CANCELLED, Reason.CANCELLED);
    assertThat(cancelled.message()).contains("only this");
    assertThat(array.element(1).refresh().state()).isEqualTo(JobState.RUNNING);
    array.cancel("enough");
    assertThat(end(array).message()).contains("enough");
  }

  @Test
  void R03_must_make_the_attempts_that_are_left() {
    JobDefinition second =
        fixture
            .work("second", ContractWork.quick().exit(3).inAttempts(1))
            .retry(RetryPolicy.attempts(2))
            .build();
    try (JobClient first = anotherClient(store())) {
      Job unused = submit(first, second, r -> r);
    }

    Job job = resume().get(0);

    assertSucceeded(end(job));
    assertThat(job.attempts()).hasSize(2);
  }

  @Test
  void R04_must_start_what_waits_for_others() {
    List<JobId> ids;
    try (JobClient first = anotherClient(store())) {
      Job lasting = submit(first, lasting("lasting"), r -> r);
      Job after = submit(first, quick("after"), r -> r.after(lasting));
      ids = List.of(lasting.id(), after.id());
    }

    List<Job> resumed = resume();

    assertThat(resumed).extracting(Job::id).isEqualTo(ids);
    resumed.forEach(job -> assertSucceeded(end(job)));
    assertNotBefore(started(resumed.get(1).status()), ended(resumed.get(0).status()));
  }

  @Test
  void R05_must_hold_what_was_held_until_it_is_released() {
    needs(Capability.HOLD);
    try (JobClient first = anotherClient(store())) {
      Job unused = submit(first, quick("held"), r -> r.hold());
    }

    Job job = resume().get(0);
    pass(fixture.unit());
    assertThat(job.refresh().startedAt()).isEmpty();
    job.release();

    assertSucceeded(end(job));
  }

  private JobStore store() {
    return JobStore.file(directory.resolve("store"));
  }

  /** What another client of the store goes on with, in the order of submission. */
  private List<Job> resume() {
    return anotherClient(store()).resume();
  }
}
