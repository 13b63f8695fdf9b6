package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs as processes on this machine, what they are told, and what they write. */
@Timeout(120)
class BatchEndpointRealTest {
  private final BatchEndpoint endpoint =
      BatchEndpoint.builder()
          .over(
              LocalBackend.builder()
                  .grace(Duration.ofSeconds(1))
                  .queue(
                      JobQueue.builder("default")
                          .runsOn(
                              ComputeEnvironment.fixed("cluster", 4, Capacity.cpus(2).memoryGiB(4)))
                          .build())
                  .build())
          .start();
  private final BatchEndpointClient aws = new BatchEndpointClient(endpoint.url());

  @AfterEach
  void close() {
    endpoint.close();
  }

  private List<String> lines(JsonNode job) {
    return BatchEndpointLab.texts(log(job, "'startFromHead':true").path("events"), "message");
  }

  private JsonNode log(JsonNode job, String more) {
    return aws.logEvents(
        "{'logGroupName':'/aws/batch/job','logStreamName':'"
            + job.path("container").path("logStreamName").asText()
            + "',"
            + more
            + "}");
  }

  private JsonNode run(String script, String more) {
    aws.register("script", "sh", "-c", script);
    return aws.awaitEnd(aws.submit("script", more));
  }

  @Test
  void a_process_has_aws_s_variables_and_its_own() {
    JsonNode job =
        run(
            "echo $AWS_BATCH_JOB_ID $AWS_BATCH_JOB_ATTEMPT $AWS_BATCH_JQ_NAME $AWS_BATCH_CE_NAME"
                + " $HPC4J_JOB_ID $A",
            "{'containerOverrides':{'environment':[{'name':'A','value':'it is'},"
                + "{'name':'HPC4J_JOB_ID','value':'token'}]}}");

    assertThat(lines(job))
        .containsExactly(job.path("jobId").asText() + " 1 default cluster token it is");
  }

