package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jobs see and write, by real processes and CloudWatch Logs' API. */
class BatchEndpointLogsTest {
  @TempDir Path directory;

  private final EndpointFixture fixture = new EndpointFixture(false);
  private JobClient hpc;

  @BeforeEach
  void open() {
    hpc = JobClient.on(fixture.open(directory));
  }

  @AfterEach
  void close() {
    hpc.close();
    fixture.close();
  }

  private Job end(Job job) {
    return job.await(fixture.patience());
  }

  private static JobDefinition shell(String name, String script) {
    return JobDefinition.builder(name).command("/bin/sh", "-c", script).build();
  }

  @Test
  void what_a_job_writes_can_be_read() {
    Job job = end(hpc.submit(JobDefinition.command("echo", "Hello World")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.logs().text()).isEqualTo("Hello World\n");
    assertThat(job.logs().last().orElseThrow().tail(1)).containsExactly("Hello World");
  }

  @Test
  void each_attempt_has_a_log_of_its_own_by_whomever_it_is_made() {
    RetryPolicy aws = RetryPolicy.attempts(2);
    RetryPolicy here = RetryPolicy.attempts(2).retryOn(Reason.NON_ZERO_EXIT);
    for (RetryPolicy retry : new RetryPolicy[] {aws, here}) {
      JobDefinition work =
          shell("again", "echo attempt $HPC4J_ATTEMPT; [ $HPC4J_ATTEMPT = 2 ]").toBuilder()
              .retry(retry)
              .build();
      Job job = end(hpc.submit(work));

      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.logs().entries()).extracting(Logs.Entry::attempt).containsExactly(1, 2);
      assertThat(job.logs().text()).isEqualTo("attempt 1\nattempt 2\n");
    }
  }

  @Test
  void an_element_knows_its_own_index_and_writes_its_own_log() {
    Job array =
        end(
            hpc.submit(
                shell("element", "echo $HPC4J_ARRAY_INDEX of $HPC4J_ARRAY_SIZE"),
                r -> r.array(IndexSet.parse("3,7-9"))));

    assertThat(array.element(3).logs().text()).isEqualTo("3 of 4\n");
    assertThat(array.element(9).logs().text()).isEqualTo("9 of 4\n");
  }

  @Test
  void a_job_knows_its_name_its_token_and_its_nodes() {
    JobDefinition work =
        shell("Name, with a comma", "echo $HPC4J_JOB_NAME $HPC4J_JOB_ID $HPC4J_NUM_NODES")
            .toBuilder()
            .resources(Resources.nodes(2))
            .launch(Launch.PER_NODE)
            .build();
    Job job = end(hpc.submit(work));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.logs().text()).contains("Name, with a comma " + job.id().token() + " 2\n");
  }

  @Test
  void a_script_runs_with_its_arguments_where_it_was_told_to() {
    JobDefinition script =
        JobDefinition.builder("script")
            .script("#!/bin/sh\necho $1 in $(pwd)\n", "here")
            .workingDirectory("/")
            .build();

    assertThat(end(hpc.submit(script)).logs().text()).isEqualTo("here in /\n");
  }

  @Test
  void a_job_that_never_ran_has_no_log() {
    Job first = hpc.submit(shell("fails", "exit 1"));
    Job second = end(hpc.submit(shell("never", "echo no"), r -> r.after(first)));

    assertThat(second.status().reason()).contains(Reason.DEPENDENCY_FAILED);
    assertThat(second.logs().text()).isEmpty();
  }
}
