package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is refused before AWS Batch is told to do anything, all of it at once. */
class BatchEndpointRefusalsTest extends EndpointCases {
  @Test
  void without_a_shell_what_needs_one_is_refused() {
    BatchOptions noShim = BatchOptions.create().noShim();

    assertThat(
            refused(
                JobRequest.builder(quick("sparse").toBuilder().workingDirectory("/x").build())
                    .array(IndexSet.of(1, 3))
                    .options(noShim)
                    .build()))
        .extracting(Problem::field)
        .contains("array", "workingDirectory");
    JobRef[] many =
        IntStream.range(0, 21).mapToObj(i -> hpc.submit(quick("first"))).toArray(JobRef[]::new);
    assertThat(refused(JobRequest.builder(quick("many")).after(many).options(noShim).build()))
        .extracting(Problem::field)
        .containsExactly("dependencies");
    assertThat(problems(quick("plain"), noShim)).isEmpty();
  }

  @Test
  void a_queue_without_a_policy_takes_no_share_and_uses_no_priority() {
    JobRequest plain = JobRequest.builder(quick("plain")).queue("fifo").priority(5).build();

    assertThat(refused(plain.toBuilder().share("physics").build()))
        .singleElement()
        .satisfies(problem -> assertThat(problem.field()).isEqualTo("share"));
    assertThat(hpc.plan(plain).notes())
        .anyMatch(note -> note.toString().startsWith("UNUSED priority"));
    assertThat(end(hpc.submit(plain)).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void without_a_shell_no_array_is_numbered_but_by_aws() {
    JobRequest array =
        JobRequest.builder(quick("array")).array(3).options(BatchOptions.create().noShim()).build();
    JobDefinition nodes =
        quick("nodes").toBuilder().resources(Resources.nodes(2)).launch(Launch.PER_NODE).build();

    assertThat(problems(array)).isEmpty();
    assertThat(
            List.of(
                refused(array.toBuilder().array(1).build()),
                refused(
                    JobRequest.builder(quick("retried").toBuilder().retry(LATER).build())
                        .array(3)
                        .options(BatchOptions.create().noShim())
                        .build()),
                refused(
                    JobRequest.builder(nodes)
                        .array(3)
                        .options(BatchOptions.create().noShim())
                        .build())))
        .allSatisfy(problems -> assertThat(problems).extracting(Problem::field).contains("array"));
  }

  @Test
  void a_script_has_no_empty_arguments() {
    JobDefinition script = quick("s").toBuilder().script("echo \"$1\"", "a", "").build();

    assertThat(refused(JobRequest.of(script)))
        .extracting(Problem::field)
        .containsExactly("work.script");
  }

  @Test
  void dependencies_by_index_are_at_most_what_one_job_takes() {
    JobRef[] arrays =
        IntStream.range(0, 21)
            .mapToObj(i -> hpc.submit(quick("array"), r -> r.array(2)))
            .toArray(JobRef[]::new);
    JobRef[] twenty = Arrays.copyOf(arrays, 20);
    Job plain = hpc.submit(endless("plain"));
    JobRequest fits = JobRequest.builder(quick("fits")).array(2).afterEach(twenty).build();

    assertThat(problems(fits)).isEmpty();
    assertThat(
            List.of(
                refused(fits.toBuilder().afterEach(arrays[20]).build()),
                refused(fits.toBuilder().sequential().build()),
                refused(fits.toBuilder().after(plain).build())))
        .allSatisfy(
            problems ->
                assertThat(problems).extracting(Problem::field).containsExactly("dependencies"));
  }
}
