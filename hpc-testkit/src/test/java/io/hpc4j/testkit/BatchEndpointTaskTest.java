package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of several containers, as processes on this machine. */
@Timeout(120)
class BatchEndpointTaskTest {
  private static final String HELPER = "'essential':false";

  private final BatchEndpoint endpoint =
      BatchEndpoint.builder()
          .queue(
              JobQueue.builder("default")
                  .runsOn(ComputeEnvironment.fixed("cluster", 1, Capacity.cpus(4).memoryGiB(4)))
                  .build())
          .start();
  private final BatchEndpointClient aws = new BatchEndpointClient(endpoint.url());

  @AfterEach
  void close() {
    endpoint.close();
  }

  /** A container that runs a script. */
  static String container(String name, String script, String... more) {
    return "{'name':'"
        + name
        + "','image':'i','command':['sh','-c','"
        + script
        + "'],'resourceRequirements':"
        + "[{'type':'VCPU','value':'1'},{'type':'MEMORY','value':'64'}]"
        + (more.length == 0 ? "" : "," + String.join(",", more))
        + "}";
  }

  static String after(String name, String condition) {
    return "'dependsOn':[{'containerName':'" + name + "','condition':'" + condition + "'}]";
  }

  static ObjectNode definition(String... containers) {
    return BatchEndpointLab.json(
        "{'jobDefinitionName':'task','type':'container','ecsProperties':{'taskProperties':"
            + "[{'containers':["
            + String.join(",", containers)
            + "]}]}}");
  }

  private JsonNode run(String more, String... containers) {
    aws.call("RegisterJobDefinition", definition(containers));
    return aws.awaitEnd(aws.submit("task", more));
  }

  private static JsonNode container(JsonNode job, String name) {
    return named(job.path("ecsProperties").path("taskProperties").path(0), name);
  }