  @Test
  void children_and_attempts_have_numbers_of_their_own() {
    String array = "{'arrayProperties':{'size':2},'retryStrategy':{'attempts':2}}";
    JsonNode parent =
        run(
            "echo $AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ARRAY_SIZE, $AWS_BATCH_JOB_ATTEMPT;"
                + " [ $AWS_BATCH_JOB_ATTEMPT = 2 ]",
            array);

    JsonNode child = aws.describe(parent.path("jobId").asText() + ":1");
    assertThat(parent.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(lines(child)).containsExactly("1 of 2, 2");
    assertThat(child.path("attempts")).hasSize(2);
    JsonNode first = child.path("attempts").path(0);
    assertThat(lines(first)).containsExactly("1 of 2, 1");
  }

  @Test
  void output_is_read_page_by_page_until_the_token_stays() {
    JsonNode job = run("for i in 1 2 3 4 5; do echo line $i; done", "{}");

    JsonNode first = log(job, "'startFromHead':true,'limit':2");
    JsonNode second = next(job, first);
    JsonNode third = next(job, second);
    JsonNode end = next(job, third);

    assertThat(BatchEndpointLab.texts(first.path("events"), "message"))
        .containsExactly("line 1", "line 2");
    assertThat(BatchEndpointLab.texts(third.path("events"), "message")).containsExactly("line 5");
    assertThat(end.path("events")).isEmpty();
    assertThat(end.path("nextForwardToken")).isEqualTo(third.path("nextForwardToken"));
    assertThat(BatchEndpointLab.texts(log(job, "'limit':2").path("events"), "message"))
        .containsExactly("line 4", "line 5");
  }

  private JsonNode next(JsonNode job, JsonNode page) {
    return log(job, "'limit':2,'nextToken':'" + page.path("nextForwardToken").asText() + "'");
  }

  @Test
  void a_stream_that_is_not_there_is_not_found() throws IOException {
    assertThat(
            aws.logs("GetLogEvents", "{'logGroupName':'/aws/batch/job','logStreamName':'x'}")
                .headers()
                .firstValue("x-amzn-ErrorType"))
        .hasValue("ResourceNotFoundException");
    assertThat(aws.logs("DescribeLogStreams", "{'logGroupName':'/other'}").statusCode())
        .isEqualTo(400);
  }

  @Test
  void streams_are_found_by_their_prefix() throws IOException {
    run("echo x", "{}");

    assertThat(
            new String(
                aws.logs(
                        "DescribeLogStreams",
                        "{'logGroupName':'/aws/batch/job','logStreamNamePrefix':'script/'}")
                    .body(),
                StandardCharsets.UTF_8))
        .contains("script/default/");
  }

  @Test
  void a_program_that_is_not_there_fails_to_start() {
    aws.register("absent", "/no/such/program");

    JsonNode job = aws.awaitEnd(aws.submit("absent"));

    assertThat(job.path("statusReason").asText()).isEqualTo("Task failed to start");
    assertThat(job.path("container").has("exitCode")).isFalse();
    assertThat(job.path("container").has("logStreamName")).isFalse();
  }

  @Test
  void terminate_ends_the_process() {
    aws.register("long", "sleep", "600");
    String id = aws.submit("long");
    aws.awaitStatus(id, "RUNNING");

    aws.call("TerminateJob", "{'jobId':'" + id + "','reason':'enough'}");

    JsonNode job = aws.awaitEnd(id);
    assertThat(job.path("statusReason").asText()).isEqualTo("enough");
    assertThat(job.path("container").path("exitCode").asInt()).isGreaterThan(128);
  }

  @Test
  void two_jobs_that_claim_the_same_token_do_not_end_each_other() {
    String same =
        "{'containerOverrides':{'environment':[{'name':'HPC4J_JOB_ID','value':'token'}]}}";
    aws.register("long", "sleep", "600");
    aws.register("short", "true");
    String lasting = aws.submit("long", same);
    aws.awaitStatus(lasting, "RUNNING");

    JsonNode other = aws.awaitEnd(aws.submit("short", same));

    assertThat(other.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(aws.status(lasting)).isEqualTo("RUNNING");
  }

  private void registerNodes(int nodes, int main, String ranges) {
    ObjectNode request =
        BatchEndpointLab.json(
            "{'jobDefinitionName':'mnp','type':'multinode','nodeProperties':"
                + "{'nodeRangeProperties':"
                + ranges
                + "}}");
    request.withObject("/nodeProperties").put("numNodes", nodes).put("mainNode", main);
    aws.call("RegisterJobDefinition", request);
  }

  private static String range(String nodes, String script) {
    return "{'targetNodes':'"
        + nodes
        + "','container':{'image':'i','command':['sh','-c','"
        + script
        + "'],'resourceRequirements':"
        + "[{'type':'VCPU','value':'1'},{'type':'MEMORY','value':'64'}]}}";
  }

  @Test
  void nodes_know_which_they_are_and_the_main_one_ends_the_job(@TempDir Path folder) {
    String child =
        "echo child $AWS_BATCH_JOB_NODE_INDEX at $AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS;"
            + (" touch " + folder + "/$AWS_BATCH_JOB_NODE_INDEX; exit 5");
    String waits =
        ("until [ -e " + folder + "/0 ] && [ -e " + folder + "/2 ]; do sleep 0.02; done;")
            + " echo main $AWS_BATCH_JOB_NODE_INDEX of $AWS_BATCH_JOB_NUM_NODES"
            + " $AWS_BATCH_JOB_MAIN_NODE_INDEX";
    registerNodes(3, 1, "[" + range("0:", child) + "," + range("1:1", waits) + "]");

    String id = aws.submit("mnp");
    JsonNode job = aws.awaitEnd(id);

    assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(job.path("nodeProperties").path("numNodes").asInt()).isEqualTo(3);
    JsonNode main = aws.describe(id + "#1");
    assertThat(main.path("nodeDetails").path("isMainNode").asBoolean()).isTrue();
    assertThat(lines(main)).containsExactly("main 1 of 3 1");
    assertThat(lines(aws.describe(id + "#0"))).containsExactly("child 0 at 127.0.0.1");
    assertThat(lines(aws.describe(id + "#2"))).containsExactly("child 2 at 127.0.0.1");
  }

  private List<String> nodes(String id, String status) {
    return BatchEndpointLab.texts(
        aws.call("ListJobs", "{'multiNodeJobId':'" + id + "','jobStatus':'" + status + "'}")
            .path("jobSummaryList"),
        "jobId");
  }

  @Test
  void each_node_s_end_is_its_own(@TempDir Path folder) {
    String go = "until [ -e " + folder + "/go ]; do sleep 0.02; done";
    registerNodes(
        4,
        0,
        ("[" + range("0:0", go) + "," + range("1:1", "exit 5") + "," + range("2:2", "true") + ",")
            + (range("3:3", "exec sleep 600") + "]"));
    String id = aws.submit("mnp");
    aws.awaitStatus(id, "RUNNING");
    aws.await(id + "#1", node -> node.path("status").asText().equals("FAILED"));
    aws.await(id + "#2", node -> node.path("status").asText().equals("SUCCEEDED"));

    assertThat(nodes(id, "RUNNING")).containsExactly(id + "#0", id + "#3");
    assertThat(folder.resolve("go").toFile().mkdir()).isTrue();
    assertThat(aws.awaitEnd(id).path("status").asText()).isEqualTo("SUCCEEDED");

    assertThat(nodes(id, "SUCCEEDED")).containsExactly(id + "#0", id + "#2");
    assertThat(nodes(id, "FAILED")).containsExactly(id + "#1", id + "#3");
    assertThat(exit(id, 0)).isZero();
    assertThat(exit(id, 1)).isEqualTo(5);
    assertThat(exit(id, 3)).isBetween(137, 143);
    JsonNode attempt = aws.describe(id + "#1").path("attempts").path(0);
    assertThat(attempt.path("container").path("exitCode").asInt()).isEqualTo(5);
  }

  @Test
  void a_node_that_cannot_tell_how_it_ended_was_killed(@TempDir Path folder) {
    String waits = "until [ -e " + folder + "/up ]; do sleep 0.02; done";
    String deaf = "trap : TERM; touch " + folder + "/up; while :; do sleep 0.02; done";
    registerNodes(2, 0, "[" + range("0:0", waits) + "," + range("1:1", deaf) + "]");

    String id = aws.submit("mnp");

    assertThat(aws.awaitEnd(id).path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(exit(id, 1)).isEqualTo(137);
  }

  private int exit(String id, int node) {
    return aws.describe(id + "#" + node).path("container").path("exitCode").asInt(-1);
  }

  @Test
  void the_main_node_s_failure_is_the_job_s_and_is_retried() {
    registerNodes(2, 0, "[" + range("0:", "[ $AWS_BATCH_JOB_NODE_INDEX != 0 ]") + "]");

    JsonNode job = aws.awaitEnd(aws.submit("mnp", "{'retryStrategy':{'attempts':2}}"));

    assertThat(job.path("status").asText()).isEqualTo("FAILED");
    assertThat(job.path("attempts")).hasSize(2);
    assertThat(job.path("attempts").path(0).path("container").path("exitCode").asInt())
        .isEqualTo(1);
  }

  @Test
  void fewer_nodes_need_a_range_without_end_and_overrides_need_equal_targets() {
    registerNodes(3, 0, "[" + range("0:", "echo $A $AWS_BATCH_JOB_NUM_NODES") + "]");

    String id =
        aws.submit(
            "mnp",
            "{'nodeOverrides':{'numNodes':2,'nodePropertyOverrides':[{'targetNodes':'0:',"
                + "'containerOverrides':{'environment':[{'name':'A','value':'a'}]}}]}}");

    aws.awaitEnd(id);
    assertThat(lines(aws.describe(id + "#0"))).containsExactly("a 2");
    assertThat(
            aws.refusal(
                "SubmitJob",
                BatchEndpointClient.submission(
                    "mnp", "{'nodeOverrides':{'nodePropertyOverrides':[{'targetNodes':'1:'}]}}")))
        .isEqualTo("NodeOverride targets should match job definition");
    registerNodes(3, 0, "[" + range("0:2", "true") + "]");
    assertThat(
            aws.refusal(
                "SubmitJob",
                BatchEndpointClient.submission("mnp", "{'nodeOverrides':{'numNodes':2}}")))
        .contains("without an upper end");
    assertThat(
            aws.refusal(
                "SubmitJob",
                BatchEndpointClient.submission("mnp", "{'arrayProperties':{'size':2}}")))
        .contains("array of multi-node");
  }
}
