package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Compute environments, queues, policies and definitions. */
@Timeout(60)
class BatchEndpointCatalogueTest {
  private final BatchEndpointLab lab =
      new BatchEndpointLab(b -> b.provisioning(Duration.ofSeconds(30)));
  private final BatchEndpointClient aws = lab.aws;

  @AfterEach
  void close() {
    lab.close();
  }

  private static ObjectNode environment(String more) {
    ObjectNode request =
        BatchEndpointLab.json(
            "{'computeEnvironmentName':'ce','type':'MANAGED','computeResources':{'type':'EC2',"
                + "'minvCpus':0,'maxvCpus':8,'instanceTypes':['c5.xlarge'],'subnets':['s'],"
                + "'instanceRole':'r'}}");
    BatchEndpointLab.json(more)
        .properties()
        .forEach(
            member -> {
              if (member.getValue().isObject()) {
                request.withObject("/computeResources").setAll((ObjectNode) member.getValue());
              } else {
                request.set(member.getKey(), member.getValue());
              }
            });
    return request;
  }

  private void makeEnvironment() {
    aws.call("CreateComputeEnvironment", environment("{}"));
    lab.pass(30);
  }

  private void makeQueue(String more) {
    ObjectNode request =
        BatchEndpointLab.json(
            "{'jobQueueName':'q','priority':1,'computeEnvironmentOrder':"
                + "[{'order':1,'computeEnvironment':'ce'}]}");
    request.setAll(BatchEndpointLab.json(more));
    aws.call("CreateJobQueue", request);
    lab.pass(30);
  }

  private JsonNode describeQueue() {
    return aws.call("DescribeJobQueues", "{'jobQueues':['q']}").path("jobQueues").path(0);
  }

  private JsonNode describeEnvironment() {
    return aws.call("DescribeComputeEnvironments", "{'computeEnvironments':['ce']}")
        .path("computeEnvironments")
        .path(0);
  }

  @Test
  void environments_and_queues_are_creating_before_they_are_valid() {
    aws.call("CreateComputeEnvironment", environment("{}"));
    assertThat(describeEnvironment().path("status").asText()).isEqualTo("CREATING");
    assertThat(
            aws.refusal(
                "CreateJobQueue",
                "{'jobQueueName':'q','priority':1,'computeEnvironmentOrder':"
                    + "[{'order':1,'computeEnvironment':'ce'}]}"))
        .contains("not in VALID state");
    lab.pass(30);
    assertThat(describeEnvironment().path("status").asText()).isEqualTo("VALID");
    aws.call(
        "CreateJobQueue",
        "{'jobQueueName':'q','priority':1,'computeEnvironmentOrder':"
            + "[{'order':1,'computeEnvironment':'ce'}]}");

    assertThat(describeQueue().path("status").asText()).isEqualTo("CREATING");
    assertThat(
            aws.refusal("SubmitJob", BatchEndpointClient.submission("sleep10", "{'jobQueue':'q'}")))
        .contains("not VALID");
    lab.pass(30);
    assertThat(describeQueue().path("status").asText()).isEqualTo("VALID");
    aws.submit("sleep10", "{'jobQueue':'q'}");
  }

  @Test
  void an_environment_has_as_many_instances_as_its_vcpus_allow() {
    makeEnvironment();
    makeQueue("{}");
    String array = aws.submit("sleep60", "{'jobQueue':'q','arrayProperties':{'size':10}}");
    lab.pass(1);

    assertThat(aws.describe(array).path("arrayProperties").path("statusSummary").path("RUNNING"))
        .hasToString("8");
  }

  @Test
  void a_disabled_environment_takes_nothing_new_and_an_enabled_one_goes_on() {
    makeEnvironment();
    makeQueue("{}");
    String running = aws.submit("sleep600", "{'jobQueue':'q'}");
    lab.pass(1);
    aws.call("UpdateComputeEnvironment", "{'computeEnvironment':'ce','state':'DISABLED'}");
    String waiting = aws.submit("sleep10", "{'jobQueue':'q'}");
    lab.pass(60);
    assertThat(aws.status(running)).isEqualTo("RUNNING");
    assertThat(aws.status(waiting)).isEqualTo("RUNNABLE");

    aws.call("UpdateComputeEnvironment", "{'computeEnvironment':'ce','state':'ENABLED'}");
    lab.pass(11);

    assertThat(aws.status(waiting)).isEqualTo("SUCCEEDED");
  }

