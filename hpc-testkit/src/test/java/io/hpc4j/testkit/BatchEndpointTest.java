package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.local.Simulated;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
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
}
