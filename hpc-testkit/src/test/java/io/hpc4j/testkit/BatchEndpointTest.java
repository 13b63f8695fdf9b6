package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchEndpointTest {
  @Test
  void an_echo_runs_on_this_machine_and_its_output_can_be_read() {
    try (BatchEndpoint endpoint = BatchEndpoint.start()) {
      BatchEndpointClient aws = new BatchEndpointClient(endpoint.url());
      aws.register("hello", "echo", "Hello Batch");

      JsonNode ended = aws.awaitEnd(aws.submit("hello"));

      assertThat(ended.path("status").asText()).isEqualTo("SUCCEEDED");
      assertThat(ended.path("container").path("exitCode").asInt(-1)).isZero();
      String stream = ended.path("container").path("logStreamName").asText();
      assertThat(stream).startsWith("hello/default/");
      JsonNode log =
          aws.logEvents("{'logGroupName':'/aws/batch/job','logStreamName':'" + stream + "'}");
      assertThat(log.path("events").path(0).path("message").asText()).isEqualTo("Hello Batch");
    }
  }

  /** With a container they would go too. */
  @Test
  void temporary_files_of_jobs_go_with_the_endpoint() {
    Path left;
    try (BatchEndpoint endpoint = BatchEndpoint.start()) {
      BatchEndpointClient aws = new BatchEndpointClient(endpoint.url());
      aws.register("leaves", "sh", "-c", "echo $TMPDIR; touch $TMPDIR/left");

      JsonNode ended = aws.awaitEnd(aws.submit("leaves"));

      String stream = ended.path("container").path("logStreamName").asText();
      JsonNode log =
          aws.logEvents("{'logGroupName':'/aws/batch/job','logStreamName':'" + stream + "'}");
      left = Path.of(log.path("events").path(0).path("message").asText()).resolve("left");
      assertThat(left).exists();
    }
    assertThat(left.getParent()).doesNotExist();
  }

  @Test
  void an_environment_and_a_queue_are_made_and_jobs_pass_in_virtual_time() {
    VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
    try (BatchEndpoint endpoint =
        BatchEndpoint.builder()
            .virtual(time, (definition, index, attempt) -> Simulated.success(Duration.ofHours(1)))
            .start()) {
      BatchEndpointClient aws = new BatchEndpointClient(endpoint.url());
      aws.call(
          "CreateComputeEnvironment",
          "{'computeEnvironmentName':'ce','type':'MANAGED','computeResources':{'type':'EC2',"
              + "'minvCpus':0,'maxvCpus':4,'instanceTypes':['c5.xlarge'],'subnets':['subnet-1'],"
              + "'instanceRole':'ecsInstanceRole'}}");
      aws.call(
          "CreateJobQueue",
          "{'jobQueueName':'q','priority':1,'computeEnvironmentOrder':"
              + "[{'order':1,'computeEnvironment':'ce'}]}");
      aws.register("hour", "work");

      String job = aws.submit("hour", "{'jobQueue':'q'}");
      assertThat(aws.status(job)).isEqualTo("RUNNABLE");
      time.advance(Duration.ofMinutes(1));
      assertThat(aws.status(job)).isEqualTo("RUNNING");
      time.advance(Duration.ofHours(1));

      JsonNode ended = aws.describe(job);
      assertThat(ended.path("status").asText()).isEqualTo("SUCCEEDED");
      assertThat(ended.path("stoppedAt").asLong() - ended.path("startedAt").asLong())
          .isEqualTo(Duration.ofHours(1).toMillis());
    }
  }

  @Test
  void a_rule_is_told_the_index_and_the_attempt_as_aws_counts_them() {
    VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
    List<String> told = new ArrayList<>();
    try (BatchEndpoint endpoint =
        BatchEndpoint.builder()
            .virtual(
                time,
                (definition, index, attempt) -> {
                  told.add(index + "/" + attempt);
                  return Simulated.exit(attempt == 1 ? 1 : 0, Duration.ofSeconds(1 + index));
                })
            .queue(
                JobQueue.builder("mine")
                    .runsOn(ComputeEnvironment.fixed("nodes", 2, Capacity.cpus(1)))
                    .build())
            .start()) {
      BatchEndpointClient aws = new BatchEndpointClient(endpoint.url());
      aws.register("job", "work");

      aws.submit(
          "job", "{'jobQueue':'mine','arrayProperties':{'size':2},'retryStrategy':{'attempts':2}}");
      BatchEndpointClient.runOut(time);

      assertThat(told).containsExactly("0/1", "1/1", "0/2", "1/2");
      assertThat(endpoint.jobs())
          .extracting(BatchEndpoint.Entry::status)
          .containsExactly("SUCCEEDED");
    }
  }

  @Test
  void what_runs_at_the_close_is_ended_and_not_repeated() {
    VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
    List<Integer> attempts = new ArrayList<>();
    try (BatchEndpoint endpoint =
        BatchEndpoint.builder()
            .virtual(
                time,
                (definition, index, attempt) -> {
                  attempts.add(attempt);
                  return Simulated.success(Duration.ofHours(1));
                })
            .start()) {
      BatchEndpointClient aws = new BatchEndpointClient(endpoint.url());
      aws.register("job", "work");
      aws.submit("job", "{'retryStrategy':{'attempts':3}}");
      time.advance(Duration.ofMinutes(1));
    }

    BatchEndpointClient.runOut(time);

    assertThat(attempts).containsExactly(1);
  }
}