  @Test
  void an_environment_that_the_backend_was_declared_with_can_be_disabled_too() {
    aws.call("UpdateComputeEnvironment", "{'computeEnvironment':'cluster','state':'DISABLED'}");
    String waiting = aws.submit("sleep10");
    lab.pass(60);
    assertThat(aws.status(waiting)).isEqualTo("RUNNABLE");

    aws.call("UpdateComputeEnvironment", "{'computeEnvironment':'cluster','state':'ENABLED'}");
    lab.pass(11);

    assertThat(aws.status(waiting)).isEqualTo("SUCCEEDED");
  }

  @Test
  void more_capacity_lets_a_job_run_that_was_too_large() {
    aws.call(
        "CreateComputeEnvironment",
        environment("{'computeResources':{'instanceTypes':['optimal']}}"));
    lab.pass(30);
    makeQueue("{}");
    String job =
        aws.submit(
            "sleep10",
            "{'jobQueue':'q','containerOverrides':{'resourceRequirements':"
                + "[{'type':'VCPU','value':'16'}]}}");
    lab.pass(60);
    assertThat(aws.status(job)).isEqualTo("RUNNABLE");

    aws.call(
        "UpdateComputeEnvironment",
        "{'computeEnvironment':'ce','computeResources':{'maxvCpus':16}}");
    lab.runOut();

    assertThat(aws.status(job)).isEqualTo("SUCCEEDED");
  }

  @Test
  void a_queue_has_to_be_disabled_before_it_is_deleted_and_takes_no_jobs_then() {
    makeEnvironment();
    makeQueue("{}");
    assertThat(aws.refusal("DeleteJobQueue", "{'jobQueue':'q'}")).contains("DISABLED");
    aws.call("UpdateJobQueue", "{'jobQueue':'q','state':'DISABLED'}");
    assertThat(
            aws.refusal("SubmitJob", BatchEndpointClient.submission("sleep10", "{'jobQueue':'q'}")))
        .contains("not ENABLED");
    assertThat(describeQueue().path("status").asText()).isEqualTo("UPDATING");
    aws.call("DeleteJobQueue", "{'jobQueue':'q'}");
    assertThat(describeQueue().path("status").asText()).isEqualTo("DELETING");
    lab.pass(30);
    assertThat(describeQueue().isMissingNode()).isTrue();
  }

  @Test
  void jobs_of_a_deleted_queue_are_terminated() {
    makeEnvironment();
    makeQueue("{}");
    String job = aws.submit("sleep600", "{'jobQueue':'q'}");
    lab.pass(1);
    aws.call("UpdateJobQueue", "{'jobQueue':'q','state':'DISABLED'}");

    aws.call("DeleteJobQueue", "{'jobQueue':'q'}");

    assertThat(aws.status(job)).isEqualTo("FAILED");
  }

  @Test
  void an_environment_has_to_be_disabled_and_free_of_queues_before_it_is_deleted() {
    makeEnvironment();
    makeQueue("{'state':'DISABLED'}");
    assertThat(aws.refusal("DeleteComputeEnvironment", "{'computeEnvironment':'ce'}"))
        .contains("DISABLED");
    aws.call("UpdateComputeEnvironment", "{'computeEnvironment':'ce','state':'DISABLED'}");
    assertThat(aws.refusal("DeleteComputeEnvironment", "{'computeEnvironment':'ce'}"))
        .contains("JobQueue relationship");
    aws.call("DeleteJobQueue", "{'jobQueue':'q'}");
    lab.pass(30);

    aws.call("DeleteComputeEnvironment", "{'computeEnvironment':'ce'}");
    lab.pass(30);

    assertThat(describeEnvironment().isMissingNode()).isTrue();
    makeEnvironment();
    makeQueue("{}");
    aws.submit("sleep10", "{'jobQueue':'q'}");
  }