  private static JsonNode named(JsonNode task, String name) {
    return StreamSupport.stream(task.path("containers").spliterator(), false)
        .filter(container -> container.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static int exit(JsonNode container) {
    return container.path("exitCode").asInt(-1);
  }

  private List<String> lines(JsonNode container) {
    return BatchEndpointLab.texts(
        aws.logEvents(
                "{'logGroupName':'/aws/batch/job','startFromHead':true,'logStreamName':'"
                    + container.path("logStreamName").asText()
                    + "'}")
            .path("events"),
        "message");
  }

  @Test
  void containers_follow_each_other_and_each_has_its_end_its_log_and_its_environment() {
    String greeting =
        "'environment':[{'name':'WHO.AM.I','value':'x'},{'name':'A','value':'it is'}]";
    JsonNode job =
        run(
            "{}",
            container(
                "main", "echo $A main of $AWS_BATCH_JOB_ID", after("prepare", "SUCCESS"), greeting),
            container("prepare", "echo preparing; echo A is $A", HELPER));

    JsonNode prepare = container(job, "prepare");
    JsonNode main = container(job, "main");
    assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(job.has("container")).isFalse();
    assertThat(exit(prepare)).isZero();
    assertThat(exit(main)).isZero();
    assertThat(lines(main)).containsExactly("it is main of " + job.path("jobId").asText());
    assertThat(lines(prepare)).containsExactly("preparing", "A is");
    assertThat(main.path("logStreamName").asText()).startsWith("task/main/");
    assertThat(prepare.path("essential").asBoolean(true)).isFalse();
    JsonNode attempt = job.path("attempts").path(0).path("taskProperties").path(0);
    assertThat(attempt.path("taskArn").asText()).contains(":task/");
    assertThat(exit(named(attempt, "prepare"))).isZero();
    assertThat(named(attempt, "main").path("logStreamName")).isEqualTo(main.path("logStreamName"));
  }

  @Test
  void the_essential_container_s_end_is_the_job_s_and_stops_the_others(@TempDir Path folder) {
    JsonNode job =
        run(
            "{}",
            container("server", "touch " + folder + "/up; exec sleep 600", HELPER),
            container("main", "until [ -e " + folder + "/up ]; do sleep 0.02; done; exit 3"));

    assertThat(job.path("status").asText()).isEqualTo("FAILED");
    assertThat(job.path("statusReason").asText()).isEqualTo("Essential container in task exited");
    assertThat(exit(container(job, "main"))).isEqualTo(3);
    assertThat(exit(container(job, "server"))).isEqualTo(143);
    JsonNode summaries =
        aws.call("ListJobs", "{'jobQueue':'default','jobStatus':'FAILED'}").path("jobSummaryList");
    assertThat(exit(summaries.path(0).path("container"))).isEqualTo(3);
  }

  @Test
  void a_container_that_does_not_stop_is_killed_after_its_stop_timeout(@TempDir Path folder) {
    String deaf = "trap : TERM; touch " + folder + "/up; while :; do sleep 0.05; done";
    JsonNode job =
        run(
            "{}",
            container("deaf", deaf, HELPER, "'stopTimeout':2"),
            container("main", "until [ -e " + folder + "/up ]; do sleep 0.02; done"));

    assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(exit(container(job, "deaf"))).isEqualTo(137);
  }

  @Test
  void a_failed_helper_is_no_failure_of_the_job_and_complete_does_not_ask_how() {
    JsonNode job =
        run(
            "{}",
            container("helper", "exit 5", HELPER),
            container("main", "echo went on", after("helper", "COMPLETE")));

    assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(exit(container(job, "helper"))).isEqualTo(5);
    assertThat(lines(container(job, "main"))).containsExactly("went on");
  }

  @Test
  void a_helper_that_had_to_succeed_lets_the_task_fail_to_start() {
    JsonNode job =
        run(
            "{}",
            container("helper", "exit 5", HELPER),
            container("main", "echo never", after("helper", "SUCCESS")));

    assertThat(job.path("status").asText()).isEqualTo("FAILED");
    assertThat(job.path("statusReason").asText()).isEqualTo("Task failed to start");
    assertThat(exit(container(job, "helper"))).isEqualTo(5);
    assertThat(container(job, "main").has("exitCode")).isFalse();
    assertThat(container(job, "main").path("reason").asText())
        .startsWith("CannotStartContainerError: ");
  }

  @Test
  void start_waits_for_the_other_s_start_only(@TempDir Path folder) {
    JsonNode job =
        run(
            "{}",
            container("main", "touch " + folder + "/main", after("server", "START")),
            container("server", "sleep 600", HELPER));

    assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(container(job, "server").path("logStreamName").asText()).startsWith("task/server/");
  }

  @Test
  void what_has_ended_is_told_while_the_job_runs(@TempDir Path folder) {
    aws.call(
        "RegisterJobDefinition",
        definition(
            container("helper", "exit 0", HELPER),
            container("main", "until [ -e " + folder + "/go ]; do sleep 0.02; done")));
    String id = aws.submit("task");

    aws.awaitStatus(id, "RUNNING");
    JsonNode running = aws.await(id, job -> container(job, "helper").has("exitCode"));

    assertThat(running.path("status").asText()).isEqualTo("RUNNING");
    assertThat(container(running, "main").has("exitCode")).isFalse();
    assertThat(folder.resolve("go").toFile().mkdir()).isTrue();
    assertThat(aws.awaitEnd(id).path("status").asText()).isEqualTo("SUCCEEDED");
  }

  @Test
  void a_task_is_terminated_with_all_its_containers(@TempDir Path folder) {
    aws.call(
        "RegisterJobDefinition",
        definition(
            container("main", "touch " + folder + "/up; sleep 600"),
            container("server", "exec sleep 600", HELPER)));
    String id = aws.submit("task");
    aws.await(id, job -> folder.resolve("up").toFile().exists());

    aws.call("TerminateJob", "{'jobId':'" + id + "','reason':'enough'}");

    JsonNode job = aws.awaitEnd(id);
    assertThat(job.path("statusReason").asText()).isEqualTo("enough");
    assertThat(exit(container(job, "main"))).isGreaterThan(128);
  }

  @Test
  void an_override_reaches_its_container_and_attempts_are_tasks_of_their_own() {
    JsonNode job =
        run(
            "{'retryStrategy':{'attempts':2},'ecsPropertiesOverride':{'taskProperties':[{'containers':"
                + "[{'name':'main','command':['sh','-c','echo $B; exit $AWS_BATCH_JOB_ATTEMPT'],"
                + "'environment':[{'name':'B','value':'b'}]}]}]}}",
            container("main", "exit 0"),
            container("helper", "exit 0", HELPER));

    assertThat(job.path("status").asText()).isEqualTo("FAILED");
    assertThat(job.path("attempts")).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode task = job.path("attempts").path(i).path("taskProperties").path(0);
      assertThat(exit(named(task, "main"))).isEqualTo(i + 1);
      assertThat(lines(named(task, "main"))).containsExactly("b");
    }
    assertThat(container(job, "main").path("command").path(2).asText()).startsWith("echo $B");
  }

  @Test
  void children_of_an_array_are_tasks_too() {
    JsonNode parent =
        run(
            "{'arrayProperties':{'size':2}}",
            container("main", "echo $AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ARRAY_SIZE"));

    JsonNode child = aws.describe(parent.path("jobId").asText() + ":1");
    assertThat(lines(container(child, "main"))).containsExactly("1 of 2");
  }

  @Test
  void in_virtual_time_the_essential_container_stands_for_all_and_sizes_are_added() {
    try (BatchEndpointLab lab = new BatchEndpointLab()) {
      lab.aws.call(
          "RegisterJobDefinition",
          BatchEndpointLab.json(
              definition(container("helper", "x", HELPER), container("main", "x"))
                  .toString()
                  .replace("\"sh\",\"-c\",\"x\"", "\"exit\",\"4\"")));

      String id = lab.aws.submit("task");
      lab.runOut();

      JsonNode job = lab.aws.describe(id);
      assertThat(exit(container(job, "main"))).isEqualTo(4);
      assertThat(container(job, "helper").has("exitCode")).isFalse();
      assertThat(lab.ran.get(0).resources().cpusPerNode()).isEqualTo(2);
      assertThat(lab.ran.get(0).resources().memoryPerNode().toMiBCeil()).isEqualTo(128);
    }
  }
}
