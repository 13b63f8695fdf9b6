package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Arrays, their children, and what jobs wait for. */
@Timeout(60)
class BatchEndpointArrayTest {
  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;

  @AfterEach
  void close() {
    lab.close();
  }

  private static String array(int size) {
    return "{'arrayProperties':{'size':" + size + "}}";
  }

  private static String after(String id) {
    return "{'dependsOn':[{'jobId':'" + id + "'}]}";
  }

  @Test
  void the_parent_is_pending_while_children_run_and_sums_up_their_states() {
    String id = aws.submit("sleep60", array(20));
    lab.pass(1);

    JsonNode parent = aws.describe(id);
    assertThat(parent.path("status").asText()).isEqualTo("PENDING");
    JsonNode summary = parent.path("arrayProperties").path("statusSummary");
    assertThat(summary.path("RUNNING").asInt()).isEqualTo(16);
    assertThat(summary.path("RUNNABLE").asInt()).isEqualTo(4);
    assertThat(summary.path("SUCCEEDED").isIntegralNumber()).isTrue();
    lab.runOut();

    assertThat(aws.status(id)).isEqualTo("SUCCEEDED");
    assertThat(aws.describe(id).path("arrayProperties").path("statusSummary").path("SUCCEEDED"))
        .hasToString("20");
  }