  @Test
  void environments_are_checked() {
    assertThat(refusal("{'computeResources':{'maxvCpus':0}}")).contains("maxvCpus");
    assertThat(refusal("{'computeResources':{'type':'VAX'}}")).contains("VAX");
    assertThat(refusal("{'computeResources':{'type':'FARGATE'}}")).contains("Fargate");
    assertThat(refusal("{'computeResources':{'subnets':[]}}")).contains("subnets");
    assertThat(refusal("{'computeResources':{'allocationStrategy':'SPOT_CAPACITY_OPTIMIZED'}}"))
        .contains("SPOT only");
    assertThat(refusal("{'type':'OTHER'}")).contains("MANAGED or UNMANAGED");
    assertThat(refusal("{'computeEnvironmentName':'a.b'}")).contains("computeEnvironmentName");
    makeEnvironment();
    assertThat(refusal("{}")).isEqualTo("Object already exists");
  }

  private String refusal(String more) {
    return aws.refusal("CreateComputeEnvironment", environment(more));
  }

  @Test
  void fargate_and_ec2_cannot_be_mixed() {
    makeEnvironment();
    aws.call(
        "CreateComputeEnvironment",
        "{'computeEnvironmentName':'fg','type':'MANAGED','computeResources':{'type':'FARGATE',"
            + "'maxvCpus':4,'subnets':['s'],'securityGroupIds':['g']}}");
    lab.pass(30);

    assertThat(
            aws.refusal(
                "CreateJobQueue",
                "{'jobQueueName':'q','priority':1,'computeEnvironmentOrder':["
                    + "{'order':1,'computeEnvironment':'ce'},"
                    + "{'order':2,'computeEnvironment':'fg'}]}"))
        .contains("mixed");
    aws.call(
        "CreateJobQueue",
        "{'jobQueueName':'q','priority':1,'computeEnvironmentOrder':"
            + "[{'order':1,'computeEnvironment':'fg'}]}");
    lab.pass(30);
    assertThat(
            aws.refusal("SubmitJob", BatchEndpointClient.submission("sleep10", "{'jobQueue':'q'}")))
        .contains("FARGATE");
  }

  @Test
  void definitions_have_revisions_and_are_found_by_name_and_status() {
    aws.register("d", "sleep", "1");
    aws.register("d", "sleep", "2");
    aws.call("DeregisterJobDefinition", "{'jobDefinition':'d:1'}");

    JsonNode active =
        aws.call("DescribeJobDefinitions", "{'jobDefinitionName':'d','status':'ACTIVE'}")
            .path("jobDefinitions");
    JsonNode both = aws.call("DescribeJobDefinitions", "{'jobDefinitionName':'d'}");
    JsonNode first = aws.call("DescribeJobDefinitions", "{'jobDefinitions':['d:1']}");

    assertThat(active).hasSize(1);
    assertThat(active.path(0).path("revision").asInt()).isEqualTo(2);
    assertThat(both.path("jobDefinitions")).hasSize(2);
    assertThat(first.path("jobDefinitions").path(0).path("status").asText()).isEqualTo("INACTIVE");
  }

  @Test
  void a_smaller_weight_factor_is_a_larger_share() {
    aws.call("CreateComputeEnvironment", environment("{'computeResources':{'maxvCpus':4}}"));
    lab.pass(30);
    JsonNode policy =
        aws.call(
            "CreateSchedulingPolicy",
            "{'name':'p','fairsharePolicy':{'shareDecaySeconds':86400,'shareDistribution':["
                + "{'shareIdentifier':'much','weightFactor':0.25},"
                + "{'shareIdentifier':'little','weightFactor':0.75}]}}");
    makeQueue("{'schedulingPolicyArn':'" + policy.path("arn").asText() + "'}");
    for (int i = 0; i < 40; i++) {
      aws.submit("sleep60", "{'jobQueue':'q','jobName':'l','shareIdentifier':'little'}");
      aws.submit("sleep60", "{'jobQueue':'q','jobName':'m','shareIdentifier':'much'}");
    }
    lab.pass(600);

    String done =
        "{'jobQueue':'q','jobStatus':'SUCCEEDED','filters':["
            + "{'name':'SHARE_IDENTIFIER','values':['%s']}]}";
    int much = aws.call("ListJobs", done.formatted("much")).path("jobSummaryList").size();
    int little = aws.call("ListJobs", done.formatted("little")).path("jobSummaryList").size();
    assertThat(much).isEqualTo(30);
    assertThat(little).isEqualTo(10);
  }

