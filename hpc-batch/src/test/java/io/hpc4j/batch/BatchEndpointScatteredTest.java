package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.batch.request.RequestMapper;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.RetryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Elements without order among them: AWS Batch takes 8192 characters beside a definition, too few
 * to name them all.
 */
class BatchEndpointScatteredTest {
  private static final int ALL = 10_000;
  private static final RetryPolicy LATER =
      RetryPolicy.attempts(2).delay(Duration.ofMinutes(30)); // so AWS does not make them

  /** About every third, in no order that could be said shortly. */
  private static final IndexSet SCATTERED =
      IndexSet.of(
          IntStream.range(0, ALL).filter(i -> (long) i * i * i % 10_007 % 3 == 0).toArray());

  @TempDir Path directory;

  private final EndpointFixture fixture =
      new EndpointFixture(
          true,
          (definition, nativeIndex, attempt) -> {
            boolean fails =
                definition.environment().containsKey("FAILS_ONCE")
                    && EndpointFixture.attempt(definition) == 1
                    && SCATTERED.contains(EndpointFixture.index(definition, nativeIndex));
            return fails ? Simulated.exit(3, Duration.ZERO) : Simulated.success(Duration.ZERO);
          });
  private JobClient hpc;

  @BeforeEach
  void open() {
    Object unused = fixture.start(directory);
    hpc = JobClient.on(fixture.builder().build());
  }

  @AfterEach
  void close() {
    hpc.close();
    fixture.close();
  }

  private static JobDefinition.Builder definition() {
    return JobDefinition.builder("scattered").command("true");
  }

  private List<String> elements() {
    return fixture.endpoint().jobs().stream()
        .map(entry -> entry.id())
        .map(id -> fixture.client().describeJobs(r -> r.jobs(id)).jobs().get(0))
        .map(job -> RequestMapper.indices(job.container().environment()).orElse(""))
        .toList();
  }

  private static IndexSet union(Stream<String> texts) {
    return IndexSet.of(texts.map(IndexSet::parse).flatMapToInt(IndexSet::stream).toArray());
  }

  @Test
  void a_third_of_an_array_that_has_failed_is_tried_again_by_as_many_jobs_as_it_takes() {
    JobDefinition definition = definition().environment("FAILS_ONCE", "1").retry(LATER).build();

    Job array = hpc.submit(definition, r -> r.array(ALL));
    array.await(Duration.ofDays(30));

    assertThat(SCATTERED.toString().length()).isGreaterThan(8192);
    assertThat(array.state()).as("%s", array.status()).isEqualTo(JobState.SUCCEEDED);
    assertThat(array.element(SCATTERED.last()).attempts()).hasSize(2);
    assertThat(union(elements().stream().skip(1))).isEqualTo(SCATTERED); // none of them twice
  }

  @Test
  void a_sparse_array_is_submitted_as_as_many_jobs_as_it_takes() {
    Job array =
        hpc.submit(
            definition().environment("LARGE", "x".repeat(4000)).build(), r -> r.array(SCATTERED));
    array.await(Duration.ofDays(30));

    assertThat(array.status().count(JobState.SUCCEEDED)).isEqualTo(SCATTERED.size());
    assertThat(elements()).hasSizeGreaterThan(2);
    assertThat(union(elements().stream())).isEqualTo(SCATTERED);
  }

  @Test
  void sparse_arrays_that_are_split_differently_still_go_index_by_index() {
    Job first = hpc.submit(definition().build(), r -> r.array(SCATTERED));
    JobDefinition larger = definition().environment("LARGE", "x".repeat(5000)).build();

    Job second = hpc.submit(larger, r -> r.array(SCATTERED).afterEach(first));
    second.await(Duration.ofDays(30));

    assertThat(first.refresh().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(second.status().count(JobState.SUCCEEDED)).isEqualTo(SCATTERED.size());
  }

  @Test
  void what_was_split_is_known_again_by_the_next_program() {
    JobStore store = JobStore.file(directory.resolve("store"));
    JobClient killed = JobClient.builder(fixture.builder().build()).store(store).build();
    Job array = killed.submit(definition().build(), r -> r.array(SCATTERED));
    int sent = fixture.endpoint().jobs().size();
    killed.close();

    try (JobClient next = JobClient.builder(fixture.builder().build()).store(store).build()) {
      Job resumed = next.resume().get(0);
      resumed.await(Duration.ofDays(30));

      assertThat(resumed.id()).isEqualTo(array.id());
      assertThat(resumed.status().count(JobState.SUCCEEDED)).isEqualTo(SCATTERED.size());
      assertThat(fixture.endpoint().jobs()).hasSize(sent);
    }
  }

  @Test
  void the_plan_says_how_many_jobs_it_takes() {
    JobRequest request = JobRequest.builder(definition().build()).array(SCATTERED).build();

    assertThat(hpc.plan(request).notes())
        .anyMatch(note -> note.field().equals("array") && note.text().contains("of AWS Batch's"));
  }
}