  @Test
  void a_child_has_its_index_and_is_told_it() {
    String id = aws.submit("sleep10", array(3));
    lab.runOut();

    JsonNode child = aws.describe(id + ":2");
    assertThat(child.path("arrayProperties").path("index").asInt()).isEqualTo(2);
    assertThat(child.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(lab.ran.get(2).environment())
        .containsEntry("AWS_BATCH_JOB_ID", id + ":2")
        .containsEntry("AWS_BATCH_JOB_ARRAY_SIZE", "3");
    assertThat(aws.describe(id + ":3").isMissingNode()).isTrue();
  }

  @Test
  void a_failed_child_fails_the_parent_when_its_siblings_have_gone_on() {
    aws.register("one-fails", "fail-index", "1");
    String id = aws.submit("one-fails", array(3));
    lab.runOut();

    assertThat(aws.status(id)).isEqualTo("FAILED");
    assertThat(aws.status(id + ":0")).isEqualTo("SUCCEEDED");
    assertThat(aws.status(id + ":1")).isEqualTo("FAILED");
    assertThat(aws.status(id + ":2")).isEqualTo("SUCCEEDED");
    assertThat(aws.describe(id).path("attempts")).isEmpty();
  }

  @Test
  void children_are_retried_each_by_itself() {
    aws.register("second", "fail-until", "2");
    String id =
        aws.submit("second", "{'arrayProperties':{'size':2},'retryStrategy':{'attempts':2}}");
    lab.runOut();

    assertThat(aws.status(id)).isEqualTo("SUCCEEDED");
    assertThat(aws.describe(id + ":1").path("attempts")).hasSize(2);
  }

  @Test
  void a_dependent_is_pending_until_what_it_waits_for_has_succeeded() {
    String first = aws.submit("sleep60");
    String second = aws.submit("sleep10", after(first));
    lab.pass(30);
    assertThat(aws.status(second)).isEqualTo("PENDING");

    lab.runOut();

    assertThat(aws.status(second)).isEqualTo("SUCCEEDED");
    assertThat(aws.describe(second).path("startedAt").asLong())
        .isEqualTo(aws.describe(first).path("stoppedAt").asLong());
    assertThat(aws.describe(second).path("dependsOn").path(0).path("jobId").asText())
        .isEqualTo(first);
  }

  @Test
  void a_failure_fails_dependents_and_theirs() {
    String first = aws.submit("fails");
    String second = aws.submit("sleep10", after(first));
    String third = aws.submit("sleep10", after(second));
    lab.runOut();

    assertThat(aws.status(second)).isEqualTo("FAILED");
    assertThat(aws.status(third)).isEqualTo("FAILED");
    assertThat(aws.describe(third).path("statusReason").asText()).isEqualTo("Dependent Job failed");
    assertThat(lab.ran).hasSize(1);
  }

  @Test
  void what_has_ended_already_counts() {
    String good = aws.submit("sleep10");
    String bad = aws.submit("fails");
    lab.runOut();

    String afterGood = aws.submit("sleep10", after(good));
    String afterBad = aws.submit("sleep10", after(bad));

    assertThat(aws.status(afterGood)).isEqualTo("RUNNABLE");
    assertThat(aws.status(afterBad)).isEqualTo("FAILED");
  }

  @Test
  void an_array_waited_for_has_to_succeed_as_a_whole() {
    aws.register("one-fails", "fail-index", "1");
    String array = aws.submit("one-fails", array(3));
    String dependent = aws.submit("sleep10", after(array));
    lab.runOut();

    assertThat(aws.status(dependent)).isEqualTo("FAILED");
  }

  @Test
  void an_array_that_waits_starts_its_children_together() {
    String first = aws.submit("sleep60");
    String array =
        aws.submit(
            "sleep10", "{'arrayProperties':{'size':3},'dependsOn':[{'jobId':'" + first + "'}]}");
    lab.pass(1);
    assertThat(aws.status(array)).isEqualTo("PENDING");
    assertThat(aws.status(array + ":0")).isEqualTo("PENDING");

    lab.runOut();

    assertThat(aws.status(array)).isEqualTo("SUCCEEDED");
  }

  @Test
  void n_to_n_lets_each_child_wait_for_its_own_index_only() {
    aws.register("one-fails", "fail-index", "1");
    String first = aws.submit("one-fails", array(3));
    String second =
        aws.submit(
            "sleep10",
            "{'arrayProperties':{'size':3},'dependsOn':[{'jobId':'"
                + first
                + "','type':'N_TO_N'}]}");
    lab.runOut();

    assertThat(aws.status(second + ":0")).isEqualTo("SUCCEEDED");
    assertThat(aws.status(second + ":1")).isEqualTo("FAILED");
    assertThat(aws.status(second + ":2")).isEqualTo("SUCCEEDED");
    assertThat(aws.status(second)).isEqualTo("FAILED");
  }

  @Test
  void a_sequential_array_runs_one_child_after_the_other() {
    String id =
        aws.submit("sleep60", "{'arrayProperties':{'size':3},'dependsOn':[{'type':'SEQUENTIAL'}]}");
    lab.pass(1);
    assertThat(aws.status(id + ":0")).isEqualTo("RUNNING");
    assertThat(aws.status(id + ":1")).isEqualTo("PENDING");
    lab.pass(60);
    assertThat(aws.status(id + ":1")).isEqualTo("RUNNING");

    lab.runOut();

    assertThat(aws.status(id)).isEqualTo("SUCCEEDED");
  }

  @Test
  void a_long_sequence_that_breaks_costs_no_stack() {
    aws.register("first-fails", "fail-index", "0");
    String id =
        aws.submit(
            "first-fails",
            "{'arrayProperties':{'size':10000},'dependsOn':[{'type':'SEQUENTIAL'}]}");
    lab.runOut();

    assertThat(aws.describe(id).path("arrayProperties").path("statusSummary").path("FAILED"))
        .hasToString("10000");
    assertThat(aws.status(id)).isEqualTo("FAILED");
  }

  @Test
  void a_consumable_resource_is_waited_for_in_pending() {
    aws.call("CreateConsumableResource", "{'consumableResourceName':'licence','totalQuantity':2}");
    aws.registerWith(
        "licensed",
        "{'consumableResourceProperties':{'consumableResourceList':"
            + "[{'consumableResource':'licence','quantity':1}]}}",
        "sleep",
        "60");
    String id = aws.submit("licensed", array(3));
    lab.pass(1);
    assertThat(aws.status(id + ":1")).isEqualTo("RUNNING");
    assertThat(aws.status(id + ":2")).isEqualTo("PENDING");
    JsonNode licence = aws.call("DescribeConsumableResource", "{'consumableResource':'licence'}");
    assertThat(licence.path("inUseQuantity").asInt()).isEqualTo(2);
    assertThat(licence.path("availableQuantity").asInt()).isZero();

    lab.runOut();

    assertThat(aws.status(id)).isEqualTo("SUCCEEDED");
    assertThat(
            aws.call("DescribeConsumableResource", "{'consumableResource':'licence'}")
                .path("inUseQuantity")
                .asInt(-1))
        .isZero();
  }

  @Test
  void those_that_want_a_consumable_resource_are_listed_newest_first() {
    aws.call("CreateConsumableResource", "{'consumableResourceName':'licence','totalQuantity':2}");
    String want =
        "'consumableResourcePropertiesOverride':{'consumableResourceList':"
            + "[{'consumableResource':'licence','quantity':2}]}";
    aws.submit("sleep10", "{'jobName':'first'," + want + "}");
    aws.submit("sleep10", "{'jobName':'second'," + want + "}");
    aws.submit("sleep10", "{'jobName':'other'}");

    String list = "{'consumableResource':'licence'%s}";
    JsonNode all = aws.call("ListJobsByConsumableResource", list.formatted("")).path("jobs");
    assertThat(BatchEndpointLab.texts(all, "jobName")).containsExactly("second", "first");
    assertThat(all.path(0).path("quantity").asInt()).isEqualTo(2);
    assertThat(all.path(0).path("jobStatus").asText()).isEqualTo("PENDING");
    assertThat(all.path(0).findValue("consumableResource").asText()).isEqualTo("licence");
    assertThat(filtered(list, "'name':'JOB_STATUS','values':['RUNNABLE']"))
        .containsExactly("first");
    assertThat(filtered(list, "'name':'JOB_NAME','values':['SEC*']")).containsExactly("second");
    assertThat(
            aws.refusal(
                "ListJobsByConsumableResource",
                list.formatted(",'filters':[{'name':'COLOUR','values':['red']}]")))
        .contains("COLOUR");
  }

  private List<String> filtered(String list, String filter) {
    return BatchEndpointLab.texts(
        aws.call("ListJobsByConsumableResource", list.formatted(",'filters':[{" + filter + "}]"))
            .path("jobs"),
        "jobName");
  }

  @Test
  void what_is_not_replenished_is_used_up_until_more_is_added() {
    aws.call(
        "CreateConsumableResource",
        "{'consumableResourceName':'token','totalQuantity':1,"
            + "'resourceType':'NON_REPLENISHABLE'}");
    aws.registerWith(
        "using",
        "{'consumableResourceProperties':{'consumableResourceList':"
            + "[{'consumableResource':'token','quantity':1}]}}",
        "sleep",
        "10");
    String first = aws.submit("using");
    String second = aws.submit("using");
    String third = aws.submit("using");
    lab.runOut();
    assertThat(aws.status(first)).isEqualTo("SUCCEEDED");
    assertThat(aws.status(second)).isEqualTo("PENDING");

    aws.call("CancelJob", "{'jobId':'" + second + "','reason':'no'}");
    assertThat(aws.status(second)).isEqualTo("FAILED");
    aws.call(
        "UpdateConsumableResource",
        "{'consumableResource':'token','operation':'ADD','quantity':1}");
    lab.runOut();

    assertThat(aws.status(third)).isEqualTo("SUCCEEDED");
  }

  @Test
  void a_multi_node_job_starts_on_all_its_nodes_at_once() {
    aws.call(
        "RegisterJobDefinition",
        "{'jobDefinitionName':'mnp','type':'multinode','nodeProperties':{'numNodes':4,"
            + "'mainNode':0,'nodeRangeProperties':[{'targetNodes':'0:','container':{'image':'i',"
            + "'command':['sleep','60'],'resourceRequirements':[{'type':'VCPU','value':'4'},"
            + "{'type':'MEMORY','value':'1024'}]}}]}}");
    String blocker = aws.submit("sleep10");
    lab.pass(1);
    String gang = aws.submit("mnp");
    lab.pass(1);
    assertThat(aws.status(gang)).isEqualTo("RUNNABLE");
    lab.pass(9);
    assertThat(aws.status(gang)).isEqualTo("RUNNING");
    assertThat(aws.describe(gang + "#3").path("status").asText()).isEqualTo("RUNNING");
    assertThat(aws.describe(gang + "#4").isMissingNode()).isTrue();

    lab.runOut();

    assertThat(aws.status(gang)).isEqualTo("SUCCEEDED");
    assertThat(aws.describe(gang).path("startedAt").asLong())
        .isEqualTo(aws.describe(blocker).path("stoppedAt").asLong());
    assertThat(lab.ran).hasSize(2);
  }
}
