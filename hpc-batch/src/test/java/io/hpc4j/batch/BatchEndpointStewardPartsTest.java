package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** Arrays that several of AWS Batch's jobs carry, when not all of them got through or are known. */
class BatchEndpointStewardPartsTest extends EndpointCases {
  @Test
  void parts_that_are_found_are_in_order_and_count_once() {
    BatchBackend first =
        EndpointFixture.builder(meeting(Altered.answering(500, isSize(3))), fixture.time()).build();
    List<Accepted> noted = new ArrayList<>();
    JobId id = JobId.create(first.name(), first.scope());
    Submission submission =
        new Submission(id, JobRequest.builder(quick("split")).array(10_003).build(), noted::add);
    assertThatThrownBy(() -> first.submit(submission)).isInstanceOf(BackendException.class);
    Lookup found = first.find(submission);
    assertThat(found).isInstanceOfSatisfying(Lookup.Found.class, one -> noted.addAll(one.parts()));

    BatchBackend second = EndpointFixture.builder(fixture.client(), fixture.time()).build();
    second.adopt(submission, List.copyOf(noted));

    assertThat(noted).extracting(part -> part.indices().first()).containsExactly(0, 0, 10_000);
    pass(HOUR);
    assertThat(state(second, id)).contains(JobState.SUCCEEDED);
    assertThat(second.attempts(id.element(0))).hasSize(1);
  }

  @Test
  void an_array_of_which_a_part_did_not_get_through_is_completed() {
    AtomicInteger failures = new AtomicInteger(1);
    Failing failing = Failing.unconnected(Failing.first(failures, isSize(3)));
    JobClient client = client(program(meeting(failing)));

    Job array = end(client.submit(quick("split"), r -> r.array(10_003)));

    assertThat(array.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(failures.get()).isNegative();
    assertThat(endpoint.jobs()).hasSize(2);
  }

  private static Predicate<SdkRequest> isSize(int elements) {
    return request ->
        request instanceof SubmitJobRequest one
            && one.arrayProperties() != null
            && one.arrayProperties().size() == elements;
  }

  @Test
  void another_program_finds_all_parts_of_an_array() {
    Job array =
        hpc.submit(
            fixture.work("parts", ContractWork.quick().exit(4).inElements(10_001)).build(),
            r -> r.array(10_002));
    end(array);
    Job found = client(program(b -> b)).job(JobId.parse(array.id().toString()));

    assertThat(found.refresh().state()).isEqualTo(JobState.FAILED);
    assertThat(found.indices(JobState.FAILED)).isEqualTo(IndexSet.of(10_001));
    assertThat(found.element(10_001).status().exit().orElseThrow().code()).hasValue(4);
  }
}
