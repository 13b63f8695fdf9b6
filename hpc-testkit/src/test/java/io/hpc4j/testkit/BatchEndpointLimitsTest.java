package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The numbers in AWS's texts: what is just allowed, and one more. */
@Timeout(120)
class BatchEndpointLimitsTest {
  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;
  private int made;

  @AfterEach
  void close() {
    lab.close();
  }

  /** In each request {@code @} is what differs, and {@code #} a new number. */
  private DynamicTest limit(
      String name, String operation, String request, Object allowed, Object... refused) {
    return dynamicTest(
        name,
        () -> {
          for (Object value : refused) {
            assertThat(aws.refusal(operation, filled(request, value))).isNotBlank();
          }
          aws.call(operation, filled(request, allowed));
        });
  }

  private ObjectNode filled(String request, Object value) {
    made++;
    return BatchEndpointLab.json(
        request.replace("@", value.toString()).replace("#", String.valueOf(made)));
  }

  private static String list(int size, String element) {
    return IntStream.range(0, size)
        .mapToObj(i -> element.replace("%", String.valueOf(i)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String map(int size) {
    return IntStream.range(0, size)
        .mapToObj(i -> "'k" + i + "':'v'")
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String job(String more) {
    return "{'jobName':'j','jobQueue':'default','jobDefinition':'sleep10'," + more + "}";
  }

  private static String definition(String more) {
    return "{'jobDefinitionName':'d#','type':'container','containerProperties':{'image':'i',"
        + "'resourceRequirements':[{'type':'VCPU','value':'1'},{'type':'MEMORY','value':'64'}]},"
        + more
        + "}";
  }

  private static String container(String more) {
    return "{'jobDefinitionName':'d#','type':'container','containerProperties':{'image':'i',"
        + "'vcpus':1,'memory':64,"
        + more
        + "}}";
  }

  private static String fargate(String more) {
    return "{'jobDefinitionName':'d#','type':'container','platformCapabilities':['FARGATE'],"
        + "'containerProperties':{'image':'i','executionRoleArn':'r','resourceRequirements':"
        + "[{'type':'VCPU','value':'1'},{'type':'MEMORY','value':'2048'}],"
        + more
        + "}}";
  }

  private static String nodes(String nodes, String main, String ranges) {
    return "{'jobDefinitionName':'d#','type':'multinode','nodeProperties':{'numNodes':"
        + nodes
        + ",'mainNode':"
        + main
        + ",'nodeRangeProperties':"
        + ranges
        + "}}";
  }

  private static String range(String target) {
    return "{'targetNodes':'" + target + "','container':{'image':'i','vcpus':1,'memory':64}}";
  }

  private static String environment(String more) {
    return "{'computeEnvironmentName':'c#','type':'MANAGED','computeResources':{'type':'EC2',"
        + "'maxvCpus':8,'instanceTypes':['c5.xlarge'],'subnets':['s'],'instanceRole':'r',"
        + more
        + "}}";
  }

  private static String queue(String more) {
    return "{'jobQueueName':'q#','priority':1,'computeEnvironmentOrder':"
        + "[{'order':1,'computeEnvironment':'cluster'}],"
        + more
        + "}";
  }

  private static String policy(String more) {
    return "{'name':'p#','fairsharePolicy':{" + more + "}}";
  }

  private static String limitAction(String seconds) {
    return "'jobStateTimeLimitActions':[{'reason':'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',"
        + "'state':'RUNNABLE','action':'CANCEL','maxTimeSeconds':"
        + seconds
        + "}]";
  }

  @TestFactory
  Stream<DynamicTest> of_submissions() {
    String retry = "'retryStrategy':{'attempts':@}";
    String entries = "'retryStrategy':{'attempts':2,'evaluateOnExit':@}";
    String pattern =
        "'retryStrategy':{'attempts':2,'evaluateOnExit':[{'onReason':'@','action':'EXIT'}]}";
    return Stream.of(
        limit("array of 2", "SubmitJob", job("'arrayProperties':{'size':@}"), 2, 0, 1, -1),
        limit("array of 10000", "SubmitJob", job("'arrayProperties':{'size':@}"), 10_000, 10_001),
        limit("1 attempt", "SubmitJob", job(retry), 1, 0, -1),
        limit("10 attempts", "SubmitJob", job(retry), 10, 11),
        limit(
            "5 entries",
            "SubmitJob",
            job(entries),
            list(5, "{'action':'EXIT'}"),
            list(6, "{'action':'EXIT'}")),
        limit("patterns of 512", "SubmitJob", job(pattern), "r".repeat(512), "r".repeat(513)),
        limit("timeout", "SubmitJob", job("'timeout':{'attemptDurationSeconds':@}"), 60, 59, -1),
        limit("priority of 0", "SubmitJob", job("'schedulingPriorityOverride':@"), 0, -1),
        limit("priority of 9999", "SubmitJob", job("'schedulingPriorityOverride':@"), 9999, 10_000),
        limit("50 tags", "SubmitJob", job("'tags':@"), map(50), map(51)),
        limit(
            "tag keys of 128",
            "SubmitJob",
            job("'tags':{'@':'v'}"),
            "k".repeat(128),
            "k".repeat(129),
            ""),
        limit(
            "tag values of 256",
            "SubmitJob",
            job("'tags':{'k':'@'}"),
            "v".repeat(256),
            "v".repeat(257)),
        limit(
            "30 KiB",
            "SubmitJob",
            job("'parameters':{'p':'@'}"),
            "x".repeat(30 * 1024 - 200),
            "x".repeat(30 * 1024)),
        limit(
            "names of 128",
            "SubmitJob",
            "{'jobName':'@','jobQueue':'default','jobDefinition':'sleep10'}",
            "n".repeat(128),
            "n".repeat(129),
            "_n",
            "-n",
            "n n",
            "n\u00e9"),
        limit(
            "shares of 255",
            "SubmitJob",
            "{'jobName':'j','jobQueue':'fair','jobDefinition':'sleep10','shareIdentifier':'@'}",
            "s".repeat(255),
            "s".repeat(256),
            "s-1"),
        limit(
            "reasons of 1024",
            "TerminateJob",
            "{'jobId':'x','reason':'@'}",
            "r".repeat(1024),
            "r".repeat(1025)),
        limit("100 ids", "DescribeJobs", "{'jobs':@}", list(100, "'i%'"), list(101, "'i%'"), "[]"));
  }

  @TestFactory
  Stream<DynamicTest> of_definitions() {
    String linux = "'linuxParameters':{'%s':@}";
    String efs =
        "'volumes':[{'efsVolumeConfiguration':{'fileSystemId':'f','transitEncryptionPort':@}}]";
    String root = "'volumes':[{'efsVolumeConfiguration':{'fileSystemId':'f','rootDirectory':'@'}}]";
    String register = "RegisterJobDefinition";
    return Stream.of(
        limit("timeout", register, definition("'timeout':{'attemptDurationSeconds':@}"), 60, 59),
        limit("priority", register, definition("'schedulingPriority':@"), 9999, 10_000, -1),
        limit(
            "24 KiB",
            register,
            definition("'parameters':{'p':'@'}"),
            "x".repeat(24 * 1024 - 300),
            "x".repeat(24 * 1024)),
        limit(
            "memory",
            register,
            container("'resourceRequirements':[{'type':'MEMORY','value':'@'}]"),
            4,
            3,
            0,
            -4,
            "4.5",
            "x",
            "1e9"),
        limit(
            "cpus",
            register,
            container("'resourceRequirements':[{'type':'VCPU','value':'@'}]"),
            1,
            0,
            "0.5",
            -1),
        limit("swappiness", register, container(linux.formatted("swappiness")), 100, 101, -1),
        limit("swap", register, container(linux.formatted("maxSwap")), 0, -1),
        limit("shared memory", register, container(linux.formatted("sharedMemorySize")), 1, 0),
        limit("port of 65535", register, container(efs), 65_535, 65_536, -1),
        limit("directory of 4096", register, container(root), "d".repeat(4096), "d".repeat(4097)),
        limit(
            "log drivers",
            register,
            container("'logConfiguration':{'logDriver':'@'}"),
            "awsfirelens",
            "logentries"),
        limit("storage of 21", register, fargate("'ephemeralStorage':{'sizeInGiB':@}"), 21, 20),
        limit("storage of 200", register, fargate("'ephemeralStorage':{'sizeInGiB':@}"), 200, 201),
        limit("1000 nodes", register, nodes("@", "0", "[" + range("0:") + "]"), 1000, 1001, 0, -1),
        limit("main node", register, nodes("3", "@", "[" + range("0:") + "]"), 2, 3, -1),
        limit(
            "5 ranges",
            register,
            nodes("9", "0", "@"),
            "[" + range("0:") + "," + ranges(4) + "]",
            "[" + range("0:") + "," + ranges(5) + "]",
            "[]"),
        limit(
            "ranges",
            register,
            nodes("4", "0", "[{'targetNodes':'@','container':{'image':'i','vcpus':1,'memory':4}}]"),
            "0:3",
            "0:4",
            "1:3",
            "0:2",
            "3:0",
            "0:1:3",
            "x",
            "-1:3",
            ":99999999999"));
  }

  private static String ranges(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> range(i + ":" + i))
        .collect(Collectors.joining(","));
  }

  @TestFactory
  Stream<DynamicTest> of_environments() {
    String create = "CreateComputeEnvironment";
    String template = "'launchTemplate':{'launchTemplateName':'t','overrides':@}";
    return Stream.of(
        limit("least cpus", create, environment("'minvCpus':@"), 8, 9, -1),
        limit("desired cpus", create, environment("'desiredvCpus':@"), 8, 9, -1),
        limit("scale down", create, environment(scaling()), 20, 19, 10_081, -1),
        limit("no scale down", create, environment(scaling()), 0, 1),
        limit("scale down in a week", create, environment(scaling()), 10_080, 10_081),
        limit("16 subnets", create, environment("'subnets':@"), list(16, "'s%'"), list(17, "'s%'")),
        limit("10 overrides", create, environment(template), list(10, "{}"), list(11, "{}")),
        limit("strategies", create, environment("'allocationStrategy':'@'"), "BEST_FIT", "WORST"),
        limit(
            "spot's strategy",
            create,
            environment("'allocationStrategy':'@'"),
            "BEST_FIT_PROGRESSIVE_ORDERED",
            "SPOT_CAPACITY_OPTIMIZED"),
        limit(
            "7200 minutes",
            "UpdateComputeEnvironment",
            "{'computeEnvironment':'cluster','updatePolicy':{'jobExecutionTimeoutMinutes':@}}",
            7200,
            7201,
            0),
        limit(
            "names",
            create,
            environment("'tags':{}").replace("c#", "@"),
            "c".repeat(128),
            "c".repeat(129),
            "c c"));
  }

  private static String scaling() {
    return "'scalingPolicy':{'minScaleDownDelayMinutes':@}";
  }

  @TestFactory
  Stream<DynamicTest> of_queues_and_policies() {
    String share = "'shareDistribution':[{'shareIdentifier':'a','weightFactor':@}]";
    return Stream.of(
        limit("600 seconds", "CreateJobQueue", queue(limitAction("@")), 600, 599),
        limit("a day", "CreateJobQueue", queue(limitAction("@")), 86_400, 86_401),
        limit(
            "types",
            "CreateJobQueue",
            queue("'jobQueueType':'@'"),
            "ECS",
            "ECS_FARGATE",
            "EKS",
            "SAGEMAKER_TRAINING"),
        limit(
            "decay",
            "CreateSchedulingPolicy",
            policy("'shareDecaySeconds':@"),
            604_800,
            604_801,
            -1),
        limit(
            "reservation", "CreateSchedulingPolicy", policy("'computeReservation':@"), 99, 100, -1),
        limit(
            "small weights",
            "CreateSchedulingPolicy",
            policy(share),
            "0.0001",
            "0.00009",
            "0",
            "-1"),
        limit("large weights", "CreateSchedulingPolicy", policy(share), "999.9999", "1000"),
        limit(
            "shares that overlap",
            "CreateSchedulingPolicy",
            policy("'shareDistribution':[{'shareIdentifier':'UserA*'},{'shareIdentifier':'@'}]"),
            "UserB1",
            "UserA1",
            "UserA*",
            "UserA2*"),
        limit(
            "100 policies",
            "DescribeSchedulingPolicies",
            "{'arns':@}",
            list(100, "'a%'"),
            list(101, "'a%'"),
            "[]"));
  }

  @TestFactory
  List<DynamicTest> of_how_many_there_may_be() {
    return List.of(
        dynamicTest(
            "50 queues",
            () -> {
              for (int i = 2; i < 50; i++) {
                aws.call("CreateJobQueue", filled(queue("'state':'ENABLED'"), ""));
              }
              assertThat(aws.refusal("CreateJobQueue", filled(queue("'state':'ENABLED'"), "")))
                  .contains("at most 50");
            }),
        dynamicTest(
            "50 environments",
            () -> {
              for (int i = 1; i < 50; i++) {
                aws.call("CreateComputeEnvironment", filled(environment("'minvCpus':0"), ""));
              }
              assertThat(
                      aws.refusal(
                          "CreateComputeEnvironment", filled(environment("'minvCpus':0"), "")))
                  .contains("at most 50");
            }));
  }
}
