package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Each operation of AWS Batch is there, or is refused by its name. */
@Timeout(60)
class BatchEndpointOperationsTest {
  /** By {@code @aws-sdk/client-batch} 3.1138.0; those on tags have paths of their own. */
  private static final List<String> SUPPORTED =
      List.of(
          "CancelJob",
          "CancelJobs",
          "CreateComputeEnvironment",
          "CreateConsumableResource",
          "CreateJobQueue",
          "CreateSchedulingPolicy",
          "DeleteComputeEnvironment",
          "DeleteConsumableResource",
          "DeleteJobQueue",
          "DeleteSchedulingPolicy",
          "DeregisterJobDefinition",
          "DescribeComputeEnvironments",
          "DescribeConsumableResource",
          "DescribeJobDefinitions",
          "DescribeJobQueues",
          "DescribeJobs",
          "DescribeSchedulingPolicies",
          "GetJobQueueSnapshot",
          "ListConsumableResources",
          "ListJobs",
          "ListJobsByConsumableResource",
          "ListSchedulingPolicies",
          "RegisterJobDefinition",
          "SubmitJob",
          "TerminateJob",
          "TerminateJobs",
          "UpdateComputeEnvironment",
          "UpdateConsumableResource",
          "UpdateJobQueue",
          "UpdateSchedulingPolicy");

  private static final List<String> UNSUPPORTED =
      List.of(
          "CreateQuotaShare",
          "CreateServiceEnvironment",
          "DeleteQuotaShare",
          "DeleteServiceEnvironment",
          "DescribeQuotaShare",
          "DescribeServiceEnvironments",
          "DescribeServiceJob",
          "ListQuotaShares",
          "ListServiceJobs",
          "SubmitServiceJob",
          "TerminateServiceJob",
          "TerminateServiceJobs",
          "UpdateQuotaShare",
          "UpdateServiceEnvironment",
          "UpdateServiceJob");

  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;

  @AfterEach
  void close() {
    lab.close();
  }

  @TestFactory
  Stream<DynamicTest> what_is_not_supported_says_so_by_name() {
    return UNSUPPORTED.stream()
        .map(
            name ->
                dynamicTest(
                    name,
                    () ->
                        assertThat(aws.refusal(name, BatchEndpointLab.json("{}")))
                            .isEqualTo(name + " is not supported by this endpoint")));
  }

  /** Without a member it is carried out, or tells which member is missing. */
  @TestFactory
  Stream<DynamicTest> what_is_supported_is_there() {
    return SUPPORTED.stream()
        .map(
            name ->
                dynamicTest(
                    name,
                    () -> {
                      HttpResponse<byte[]> response = aws.post(name, BatchEndpointLab.json("{}"));

                      assertThat(response.statusCode()).isIn(200, 400);
                      assertThat(new String(response.body(), StandardCharsets.UTF_8))
                          .doesNotContain("not supported", "no operation");
                    }));
  }

  @TestFactory
  Stream<DynamicTest> tags_of_what_is_not_there_are_refused() {
    return Stream.of("GET", "POST", "DELETE")
        .map(method -> dynamicTest(method, () -> assertThat(tags(method)).isEqualTo(400)));
  }

  private int tags(String method) throws IOException {
    return aws.send(
            aws.request("/v1/tags/arn%3Aaws%3Abatch%3Aus-east-1%3A1%3Ajob-queue%2Fnone?tagKeys=a")
                .method(
                    method,
                    method.equals("POST")
                        ? BodyPublishers.ofString("{\"tags\":{\"a\":\"b\"}}")
                        : BodyPublishers.noBody())
                .build())
        .statusCode();
  }

  private DynamicTest member(String operation, String body, String member) {
    return dynamicTest(
        operation + " " + member,
        () ->
            assertThat(aws.refusal(operation, body))
                .isEqualTo(member + " is not supported by this endpoint"));
  }

  @TestFactory
  Stream<DynamicTest> members_that_are_not_supported_say_so_by_name() {
    String definition = "{'jobDefinitionName':'d','type':'container',";
    String queue = "{'jobQueueName':'q','priority':1,";
    String job = "{'jobName':'j','jobQueue':'default','jobDefinition':'sleep10',";
    return Stream.of(
        member("RegisterJobDefinition", definition + "'eksProperties':{}}", "eksProperties"),
        member(
            "RegisterJobDefinition",
            definition + "'nodeProperties':" + nodes("'ecsProperties':{}") + "}",
            "nodeProperties.nodeRangeProperties[0].ecsProperties"),
        member(
            "RegisterJobDefinition",
            definition + "'nodeProperties':" + nodes("'eksProperties':{}") + "}",
            "nodeProperties.nodeRangeProperties[0].eksProperties"),
        member(
            "CreateComputeEnvironment",
            "{'computeEnvironmentName':'c','type':'MANAGED','eksConfiguration':{}}",
            "eksConfiguration"),
        member(
            "CreateJobQueue", queue + "'serviceEnvironmentOrder':[]}", "serviceEnvironmentOrder"),
        member("CreateSchedulingPolicy", "{'name':'p','quotaSharePolicy':{}}", "quotaSharePolicy"),
        member("SubmitJob", job + "'eksPropertiesOverride':{}}", "eksPropertiesOverride"),
        member(
            "SubmitJob",
            job
                + "'nodeOverrides':{'nodePropertyOverrides':[{'targetNodes':'0:',"
                + "'ecsPropertiesOverride':{}}]}}",
            "nodeOverrides.nodePropertyOverrides[0].ecsPropertiesOverride"));
  }

  private static String nodes(String more) {
    return "{'numNodes':1,'mainNode':0,'nodeRangeProperties':[{'targetNodes':'0:'," + more + "}]}";
  }
}
