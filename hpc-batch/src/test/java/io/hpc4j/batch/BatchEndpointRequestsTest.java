package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What AWS Batch is sent, and what a plan says of it. */
class BatchEndpointRequestsTest extends EndpointCases {
  private String artifact(JobRequest request, String name) {
    return hpc.plan(request).artifacts().getOrDefault(name, "");
  }

  @Test
  void a_submission_says_what_was_asked_for_and_no_more() {
    JobDefinition definition =
        JobDefinition.builder("My job")
            .command("solve", "it")
            .environment("LEVEL", "3")
            .resources(Resources.cpus(2).memoryGiB(3))
            .timeout(Duration.ofHours(2))
            .build();
    JobRequest request =
        JobRequest.builder(definition)
            .array(3)
            .priority(7)
            .options(BatchOptions.create().noShim().tag("team", "wrf"))
            .build();

    assertThat(artifact(request, "SubmitJob").replaceAll("\\s", ""))
        .isEqualTo(
            ("{'arrayProperties':{'size':3},'containerOverrides':{'command':['solve','it'],"
                    + "'environment':[{'name':'HPC4J_ARRAY_SIZE','value':'3'},"
                    + "{'name':'HPC4J_INDICES','value':'0-2'},"
                    + "{'name':'HPC4J_JOB_ID','value':'token'},"
                    + "{'name':'HPC4J_JOB_NAME','value':'Myjob'},"
                    + "{'name':'HPC4J_NUM_NODES','value':'1'},{'name':'LEVEL','value':'3'}],"
                    + "'resourceRequirements':[{'type':'VCPU','value':'2'},"
                    + "{'type':'MEMORY','value':'3072'}]},"
                    + "'jobDefinition':'"
                    + artifact(request, "RegisterJobDefinition")
                        .replaceAll("(?s).*(hpc4j-[0-9a-f]{32}).*", "$1")
                    + "','jobName':'h4jtoken-My_job','jobQueue':'normal',"
                    + "'retryStrategy':{'attempts':1},'schedulingPriorityOverride':7,"
                    + "'shareIdentifier':'users','tags':{'team':'wrf'},"
                    + "'timeout':{'attemptDurationSeconds':7200}}")
                .replace('\'', '"'));
  }

  @Test
  void a_plan_shows_what_would_be_sent_and_who_retries() {
    RetryPolicy growing = RetryPolicy.attempts(3).growMemoryOn(Reason.OUT_OF_MEMORY, 2.0);
    Plan plan =
        hpc.plan(
            JobRequest.builder(
                    quick("planned").toBuilder()
                        .resources(Resources.cpus(2).memory(Memory.ofBytes(100_000_001)))
                        .retry(growing)
                        .timeout(Duration.ofMillis(61_500))
                        .build())
                .array(10_001)
                .build());

    assertThat(plan.artifacts())
        .containsOnlyKeys("RegisterJobDefinition", "SubmitJob 0", "SubmitJob 1");
    assertThat(plan.artifacts().get("SubmitJob 0"))
        .contains("\"size\" : 10000", "\"attemptDurationSeconds\" : 62", "\"value\" : \"96\"");
    assertThat(plan.notes())
        .extracting(Plan.Note::toString)
        .anyMatch(note -> note.startsWith("ENDS_WITH_CLIENT retry"))
        .anyMatch(note -> note.startsWith("ROUNDED timeout"))
        .anyMatch(note -> note.startsWith("ROUNDED resources.memory"))
        .anyMatch(note -> note.startsWith("EMULATED array"));
  }

  @Test
  void options_stand_in_the_definition() {
    BatchOptions options =
        BatchOptions.create()
            .sharedMemory(Memory.ofGiB(1))
            .tmpfs("/scratch", Memory.ofMiB(64), "rw")
            .device("/dev/infiniband/uverbs0")
            .hostVolume("/fsx", "/data")
            .efsVolume("fs-1", "/home")
            .secret("TOKEN", "arn:secret")
            .jobRole("arn:role")
            .publicIp()
            .ulimit("memlock", -1, -1)
            .user("1000");
    String definition =
        hpc.plan(JobRequest.builder(quick("o")).options(options).build())
            .artifacts()
            .get("RegisterJobDefinition");

    assertThat(definition)
        .contains(
            "\"sharedMemorySize\" : 1024",
            "\"containerPath\" : \"/scratch\"",
            "\"hostPath\" : \"/dev/infiniband/uverbs0\"",
            "\"sourcePath\" : \"/fsx\"",
            "\"fileSystemId\" : \"fs-1\"",
            "\"valueFrom\" : \"arn:secret\"",
            "\"jobRoleArn\" : \"arn:role\"",
            "\"assignPublicIp\" : \"ENABLED\"",
            "\"name\" : \"memlock\"",
            "\"softLimit\" : -1",
            "\"user\" : \"1000\"");
  }

  @Test
  void several_nodes_are_one_range_from_the_first() {
    JobDefinition gang =
        quick("gang").toBuilder().resources(Resources.nodes(3)).launch(Launch.PER_NODE).build();
    Plan plan = hpc.plan(JobRequest.of(gang));

    assertThat(plan.artifacts().get("RegisterJobDefinition"))
        .contains("\"targetNodes\" : \"0:\"", "\"type\" : \"multinode\"");
    assertThat(plan.artifacts().get("SubmitJob"))
        .contains("\"numNodes\" : 3", "\"targetNodes\" : \"0:\"");
  }
}
