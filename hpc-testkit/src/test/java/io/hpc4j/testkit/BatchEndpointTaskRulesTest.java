package io.hpc4j.testkit;

import static io.hpc4j.testkit.BatchEndpointTaskTest.after;
import static io.hpc4j.testkit.BatchEndpointTaskTest.container;
import static io.hpc4j.testkit.BatchEndpointTaskTest.definition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What is refused of jobs of several containers. */
@Timeout(60)
class BatchEndpointTaskRulesTest {
  private static final String HELPER = "'essential':false";

  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;

  @AfterEach
  void close() {
    lab.close();
  }

  private DynamicTest refused(String message, String... containers) {
    return dynamicTest(
        message,
        () ->
            assertThat(aws.refusal("RegisterJobDefinition", definition(containers)))
                .contains(message));
  }

  private static String[] many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> container("c" + i, "true"))
        .toArray(String[]::new);
  }

  @TestFactory
  Stream<DynamicTest> definitions_are_refused() {
    return Stream.of(
        refused("containers must have 1 to 10 entries"),
        refused("containers must have 1 to 10 entries", many(11)),
        refused("name must not be empty", container("", "true")),
        refused("letters, digits, hyphens", container("a b", "true")),
        refused("the same name: a", container("a", "true"), container("a", "true")),
        refused("at least one container must be essential", container("a", "true", HELPER)),
        refused("does not exist", container("a", "true", after("b", "START"))),
        refused(
            "START, COMPLETE or SUCCESS",
            container("a", "true", after("b", "HEALTHY")),
            container("b", "true")),
        refused(
            "cannot be set on an essential container: b",
            container("a", "true", after("b", "SUCCESS")),
            container("b", "true")),
        refused("in a circle", container("a", "true", after("a", "START"))),
        refused(
            "in a circle",
            container("a", "true", after("b", "START")),
            container("b", "true", after("a", "START"))),
        refused("stopTimeout", container("a", "true", "'stopTimeout':1")),
        refused("startTimeout", container("a", "true", "'startTimeout':60")),
        refused(
            "firelensConfiguration",
            container("a", "true", "'firelensConfiguration':{'type':'fluentd'}")),
        refused("reserved", container("a", "true", "'environment':[{'name':'AWS_BATCH_A'}]")));
  }

  @Test
  void ten_containers_are_allowed() {
    assertThat(aws.call("RegisterJobDefinition", definition(many(10))).path("revision").asInt())
        .isEqualTo(1);
  }

  @Test
  void a_definition_has_one_task_or_one_container() {
    ObjectNode both = definition(container("a", "true"));
    both.putObject("containerProperties");
    ObjectNode two = definition(container("a", "true"));
    ArrayNode tasks = two.withObject("/ecsProperties").withArray("taskProperties");
    tasks.add(tasks.get(0));

    assertThat(aws.refusal("RegisterJobDefinition", both)).contains("or else ecsProperties");
    assertThat(aws.refusal("RegisterJobDefinition", two)).contains("exactly one entry");
  }

  @Test
  void on_fargate_the_sum_of_the_sizes_counts() {
    ObjectNode request = definition(container("a", "true"), container("b", "true"));
    request.putArray("platformCapabilities").add("FARGATE");
    assertThat(aws.refusal("RegisterJobDefinition", request)).contains("executionRoleArn");
    ((ObjectNode) request.at("/ecsProperties/taskProperties/0")).put("executionRoleArn", "role");

    assertThat(aws.refusal("RegisterJobDefinition", request)).contains("(2 vCPU, 128 MiB)");
  }

  @Test
  void overrides_have_to_be_of_the_definition_s_kind_and_name_its_containers() {
    aws.call("RegisterJobDefinition", definition(container("a", "true")));

    assertThat(refusal("task", "{'containerOverrides':{}}")).contains("ecsPropertiesOverride can");
    assertThat(refusal("sleep10", "{'ecsPropertiesOverride':{}}"))
        .contains("with ecsProperties only");
    assertThat(refusal("task", "{'eksPropertiesOverride':{}}")).contains("eksPropertiesOverride");
    assertThat(
            refusal(
                "task",
                "{'ecsPropertiesOverride':{'taskProperties':[{'containers':[{'name':'b'}]}]}}"))
        .contains("does not have: b");
    assertThat(lab.endpoint.jobs()).isEmpty();
  }

  private String refusal(String definition, String more) {
    return aws.refusal("SubmitJob", BatchEndpointClient.submission(definition, more));
  }
}
