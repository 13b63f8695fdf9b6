package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Reason;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** AWS Batch waits for successes alone: what waits for an end or a failure waits in the program. */
class BatchEndpointAfterEndTest extends EndpointCases {
  private JobClient keeping() {
    return client(
        JobClient.builder(program(b -> b))
            .store(JobStore.file(directory.resolve("store")))
            .build());
  }

  private void sentInAll(int jobs) {
    assertThat(endpoint.jobs()).hasSize(jobs);
  }

  @Test
  void nothing_of_it_is_sent_before_the_other_has_ended() {
    Job running = hpc.submit(endless("running"));
    Job after = hpc.submit(quick("after"), r -> r.afterEnd(running).array(3));
    pass(HOUR);

    assertThat(after.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(after.explain())
        .hasValueSatisfying(
            why -> {
              assertThat(why.kind()).isEqualTo(WaitReason.Kind.DEPENDENCY);
              assertThat(why.jobs()).containsExactly(running.id());
            });
    sentInAll(1);
    running.cancel();

    assertThat(end(after).state()).isEqualTo(JobState.SUCCEEDED);
    sentInAll(2);
  }

  @Test
  void what_has_ended_as_required_is_not_waited_for() {
    Job failed = end(hpc.submit(failing("failed")));
    Job blocks = hpc.submit(endless("blocks"));

    Job after =
        hpc.submit(quick("after"), r -> r.afterFailure(failed).afterEnd(failed).after(blocks));

    sentInAll(3); // AWS waits for the one that runs
    blocks.cancel();
    assertThat(end(after).status().reason()).contains(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void what_waited_for_a_failure_that_did_not_come_is_never_sent() {
    Job fine = hpc.submit(quick("fine"));
    Job array = hpc.submit(quick("array"), r -> r.array(2).afterFailure(fine));
    Job next = hpc.submit(quick("next"), r -> r.afterEnd(array));
    Job last = hpc.submit(quick("last"), r -> r.after(array));

    assertThat(end(array).state()).isEqualTo(JobState.FAILED);
    assertThat(array.status().message()).contains(fine.id().toString()).contains("FAILURE");
    assertThat(end(next).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(last).status().reason()).contains(Reason.DEPENDENCY_FAILED);
    sentInAll(2);
  }

  /** On AWS the job that was cancelled ends only with what it waits for itself. */
  @Test
  void an_end_that_has_come_here_already_does_not_end_what_waited_for_it() {
    Job blocks = hpc.submit(endless("blocks"));
    Job cancelled = hpc.submit(quick("cancelled"), r -> r.after(blocks));
    cancelled.cancel();
    end(cancelled);
    Job fine = hpc.submit(endless("fine"));

    Job after = hpc.submit(quick("after"), r -> r.afterEnd(cancelled).after(fine));
    pass(HOUR);

    assertThat(after.refresh().state()).isEqualTo(JobState.PENDING);
  }

  @Test
  void what_waits_for_an_end_is_sent_once_by_the_next_program() {
    JobClient killed = keeping();
    Job first = killed.submit(endless("first"));
    Job after = killed.submit(quick("after"), r -> r.afterEnd(first));
    Job repair = killed.submit(quick("repair"), r -> r.afterFailure(first));
    sentInAll(1);
    killed.close();

    JobClient next = keeping();
    List<Job> resumed = next.resume();
    resumed.get(0).cancel();

    assertThat(resumed).extracting(Job::id).containsExactly(first.id(), after.id(), repair.id());
    assertThat(end(resumed.get(1)).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(resumed.get(2)).status().reason()).contains(Reason.DEPENDENCY_FAILED);
    sentInAll(2);
  }

  /** The store keeps how it has ended, the earlier program had no time to send what follows. */
  @Test
  void an_end_that_an_earlier_program_has_seen_counts_for_the_next() {
    JobClient killed = keeping();
    Job first = end(killed.submit(failing("first")));
    Job second = killed.submit(endless("second"));
    Job after = killed.submit(quick("after"), r -> r.afterFailure(first).afterEnd(second));
    killed.close();

    JobClient next = keeping();
    List<Job> resumed = next.resume();
    pass(Duration.ofMinutes(10));
    resumed.get(0).cancel();

    assertThat(resumed).extracting(Job::id).containsExactly(second.id(), after.id());
    assertThat(end(resumed.get(1)).state()).isEqualTo(JobState.SUCCEEDED);
    sentInAll(3);
  }

  @Test
  void the_plan_says_who_waits() {
    Job running = hpc.submit(endless("running"));
    JobRequest request =
        JobRequest.builder(quick("after")).afterEnd(running).afterFailure(running).build();

    assertThat(hpc.plan(request).notes())
        .filteredOn(note -> note.kind() == Plan.Kind.EMULATED)
        .extracting(Plan.Note::text)
        .contains("kept, and sent by this program, while it asks where its jobs are");
  }
}
