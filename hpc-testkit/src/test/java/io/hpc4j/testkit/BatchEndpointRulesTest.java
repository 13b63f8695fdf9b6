package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What is refused, at once or later, and that what is just allowed is not. */
@Timeout(60)
class BatchEndpointRulesTest {
  private static final String SIZES =
      "'resourceRequirements':[{'type':'VCPU','value':'1'},{'type':'MEMORY','value':'512'}]";

  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;

  @AfterEach
  void close() {
    lab.close();
  }

  private DynamicTest submission(String more, String message) {
    return dynamicTest(
        "SubmitJob " + (more.length() > 100 ? more.substring(0, 100) : more),
        () -> {
          assertThat(aws.refusal("SubmitJob", BatchEndpointClient.submission("sleep10", more)))
              .contains(message);
          assertThat(lab.endpoint.jobs()).isEmpty();
        });
  }

  @TestFactory
  Stream<DynamicTest> submissions_are_refused() {
    return Stream.of(
        submission("{'jobName':''}", "jobName must not be empty"),
        submission("{'jobName':'-begins'}", "jobName should match"),
        submission("{'jobName':'has space'}", "jobName should match"),
        submission("{'jobName':'" + "n".repeat(129) + "'}", "jobName should match"),
        submission("{'jobQueue':'none'}", "JobQueue none not found."),
        submission("{'jobDefinition':'none'}", "Job definition none not found."),
        submission("{'jobDefinition':'sleep10:9'}", "Job definition sleep10:9 not found."),
        submission("{'arrayProperties':{'size':1}}", "Array size must be 2 to 10000"),
        submission("{'arrayProperties':{'size':10001}}", "Array size must be 2 to 10000"),
        submission("{'shareIdentifier':'a'}", "shareIdentifier cannot be specified"),
        submission("{'jobQueue':'fair'}", "shareIdentifier must be specified"),
        submission("{'jobQueue':'fair','shareIdentifier':'a_b'}", "letters and digits"),
        submission("{'schedulingPriorityOverride':10000}", "must be 0 to 9999"),
        submission("{'schedulingPriorityOverride':-1}", "must be 0 to 9999"),
        submission("{'timeout':{'attemptDurationSeconds':59}}", "must be at least 60"),
        submission("{'retryStrategy':{'attempts':0}}", "must be 1 to 10"),
        submission("{'retryStrategy':{'attempts':11}}", "must be 1 to 10"),
        submission(
            "{'retryStrategy':{'evaluateOnExit':[{'onExitCode':'1','action':'RETRY'}]}}",
            "RetryAttempts must be provided with retry strategy"),
        submission(
            "{'retryStrategy':{'attempts':2,'evaluateOnExit':["
                + "{'action':'EXIT'},".repeat(5)
                + "{'action':'EXIT'}]}}",
            "at most 5"),
        submission(
            "{'retryStrategy':{'attempts':2,'evaluateOnExit':[{'action':'MAYBE'}]}}",
            "RETRY or EXIT"),
        submission(
            "{'retryStrategy':{'attempts':2,'evaluateOnExit':"
                + "[{'onExitCode':'1*1','action':'EXIT'}]}}",
            "onExitCode"),
        submission(
            "{'retryStrategy':{'attempts':2,'evaluateOnExit':[{'onReason':'"
                + "r".repeat(513)
                + "','action':'EXIT'}]}}",
            "onReason"),
        submission("{'containerOverrides':{'command':['']}}", "Command cannot be empty"),
        submission("{'containerOverrides':{'command':['a\\u0000b']}}", "text without NUL"),
        submission(
            "{'containerOverrides':{'environment':[{'name':'AWS_BATCH_X','value':'1'}]}}",
            "reserved"),
        submission(
            "{'containerOverrides':{'resourceRequirements':[{'type':'VCPU','value':'x'}]}}",
            "not a number"),
        submission(
            "{'containerOverrides':{'resourceRequirements':[{'type':'VCPU','value':'0.5'}]}}",
            "whole number"),
        submission(
            "{'containerOverrides':{'resourceRequirements':[{'type':'MEMORY','value':'3'}]}}",
            "at least 4 MiB"),
        submission("{'nodeOverrides':{'numNodes':2}}", "multinode job only"),
        submission("{'dependsOn':[{'jobId':'none'}]}", "does not exist"),
        submission("{'dependsOn':[{}]}", "jobId must not be empty"),
        submission("{'dependsOn':[{'type':'SEQUENTIAL'}]}", "array job only"),
        submission("{'dependsOn':[{'type':'AFTERANY','jobId':'x'}]}", "N_TO_N or SEQUENTIAL"),
        submission(
            "{'parameters':{'p':'" + "x".repeat(47 * 1024 - 200) + "'}}",
            "Job size must be less than 30 KiB, got 47 KiB"),
        submission("{'tags':{'k':'" + "v".repeat(257) + "'}}", "at most 256"));
  }

  private DynamicTest definition(String more, String message) {
    return dynamicTest(
        "RegisterJobDefinition " + (more.length() > 100 ? more.substring(0, 100) : more),
        () -> {
          ObjectNode request =
              BatchEndpointLab.json(
                  "{'jobDefinitionName':'d','type':'container',"
                      + "'containerProperties':{'image':'i',"
                      + SIZES
                      + "}}");
          request.setAll(BatchEndpointLab.json(more));
          if (message.isEmpty()) {
            assertThat(aws.call("RegisterJobDefinition", request).path("revision").asInt())
                .isPositive();
          } else {
            assertThat(aws.refusal("RegisterJobDefinition", request)).contains(message);
          }
        });
  }

