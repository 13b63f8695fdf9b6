package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A request of each kind that is all right, to be changed into nonsense in any place, and an
 * endpoint that has to answer it: in JSON, and never that the service is to blame.
 */
final class HostileRequests implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String CONTAINER =
      "{'image':'i','command':['sleep','1'],'vcpus':1,'memory':64,'environment':[{'name':'A','value':'b'}],"
          + "'resourceRequirements':[{'type':'VCPU','value':'1'},{'type':'MEMORY','value':'64'}],"
          + "'linuxParameters':{'swappiness':1,'devices':[{'hostPath':'/x','permissions':['READ']}]},"
          + "'volumes':[{'host':{'sourcePath':'/x'},'efsVolumeConfiguration':{'fileSystemId':'f',"
          + "'transitEncryptionPort':1}}],'ephemeralStorage':{'sizeInGiB':21}}";
  private static final String RETRY =
      "'retryStrategy':{'attempts':2,'evaluateOnExit':[{'onExitCode':'1','onReason':'a*',"
          + "'onStatusReason':'b','action':'RETRY'}]},'timeout':{'attemptDurationSeconds':60},"
          + "'tags':{'a':'b'},'parameters':{'p':'v'},'propagateTags':true";
  private static final String COMPUTE =
      "'computeResources':{'type':'EC2','minvCpus':0,'maxvCpus':4,'desiredvCpus':1,"
          + "'instanceTypes':['c5.xlarge'],'subnets':['s'],'instanceRole':'r','allocationStrategy':"
          + "'BEST_FIT_PROGRESSIVE','scalingPolicy':{'minScaleDownDelayMinutes':20},"
          + "'launchTemplate':{'launchTemplateName':'t','overrides':[{'targetInstanceTypes':['x']}]}}";

  private static final List<String> NONSENSE =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1",
          "2147483647",
          "-2147483648",
          "9223372036854775807",
          "-9223372036854775808",
          "123456789012345678901234567890",
          "1.5",
          "1e400",
          "''",
          "'x'",
          "' '",
          "'a:b:c'",
          "'-1'",
          "'4294967295'",
          "'99999999999'",
          "'1e999999999'",
          "'*'",
          "'p'",
          "'c5.99999999999xlarge'",
          "'m5.0xlarge'",
          "'\\u00e9\\u4e2d\\ud83d\\ude00'",
          "'\\ud800'",
          "'\\u0000'",
          "'" + "y".repeat(2000) + "'",
          "[]",
          "[null]",
          "[[[['x']]]]",
          "{}",
          "{'name':{'name':1}}",
          "[{'name':'x'},{'name':'x'}]");

  /** By operation, and what tells those of the same operation apart. */
  static final Map<String, String> REQUESTS = new TreeMap<>();

  static {
    REQUESTS.put("CancelJob", "{'jobId':'x','reason':'r'}");
    REQUESTS.put("TerminateJobs", "{'jobs':['x'],'reason':'r'}");
    REQUESTS.put(
        "CreateComputeEnvironment",
        "{'computeEnvironmentName':'c','type':'MANAGED','state':'ENABLED','unmanagedvCpus':1,"
            + COMPUTE
            + ",'tags':{'a':'b'}}");
    REQUESTS.put(
        "UpdateComputeEnvironment",
        "{'computeEnvironment':'cluster','unmanagedvCpus':1,"
            + COMPUTE
            + ",'updatePolicy':{'jobExecutionTimeoutMinutes':30}}");
    REQUESTS.put("DeleteComputeEnvironment", "{'computeEnvironment':'x'}");
    REQUESTS.put(
        "DescribeComputeEnvironments",
        "{'computeEnvironments':['x'],'maxResults':1,'nextToken':'1'}");
    REQUESTS.put(
        "CreateConsumableResource",
        "{'consumableResourceName':'r','totalQuantity':1,'resourceType':'REPLENISHABLE'}");
    REQUESTS.put(
        "UpdateConsumableResource",
        "{'consumableResource':'licence','operation':'ADD','quantity':1,'clientToken':'x'}");
    REQUESTS.put("DescribeConsumableResource", "{'consumableResource':'licence'}");
    REQUESTS.put(
        "ListConsumableResources",
        "{'filters':[{'name':'CONSUMABLE_RESOURCE_NAME','values':['l*']}],'maxResults':1,"
            + "'nextToken':'1'}");
    REQUESTS.put(
        "ListJobsByConsumableResource",
        "{'consumableResource':'licence','filters':[{'name':'JOB_STATUS','values':['FAILED']}],"
            + "'maxResults':1,'nextToken':'1'}");
    REQUESTS.put(
        "CreateJobQueue",
        "{'jobQueueName':'q','state':'ENABLED','priority':1,'schedulingPolicyArn':'arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair',"
            + "'computeEnvironmentOrder':[{'order':1,'computeEnvironment':'cluster'}],"
            + "'jobStateTimeLimitActions':[{'reason':'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',"
            + "'state':'RUNNABLE','maxTimeSeconds':600,'action':'CANCEL'}],'jobQueueType':'ECS'}");
    REQUESTS.put(
        "UpdateJobQueue",
        "{'jobQueue':'fair','state':'ENABLED','priority':1,"
            + "'computeEnvironmentOrder':[{'order':1,'computeEnvironment':'cluster'}]}");
    REQUESTS.put("DeleteJobQueue", "{'jobQueue':'x'}");
    REQUESTS.put("DescribeJobQueues", "{'jobQueues':['x'],'maxResults':1,'nextToken':'1'}");
    REQUESTS.put("GetJobQueueSnapshot", "{'jobQueue':'default'}");
    REQUESTS.put(
        "CreateSchedulingPolicy",
        "{'name':'p','fairsharePolicy':{'shareDecaySeconds':60,'computeReservation':1,"
            + "'shareDistribution':[{'shareIdentifier':'a*','weightFactor':1.5}]}}");
    REQUESTS.put(
        "UpdateSchedulingPolicy",
        "{'arn':'arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair','fairsharePolicy':"
            + "{'shareDecaySeconds':60,'shareDistribution':[{'shareIdentifier':'a'}]}}");
    REQUESTS.put("DescribeSchedulingPolicies", "{'arns':['x']}");
    REQUESTS.put("ListSchedulingPolicies", "{'maxResults':1,'nextToken':'1'}");
    REQUESTS.put(
        "RegisterJobDefinition",
        "{'jobDefinitionName':'d','type':'container','schedulingPriority':1,"
            + "'platformCapabilities':['EC2'],'containerProperties':"
            + CONTAINER
            + ",'consumableResourceProperties':{'consumableResourceList':[{'consumableResource':"
            + "'licence','quantity':1}]},"
            + RETRY
            + "}");
    REQUESTS.put(
        "RegisterJobDefinition multinode",
        "{'jobDefinitionName':'d','type':'multinode','nodeProperties':{'numNodes':2,'mainNode':0,"
            + "'nodeRangeProperties':[{'targetNodes':'0:','container':"
            + CONTAINER
            + "}]}}");
    REQUESTS.put(
        "RegisterJobDefinition task",
        BatchEndpointTaskTest.definition(
                BatchEndpointTaskTest.container(
                    "a", "x", BatchEndpointTaskTest.after("b", "START"), "'stopTimeout':2"),
                BatchEndpointTaskTest.container("b", "x", "'essential':false"))
            .toString());
    REQUESTS.put("DeregisterJobDefinition", "{'jobDefinition':'x:1'}");
    REQUESTS.put(
        "DescribeJobDefinitions",
        "{'jobDefinitions':['x'],'jobDefinitionName':'y','status':'ACTIVE','maxResults':1,"
            + "'nextToken':'1'}");
    REQUESTS.put(
        "SubmitJob",
        "{'jobName':'j','jobQueue':'default','jobDefinition':'sleep10','arrayProperties':"
            + "{'size':2},'dependsOn':[{'type':'SEQUENTIAL'}],'schedulingPriorityOverride':1,"
            + "'containerOverrides':{'command':['sleep','1'],'vcpus':1,'environment':[{'name':'A',"
            + "'value':'b'}],'resourceRequirements':[{'type':'VCPU','value':'1'}]},"
            + RETRY
            + "}");
    REQUESTS.put(
        "SubmitJob multinode",
        "{'jobName':'j','jobQueue':'default','jobDefinition':'nodes','nodeOverrides':"
            + "{'numNodes':2,'nodePropertyOverrides':[{'targetNodes':'0:','containerOverrides':"
            + "{'command':['sleep','1']}}]}}");
    REQUESTS.put(
        "SubmitJob fair share",
        "{'jobName':'j','jobQueue':'fair','jobDefinition':'sleep10','shareIdentifier':'a',"
            + "'consumableResourcePropertiesOverride':{'consumableResourceList':"
            + "[{'consumableResource':'licence','quantity':1}]}}");
    REQUESTS.put("DescribeJobs", "{'jobs':['x']}");
    REQUESTS.put(
        "ListJobs",
        "{'jobQueue':'default','jobStatus':'RUNNABLE','maxResults':1,'nextToken':'1','filters':"
            + "[{'name':'JOB_NAME','values':['x']}]}");
  }

  private final BatchEndpointLab lab = new BatchEndpointLab();

  HostileRequests() {
    lab.aws.call(
        "CreateConsumableResource", "{'consumableResourceName':'licence','totalQuantity':9}");
    lab.aws.call(
        "RegisterJobDefinition",
        "{'jobDefinitionName':'nodes','type':'multinode','nodeProperties':{'numNodes':2,"
            + "'mainNode':0,'nodeRangeProperties':[{'targetNodes':'0:','container':"
            + CONTAINER
            + "}]}}");
  }

  private static ObjectNode request(String name) {
    return BatchEndpointLab.json(Objects.requireNonNull(REQUESTS.get(name), name));
  }

  /** Sends a request as it is. */
  int send(String name) throws IOException {
    return send(name, request(name));
  }

  /** Sends a request with each nonsense in each of its places. */
  void walk(String name) throws IOException {
    int places = places(request(name)).size();
    for (int place = 0; place < places; place++) {
      for (String value : NONSENSE) {
        ObjectNode changed = request(name);
        places(changed).get(place).accept(nonsense(value));
        send(name, changed);
      }
    }
  }

  /** Sends a request with nonsense in so many of its places. */
  void sendChanged(String name, Random random, int changes) throws IOException {
    ObjectNode changed = request(name);
    for (int i = 0; i < changes; i++) {
      List<Consumer<JsonNode>> places = places(changed);
      places
          .get(random.nextInt(places.size()))
          .accept(nonsense(NONSENSE.get(random.nextInt(NONSENSE.size()))));
    }
    send(name, changed);
  }

  private static JsonNode nonsense(String value) throws IOException {
    return MAPPER.readTree(value.replace('\'', '"'));
  }

  /** Half a character can only be sent as an escape. */
  private static String text(ObjectNode request) {
    StringBuilder text = new StringBuilder();
    request
        .toString()
        .chars()
        .forEach(
            c -> text.append(c < 128 ? String.valueOf((char) c) : String.format("\\u%04x", c)));
    return text.toString();
  }

  private int send(String name, ObjectNode request) throws IOException {
    String operation = name.split(" ", 2)[0];
    String body = text(request);
    HttpResponse<byte[]> response =
        lab.aws.send(
            lab.aws
                .request("/v1/" + operation.toLowerCase(Locale.ROOT))
                .POST(BodyPublishers.ofString(body))
                .build());
    assertThat(response.statusCode()).as("%s: %s", operation, body).isIn(200, 400);
    JsonNode reply = MAPPER.readTree(response.body());
    assertThat(reply.isObject()).as("%s: %s", operation, body).isTrue();
    if (response.statusCode() == 400) {
      assertThat(reply.path("message").asText()).as("%s: %s", operation, body).isNotBlank();
    }
    if (response.statusCode() == 200 && operation.startsWith("Create")) {
      remove(operation.substring("Create".length()), reply);
    }
    return response.statusCode();
  }

  /** Makes room for the next one of that name. */
  private void remove(String noun, JsonNode made) {
    ObjectNode request = MAPPER.createObjectNode();
    switch (noun) {
      case "ComputeEnvironment", "JobQueue" -> {
        String member = Character.toLowerCase(noun.charAt(0)) + noun.substring(1);
        request.put(member, made.path(member + "Name").asText()).put("state", "DISABLED");
        lab.aws.call("Update" + noun, request);
        request.remove("state");
      }
      case "SchedulingPolicy" -> request.put("arn", made.path("arn").asText());
      default -> request.put("consumableResource", made.path("consumableResourceName").asText());
    }
    lab.aws.call("Delete" + noun, request);
  }

  /** What puts something else in each place. */
  private static List<Consumer<JsonNode>> places(JsonNode request) {
    List<Consumer<JsonNode>> places = new ArrayList<>();
    add(request, places);
    return places;
  }

  private static void add(JsonNode node, List<Consumer<JsonNode>> places) {
    if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int index = i;
        places.add(value -> array.set(index, value));
        add(array.get(i), places);
      }
    } else if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              member -> {
                places.add(value -> object.set(member.getKey(), value));
                add(member.getValue(), places);
              });
    }
  }

  @Override
  public void close() {
    lab.close();
  }
}
