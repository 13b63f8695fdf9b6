package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** AWS Batch knows no deadlines, and lets a job wait for capacity without end. */
class BatchEndpointLimitsTest extends EndpointCases {
  private static final Duration MINUTES = Duration.ofMinutes(10);

  private Instant in(Duration duration) {
    return fixture.time().instant().plus(duration);
  }

  private JobDefinition lasting(String name) {
    return fixture.work(name, ContractWork.lasting(HOUR)).build();
  }

  private JobClient keeping() {
    return client(
        JobClient.builder(EndpointFixture.builder(fixture.client(), fixture.time()).build())
            .store(JobStore.file(directory.resolve("store")))
            .build());
  }

  /** Fills the cluster until it is cancelled. */
  private Job full() {
    int all = fixture.nodes() * fixture.cpusPerNode();
    Job blocker = hpc.submit(endless("blocker"), r -> r.array(all));
    pass(MINUTES);
    return blocker;
  }

  private static void assertFailed(Job job, Reason reason) {
    assertThat(job.state()).as("%s", job.status()).isEqualTo(JobState.FAILED);
    assertThat(job.status().reason()).contains(reason);
  }

  // ---- deadlines

  /** Not even somebody who asks where it is. */
  @Test
  void nothing_else_has_to_happen_for_a_job_to_end_at_its_deadline() {
    JobRequest request = JobRequest.builder(endless("late")).deadline(in(HOUR)).build();
    JobId id = JobId.create(backend.name(), backend.scope());
    backend.submit(new Submission(id, request, part -> {}));

    pass(HOUR.minusSeconds(1));
    assertThat(endpoint.jobs().get(0).status()).isEqualTo("RUNNING");
    pass(Duration.ofSeconds(1));

    assertThat(endpoint.jobs().get(0).status()).isEqualTo("FAILED");
  }

  @Test
  void what_runs_and_what_waits_of_an_array_misses_the_deadline() {
    int places = fixture.nodes() * fixture.cpusPerNode();
    Instant deadline = in(Duration.ofMinutes(90));
    Job array = hpc.submit(lasting("array"), r -> r.array(3 * places).deadline(deadline));

    assertFailed(end(array), Reason.DEADLINE);
    assertThat(array.status().message()).contains(deadline.toString());
    assertThat(array.status().count(JobState.SUCCEEDED)).isEqualTo(places);
    assertThat(array.status().count(JobState.FAILED)).isEqualTo(2 * places);
    assertThat(array.element(3 * places - 1).refresh().startedAt()).isEmpty();
  }

  @Test
  void what_waits_in_the_program_or_for_others_misses_the_deadline() {
    Job first = hpc.submit(endless("first"));
    Job there = hpc.submit(quick("there"), r -> r.after(first).deadline(in(HOUR)));
    Job here = hpc.submit(quick("here"), r -> r.afterEnd(first).deadline(in(HOUR)));
    Job held = hpc.submit(quick("held"), r -> r.hold().deadline(in(HOUR)));
    Job repair = hpc.submit(quick("repair"), r -> r.afterFailure(here));

    assertFailed(end(there), Reason.DEADLINE);
    assertFailed(end(here), Reason.DEADLINE);
    assertFailed(end(held), Reason.DEADLINE);
    assertThat(end(repair).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(first.refresh().state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void no_further_attempt_is_made_after_the_deadline() {
    RetryPolicy later = RetryPolicy.attempts(2).delay(HOUR.multipliedBy(2));
    Job job =
        hpc.submit(failing("fails").toBuilder().retry(later).build(), r -> r.deadline(in(HOUR)));

    assertFailed(end(job), Reason.DEADLINE);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void what_ended_in_time_stays_as_it_is() {
    Job job = end(hpc.submit(quick("in time"), r -> r.deadline(in(HOUR))));
    pass(HOUR.multipliedBy(2));

    assertThat(job.refresh().state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void a_deadline_that_has_passed_is_refused() {
    JobRequest late = JobRequest.builder(quick("late")).deadline(in(Duration.ZERO)).build();

    assertThat(problems(late)).extracting(Problem::field).containsExactly("deadline");
  }

  @Test
  void a_deadline_that_passes_while_no_program_runs_counts_for_the_next() {
    JobClient killed = keeping();
    killed.submit(endless("late"), r -> r.deadline(in(HOUR)));
    killed.close();
    pass(HOUR.multipliedBy(2));

    Job job = end(keeping().resume().get(0));

    assertFailed(job, Reason.DEADLINE);
  }

  @Test
  void what_an_earlier_program_has_ended_says_why_to_the_next() {
    BatchBackend earlier = EndpointFixture.builder(fixture.client(), fixture.time()).build();
    JobRequest request = JobRequest.builder(endless("late")).deadline(in(HOUR)).build();
    JobClient killed = keeping();
    Job late = killed.submit(request);
    killed.close();
    String id = endpoint.jobs().get(0).id();
    earlier.close();
    pass(HOUR);
    String why = "it had not ended by its deadline " + request.deadline().orElseThrow();
    fixture.client().terminateJob(r -> r.jobId(id).reason(why)); // as it does at last

    Job job = end(keeping().resume().get(0));

    assertThat(job.id()).isEqualTo(late.id());
    assertFailed(job, Reason.DEADLINE);
  }

  // ---- waiting for capacity

  @Test
  void what_is_not_started_in_time_is_given_up() {
    Job blocker = full();
    Instant submitted = fixture.time().instant();
    Job job = hpc.submit(quick("never"), r -> r.failIfUnschedulableFor(HOUR));
    Job array = hpc.submit(quick("never"), r -> r.array(3).failIfUnschedulableFor(HOUR));

    assertFailed(end(job), Reason.UNSCHEDULABLE);
    assertFailed(end(array), Reason.UNSCHEDULABLE);
    assertThat(array.status().count(JobState.FAILED)).isEqualTo(3);
    assertThat(job.status().endedAt().orElseThrow())
        .isBetween(submitted.plus(HOUR), submitted.plus(HOUR).plusSeconds(60)); // when it is seen
    assertThat(job.status().message()).contains("PT1H");
    assertThat(blocker.refresh().state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void an_array_of_which_an_element_has_started_is_not_given_up() {
    int places = fixture.nodes() * fixture.cpusPerNode();
    Job array = hpc.submit(lasting("a"), r -> r.array(2 * places).failIfUnschedulableFor(MINUTES));

    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void waiting_for_others_and_being_held_do_not_count() {
    Job first = hpc.submit(lasting("first"));
    Job there = hpc.submit(lasting("there"), r -> r.after(first).failIfUnschedulableFor(MINUTES));
    Job held = hpc.submit(quick("held"), r -> r.hold().failIfUnschedulableFor(MINUTES));
    pass(HOUR);
    pass(MINUTES);

    assertThat(there.refresh().state()).isEqualTo(JobState.RUNNING);
    assertThat(held.refresh().state()).isEqualTo(JobState.PENDING);
    held.release();
    assertThat(end(held).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void the_plan_says_who_ends_it() {
    JobRequest request =
        JobRequest.builder(quick("limited"))
            .deadline(in(HOUR))
            .failIfUnschedulableFor(HOUR)
            .build();

    assertThat(hpc.plan(request).notes())
        .filteredOn(note -> note.kind() == Plan.Kind.EMULATED)
        .extracting(Plan.Note::field)
        .contains("deadline", "failIfUnschedulableFor");
  }
}