  private DynamicTest fargate(String cpus, String memory, String message) {
    return definition(
        "{'platformCapabilities':['FARGATE'],'containerProperties':{'image':'i',"
            + "'executionRoleArn':'r','resourceRequirements':[{'type':'VCPU','value':'"
            + cpus
            + "'},{'type':'MEMORY','value':'"
            + memory
            + "'}]}}",
        message);
  }

  @TestFactory
  Stream<DynamicTest> definitions_are_refused() {
    return Stream.of(
        definition("{}", ""),
        definition("{'jobDefinitionName':'a b'}", "jobDefinitionName should match"),
        definition("{'type':'other'}", "type must be"),
        definition("{'type':'multinode'}", "nodeProperties must be provided"),
        definition("{'containerProperties':null}", "containerProperties must be provided"),
        definition("{'containerProperties':{'image':'i'}}", "VCPU and MEMORY"),
        definition("{'containerProperties':{" + SIZES + "}}", "image must not be empty"),
        definition("{'containerProperties':{'image':'i','vcpus':1,'memory':64}}", ""),
        definition(
            "{'containerProperties':{'image':'i','command':['a','']," + SIZES + "}}",
            "Command cannot be empty"),
        definition("{'timeout':{'attemptDurationSeconds':60}}", ""),
        definition("{'timeout':{'attemptDurationSeconds':59}}", "must be at least 60"),
        definition("{'schedulingPriority':9999}", ""),
        definition("{'schedulingPriority':10000}", "must be 0 to 9999"),
        definition("{'parameters':{'p':'" + "x".repeat(24 * 1024) + "'}}", "24 KiB"),
        fargate("0.25", "512", ""),
        fargate("0.25", "4096", "not valid"),
        fargate("1", "2048", ""),
        fargate("1", "2500", "not valid"),
        fargate("3", "8192", "not valid"),
        fargate("16", "122880", ""),
        definition("{'platformCapabilities':['FARGATE']}", "executionRoleArn"));
  }

  @Test
  void twenty_dependencies_are_allowed_and_one_more_is_not() {
    ObjectNode request = BatchEndpointClient.submission("sleep10", "{}");
    ArrayNode dependencies = request.putArray("dependsOn");
    for (int i = 0; i < 20; i++) {
      dependencies.addObject().put("jobId", aws.submit("sleep10"));
    }
    JsonNode unused = aws.call("SubmitJob", request);
    dependencies.addObject().put("jobId", aws.submit("sleep10"));

    assertThat(aws.refusal("SubmitJob", request))
        .isEqualTo("Job cannot have more than 20 dependencies");
  }

  @Test
  void n_to_n_needs_arrays_of_equal_size() {
    String array = aws.submit("sleep10", "{'arrayProperties':{'size':3}}");

    assertThat(
            aws.refusal(
                "SubmitJob",
                BatchEndpointClient.submission(
                    "sleep10",
                    "{'arrayProperties':{'size':2},'dependsOn':[{'type':'N_TO_N','jobId':'"
                        + array
                        + "'}]}")))
        .contains("equal size");
  }

  @Test
  void an_array_may_have_ten_thousand_children() {
    String array = aws.submit("sleep10", "{'arrayProperties':{'size':10000}}");

    assertThat(aws.describe(array + ":9999").path("status").asText()).isEqualTo("RUNNABLE");
  }

  @Test
  void overrides_that_are_too_long_let_the_job_fail_after_it_was_accepted() {
    String id =
        aws.submit(
            "sleep10",
            "{'retryStrategy':{'attempts':3},'containerOverrides':{'environment':"
                + "[{'name':'A','value':'"
                + "x".repeat(8192)
                + "'}]}}");

    assertThat(aws.status(id)).isEqualTo("FAILED");
    assertThat(aws.describe(id).path("statusReason").asText())
        .isEqualTo("Container Overrides length must be at most 8192");
    assertThat(lab.ran).isEmpty();
  }

  @Test
  void too_many_tags_to_propagate_let_the_job_fail() {
    ObjectNode tags = BatchEndpointLab.json("{'propagateTags':true}");
    for (int i = 0; i < 30; i++) {
      tags.withObject("/tags").put("k" + i, "v");
    }
    aws.registerWith("tagged", tags.toString(), "sleep", "1");

    assertThat(aws.status(aws.submit("tagged"))).isEqualTo("RUNNABLE");
    assertThat(aws.status(aws.submit("tagged", tags.toString()))).isEqualTo("FAILED");
  }

  @Test
  void an_inactive_definition_cannot_be_used_and_the_latest_active_one_is_meant_without_revision() {
    aws.register("sleep10", "sleep", "20");
    aws.register("sleep10", "sleep", "30");
    aws.call("DeregisterJobDefinition", "{'jobDefinition':'sleep10:3'}");

    assertThat(aws.refusal("SubmitJob", BatchEndpointClient.submission("sleep10:3", "{}")))
        .isEqualTo("JobDefinition sleep10:3 is not ACTIVE.");
    assertThat(aws.describe(aws.submit("sleep10")).path("jobDefinition").asText())
        .endsWith("/sleep10:2");
  }

  @Test
  void five_hundred_shares_may_be_active_and_no_more() {
    for (int i = 0; i < 500; i++) {
      aws.submit("sleep10", "{'jobQueue':'fair','shareIdentifier':'s" + i + "'}");
    }

    assertThat(
            aws.refusal(
                "SubmitJob",
                BatchEndpointClient.submission(
                    "sleep10", "{'jobQueue':'fair','shareIdentifier':'more'}")))
        .contains("500");
    aws.submit("sleep10", "{'jobQueue':'fair','shareIdentifier':'s7'}");
  }
}
