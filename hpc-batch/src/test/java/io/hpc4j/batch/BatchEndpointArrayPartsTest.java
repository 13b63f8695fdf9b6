package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.BatchClient;

/** Arrays that AWS Batch tells of in parts: late, in another order, or not at all any more. */
class BatchEndpointArrayPartsTest extends EndpointCases {
  private static final int TWO_PARTS = 10_003;

  @Test
  void explaining_an_array_that_was_cancelled_ends_none_of_its_elements() {
    AtomicBoolean late = new AtomicBoolean(true);
    AtomicBoolean told = new AtomicBoolean();
    ExecutionInterceptor uncounted = Altered.uncounted(3, late, told);
    BatchClient lagging = fixture.client(c -> c.addExecutionInterceptor(uncounted));
    JobClient client = client(fixture.builder(lagging).scope("lagging").build());
    Job array = client.submit(quick("late"), r -> r.array(3));
    pass(Duration.ofMinutes(10));

    told.set(true);
    array.cancel();
    Object unused = array.explain();
    late.set(false);

    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void an_array_goes_on_of_which_aws_has_forgotten_a_part() {
    Job array = hpc.submit(endless("array"), r -> r.array(TWO_PARTS));
    pass(Duration.ofMinutes(5));

    endpoint.faults().expire(endpoint.jobs().get(1).id());
    pass(HOUR);

    assertThat(array.status().counts())
        .containsEntry(JobState.LOST, 3)
        .containsEntry(JobState.RUNNING, 8);
    assertThat(array.state()).isEqualTo(JobState.RUNNING);
    assertThat(array.element(10_001).refresh().state()).isEqualTo(JobState.LOST);
    array.cancel("over");
    assertThat(end(array).status().count(JobState.CANCELLED)).isEqualTo(10_000);
  }

  @Test
  void a_part_that_shows_again_is_found_again() {
    AtomicBoolean hidden = new AtomicBoolean();
    BatchClient aws =
        fixture.client(
            c ->
                c.addExecutionInterceptor(
                    Altered.telling(
                        job ->
                            hidden.get() && job.arrayProperties().size() == 3
                                ? job.toBuilder().jobId("another").build()
                                : job)));
    JobClient client = client(fixture.builder(aws).scope("hidden").build());
    Job array = client.submit(endless("array"), r -> r.array(TWO_PARTS));
    hidden.set(true);
    pass(HOUR);
    assertThat(array.status().count(JobState.LOST)).isEqualTo(3);

    hidden.set(false);
    pass(HOUR);

    assertThat(array.status().count(JobState.LOST)).isZero();
  }

  @Test
  void an_element_out_of_memory_has_failed_though_its_exit_code_is_0() {
    String killed = "OutOfMemoryError: Container killed due to memory usage";
    ExecutionInterceptor outOfMemory =
        Altered.telling(
            job ->
                job.jobId().endsWith(":1") && job.statusAsString().equals("SUCCEEDED")
                    ? job.toBuilder().container(c -> c.exitCode(0).reason(killed)).build()
                    : job,
            job ->
                job.jobId().endsWith(":1")
                    ? job.toBuilder().container(c -> c.exitCode(0).reason(killed)).build()
                    : job);
    BatchClient aws = fixture.client(c -> c.addExecutionInterceptor(outOfMemory));
    JobClient client = client(fixture.builder(aws).scope("memory").build());
    ContractWork work = ContractWork.quick().exit(3).inElements(2);

    Job fine = end(client.submit(quick("fine"), r -> r.array(4)));
    Job mixed = end(client.submit(fixture.work("mixed", work).build(), r -> r.array(4)));

    assertThat(fine.indices(JobState.FAILED)).isEqualTo(IndexSet.of(1));
    assertThat(fine.status().reason()).contains(Reason.OUT_OF_MEMORY);
    assertThat(mixed.indices(JobState.FAILED)).isEqualTo(IndexSet.of(1, 2));
    assertThat(mixed.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 3));
  }

  /** What is noted of the parts of an array as it is submitted. */
  private Submission submitted(List<Accepted> noted) {
    JobId id = JobId.create(backend.name(), backend.scope());
    JobRequest request = JobRequest.builder(endless("array")).array(20_000).build();
    Submission submission = new Submission(id, request, noted::add);
    backend.submit(submission);
    return submission;
  }

  private void submitAfterEach(BatchBackend to, JobId array) {
    JobRequest request =
        JobRequest.builder(quick("each")).array(20_000).afterEach(() -> array).build();
    to.submit(new Submission(JobId.create(to.name(), to.scope()), request, part -> {}));
  }

  @Test
  void parts_that_are_taken_up_in_another_order_still_go_index_by_index() {
    List<Accepted> noted = new ArrayList<>();
    Submission submission = submitted(noted);
    BatchBackend next = program(b -> b);
    next.adopt(submission, noted.subList(1, 2));
    pass(Duration.ofMinutes(2));
    Object unused = next.describe(List.of(submission.id()));

    submitAfterEach(next, submission.id());

    assertThat(described(2).dependsOn())
        .singleElement()
        .satisfies(on -> assertThat(on.jobId()).isEqualTo(endpoint.jobs().get(0).id()));
  }

  @Test
  void parts_of_another_program_go_index_by_index_in_whatever_order_they_are_found() {
    Submission submission = submitted(new ArrayList<>());

    submitAfterEach(program(b -> b.scope("other")), submission.id());

    assertThat(described(2).dependsOn())
        .singleElement()
        .satisfies(on -> assertThat(on.jobId()).isEqualTo(endpoint.jobs().get(0).id()));
  }
}