  @Test
  void a_policy_can_be_changed_but_neither_added_later_nor_deleted_in_use() {
    makeEnvironment();
    String arn = aws.call("CreateSchedulingPolicy", "{'name':'p'}").path("arn").asText();
    makeQueue("{'schedulingPolicyArn':'" + arn + "'}");

    assertThat(aws.refusal("DeleteSchedulingPolicy", "{'arn':'" + arn + "'}")).contains("used");
    aws.call(
        "UpdateSchedulingPolicy",
        "{'arn':'"
            + arn
            + "','fairsharePolicy':{'shareDistribution':"
            + "[{'shareIdentifier':'a*','weightFactor':0.5}]}}");
    assertThat(
            aws.call("DescribeSchedulingPolicies", "{'arns':['" + arn + "']}")
                .path("schedulingPolicies")
                .path(0)
                .path("fairsharePolicy")
                .path("shareDistribution")
                .path(0)
                .path("weightFactor")
                .asDouble())
        .isEqualTo(0.5);
    assertThat(aws.call("ListSchedulingPolicies", "{}").toString()).contains(arn);
    assertThat(
            aws.refusal(
                "UpdateJobQueue", "{'jobQueue':'default','schedulingPolicyArn':'" + arn + "'}"))
        .contains("without one");
    assertThat(
            aws.refusal(
                "CreateSchedulingPolicy",
                "{'name':'p2','fairsharePolicy':{'shareDistribution':["
                    + "{'shareIdentifier':'a*'},{'shareIdentifier':'ab'}]}}"))
        .contains("overlaps");
  }

  @Test
  void a_job_blocked_for_too_long_is_cancelled_by_the_queue() {
    makeEnvironment();
    makeQueue(
        "{'jobStateTimeLimitActions':[{'reason':'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',"
            + "'state':'RUNNABLE','maxTimeSeconds':600,'action':'CANCEL'},"
            + "{'reason':'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',"
            + "'state':'RUNNABLE','maxTimeSeconds':1200,'action':'CANCEL'}]}");
    String large =
        aws.submit(
            "sleep10",
            "{'jobQueue':'q','containerOverrides':{'resourceRequirements':"
                + "[{'type':'VCPU','value':'64'}]}}");
    lab.backend.failNode("ce-1");
    lab.backend.failNode("ce-2");
    String small = aws.submit("sleep10", "{'jobQueue':'q'}");
    lab.pass(599);
    assertThat(aws.status(large)).isEqualTo("RUNNABLE");
    lab.pass(1);
    assertThat(aws.status(small)).isEqualTo("RUNNABLE");
    lab.pass(600);

    assertThat(aws.describe(large).path("statusReason").asText())
        .isEqualTo(
            "Canceled by JobStateTimeLimit action due to reason:"
                + " MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT");
    assertThat(aws.status(small)).isEqualTo("FAILED");
    assertThat(
            aws.refusal(
                "UpdateJobQueue",
                "{'jobQueue':'q','jobStateTimeLimitActions':[{'reason':"
                    + "'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT','state':'RUNNABLE',"
                    + "'maxTimeSeconds':599,'action':'CANCEL'}]}"))
        .contains("600 to 86400");
  }

  @Test
  void there_are_at_most_three_environments_to_a_queue() {
    makeEnvironment();

    assertThat(
            aws.refusal(
                "CreateJobQueue",
                "{'jobQueueName':'q','priority':1,'computeEnvironmentOrder':["
                    + "{'order':1,'computeEnvironment':'ce'},{'order':2,'computeEnvironment':'ce'},"
                    + "{'order':3,'computeEnvironment':'ce'},{'order':4,'computeEnvironment':'ce'}"
                    + "]}"))
        .contains("1 to 3");
    assertThat(
            aws.refusal(
                "CreateJobQueue",
                "{'jobQueueName':'q','computeEnvironmentOrder':"
                    + "[{'order':1,'computeEnvironment':'ce'}]}"))
        .contains("priority");
  }

  @Test
  void a_queue_that_is_being_updated_takes_jobs() {
    makeEnvironment();
    makeQueue("{}");
    aws.call("UpdateJobQueue", "{'jobQueue':'q','priority':7}");

    assertThat(describeQueue().path("status").asText()).isEqualTo("UPDATING");
    assertThat(describeQueue().path("priority").asInt()).isEqualTo(7);
    aws.submit("sleep10", "{'jobQueue':'q'}");
  }
}
