package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** CancelJob and TerminateJob, which are not the same. */
@Timeout(60)
class BatchEndpointStopTest {
  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;

  @AfterEach
  void close() {
    lab.close();
  }

  private void cancel(String id) {
    aws.call("CancelJob", "{'jobId':'" + id + "','reason':'not needed'}");
  }

  private void terminate(String id) {
    aws.call("TerminateJob", "{'jobId':'" + id + "','reason':'stop it'}");
  }

  @Test
  void cancel_ends_a_runnable_job_with_the_reason_given() {
    lab.fill();
    String id = aws.submit("sleep10");

    cancel(id);

    JsonNode job = aws.describe(id);
    assertThat(job.path("status").asText()).isEqualTo("FAILED");
    assertThat(job.path("statusReason").asText()).isEqualTo("not needed");
    assertThat(job.path("isCancelled").asBoolean()).isTrue();
    assertThat(job.path("isTerminated").asBoolean()).isFalse();
    assertThat(job.path("attempts")).isEmpty();
  }

  @Test
  void cancel_leaves_a_running_job_alone_and_says_nothing() {
    String id = aws.submit("sleep60");
    lab.pass(1);

    cancel(id);
    assertThat(aws.status(id)).isEqualTo("RUNNING");
    lab.runOut();

    assertThat(aws.status(id)).isEqualTo("SUCCEEDED");
    assertThat(aws.describe(id).path("isCancelled").asBoolean()).isFalse();
  }

  @Test
  void cancel_of_a_pending_job_waits_for_its_dependencies() {
    String first = aws.submit("sleep60");
    String second = aws.submit("sleep10", "{'dependsOn':[{'jobId':'" + first + "'}]}");

    cancel(second);
    lab.pass(1);
    assertThat(aws.status(second)).isEqualTo("PENDING");
    assertThat(aws.describe(second).path("isCancelled").asBoolean()).isTrue();
    lab.runOut();

    assertThat(aws.status(second)).isEqualTo("FAILED");
    assertThat(aws.describe(second).path("statusReason").asText()).isEqualTo("not needed");
    assertThat(lab.ran).hasSize(1);
  }

  @Test
  void terminate_ends_a_running_job_and_it_is_not_repeated() {
    String id = aws.submit("sleep600", "{'retryStrategy':{'attempts':3}}");
    lab.pass(5);

    terminate(id);

    JsonNode job = aws.describe(id);
    assertThat(job.path("status").asText()).isEqualTo("FAILED");
    assertThat(job.path("statusReason").asText()).isEqualTo("stop it");
    assertThat(job.path("isTerminated").asBoolean()).isTrue();
    assertThat(job.path("attempts")).hasSize(1);
    assertThat(job.path("stoppedAt").asLong() - job.path("startedAt").asLong()).isEqualTo(5000);
  }

  @Test
  void terminate_cancels_a_runnable_job() {
    lab.fill();
    String id = aws.submit("sleep10");

    terminate(id);

    assertThat(aws.status(id)).isEqualTo("FAILED");
  }

  @Test
  void of_an_array_all_children_are_meant_and_of_a_child_only_itself() {
    String array = aws.submit("sleep600", "{'arrayProperties':{'size':20}}");
    lab.pass(1);
    terminate(array + ":3");
    assertThat(aws.status(array + ":3")).isEqualTo("FAILED");
    assertThat(aws.status(array + ":4")).isEqualTo("RUNNING");

    terminate(array);

    assertThat(aws.status(array)).isEqualTo("FAILED");
    assertThat(aws.describe(array).path("statusReason").asText()).isEqualTo("stop it");
    assertThat(aws.describe(array).path("arrayProperties").path("statusSummary").path("FAILED"))
        .hasToString("20");
  }

  @Test
  void cancel_of_an_array_lets_running_children_end() {
    String array = aws.submit("sleep60", "{'arrayProperties':{'size':20}}");
    lab.pass(1);

    cancel(array);
    assertThat(aws.status(array)).isEqualTo("PENDING");
    lab.runOut();

    JsonNode summary = aws.describe(array).path("arrayProperties").path("statusSummary");
    assertThat(summary.path("SUCCEEDED").asInt()).isEqualTo(16);
    assertThat(summary.path("FAILED").asInt()).isEqualTo(4);
    assertThat(aws.describe(array).path("isCancelled").asBoolean()).isTrue();
  }

  @Test
  void a_job_that_has_ended_stays_as_it_is() {
    String id = aws.submit("sleep10");
    lab.runOut();

    terminate(id);

    assertThat(aws.status(id)).isEqualTo("SUCCEEDED");
    assertThat(aws.describe(id).path("isTerminated").asBoolean()).isFalse();
  }

  @Test
  void an_unknown_id_is_no_error_and_a_missing_reason_is() {
    cancel("00000000-0000-0000-0000-000000000000");
    terminate("00000000-0000-0000-0000-000000000000");

    assertThat(aws.refusal("TerminateJob", "{'jobId':'x'}")).contains("reason");
    assertThat(aws.refusal("CancelJob", "{'jobId':'x','reason':'" + "r".repeat(1025) + "'}"))
        .contains("1024");
  }

  @Test
  void a_reclaimed_instance_ends_the_attempt_and_the_strategy_decides() {
    String id = aws.submit("sleep60", "{'retryStrategy':{'attempts':2}}");
    lab.pass(5);

    lab.endpoint.faults().reclaim(id);
    lab.runOut();

    JsonNode job = aws.describe(id);
    assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(job.path("attempts")).hasSize(2);
    assertThat(job.path("attempts").path(0).path("statusReason").asText()).startsWith("Host EC2 (");
    assertThat(job.path("attempts").path(0).path("container").has("exitCode")).isFalse();
  }

  private JsonNode stopMany(String operation, String... ids) {
    ObjectNode request = BatchEndpointLab.json("{'reason':'all of them'}");
    for (String id : ids) {
      request.withArray("jobs").add(id);
    }
    return aws.call(operation, request);
  }

  @Test
  void many_are_cancelled_at_once_and_each_is_told_of_by_itself() {
    String running = aws.submit("sleep60");
    lab.pass(1);
    lab.fill();
    String waiting = aws.submit("sleep10");
    String unknown = "00000000-0000-0000-0000-000000000000";

    JsonNode reply = stopMany("CancelJobs", running, "no id", waiting, unknown);

    assertThat(reply.path("successful").toString())
        .isEqualTo("[\"%s\",\"%s\",\"%s\"]".formatted(running, waiting, unknown));
    assertThat(reply.path("errors")).hasSize(1);
    assertThat(reply.path("errors").path(0).path("job").asText()).isEqualTo("no id");
    assertThat(reply.path("errors").path(0).path("code").asText()).isEqualTo("ValidationException");
    assertThat(aws.status(running)).isEqualTo("RUNNING");
    assertThat(aws.describe(waiting).path("statusReason").asText()).isEqualTo("all of them");
  }

  @Test
  void many_are_terminated_at_once() {
    String running = aws.submit("sleep60");
    String array = aws.submit("sleep60", "{'arrayProperties':{'size':3}}");
    lab.pass(1);

    stopMany("TerminateJobs", running, array + ":1");

    assertThat(aws.status(running)).isEqualTo("FAILED");
    assertThat(aws.status(array + ":1")).isEqualTo("FAILED");
    assertThat(aws.status(array + ":2")).isEqualTo("RUNNING");
  }

  @Test
  void at_least_one_and_at_most_fifty_are_taken_at_once_and_with_a_reason() {
    String id = "00000000-0000-0000-0000-000000000000";
    ObjectNode request = BatchEndpointLab.json("{'reason':'r','jobs':[]}");
    assertThat(aws.refusal("TerminateJobs", request)).contains("1 to 50");
    for (int i = 0; i < 50; i++) {
      request.withArray("jobs").add(id);
    }
    assertThat(aws.call("TerminateJobs", request).path("successful")).hasSize(50);
    request.withArray("jobs").add(id);
    assertThat(aws.refusal("CancelJobs", request)).contains("1 to 50");
    assertThat(aws.refusal("CancelJobs", "{'jobs':['" + id + "']}")).contains("reason");
  }
}
