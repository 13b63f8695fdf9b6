package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import io.hpc4j.testkit.BatchEndpoint;
import io.hpc4j.testkit.ContractWork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of AWS Batch, and how often. */
class BatchEndpointRequestsTest extends EndpointCases {
  @TempDir Path stored;

  // ---- definitions

  @Test
  void another_program_uses_the_definition_that_is_there() {
    Job first = hpc.submit(quick("first"));
    Job second = client(program(b -> b)).submit(quick("second"));

    assertThat(end(first).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(second).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(calls("RegisterJobDefinition")).isEqualTo(1);
  }

  @Test
  void definitions_are_deleted_only_when_they_are_old_ours_and_unused() {
    String theirs = register("theirs");
    Job open = hpc.submit(endless("open"));
    open.await(JobState.RUNNING, fixture.patience());

    assertThat(backend.deleteUnusedDefinitions(Duration.ZERO)).isEmpty();
    open.cancel();
    end(open);
    assertThat(backend.deleteUnusedDefinitions(Duration.ofDays(30))).isEmpty();
    pass(Duration.ofDays(2));
    assertThat(backend.deleteUnusedDefinitions(Duration.ofDays(1)))
        .singleElement()
        .isNotEqualTo(theirs);

    Job existing =
        hpc.submit(quick("on it"), r -> r.options(BatchOptions.create().useExisting(theirs)));
    assertThat(end(existing).state()).isEqualTo(JobState.SUCCEEDED);
  }

  // ---- asking

  @Test
  void jobs_are_asked_for_in_hundreds() {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      jobs.add(hpc.submit(endless("one of many")));
    }
    int before = calls("DescribeJobs");

    assertThat(backend.describe(jobs.stream().map(Job::id).toList())).hasSize(250);
    assertThat(calls("DescribeJobs") - before).isEqualTo(3);
  }

  @Test
  void a_question_about_one_job_asks_for_that_one() {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      jobs.add(hpc.submit(endless("one of many")));
    }
    int before = calls("DescribeJobs");

    assertThat(jobs.get(7).attempts()).isEmpty();
    assertThat(jobs.get(8).explain()).isPresent();
    assertThat(calls("DescribeJobs") - before).isEqualTo(2);
  }

  @Test
  void an_array_is_one_job_to_ask_for() {
    Job array = hpc.submit(endless("large"), r -> r.array(5000));
    pass(Duration.ofSeconds(1));
    int before = calls("DescribeJobs");

    JobStatus status = backend.describe(List.of(array.id())).values().iterator().next();

    assertThat(status.state()).isEqualTo(JobState.RUNNING);
    assertThat(status.counts()).containsEntry(JobState.RUNNING, 8);
    assertThat(status.counts().values().stream().mapToInt(n -> n).sum()).isEqualTo(5000);
    assertThat(calls("DescribeJobs") - before).isEqualTo(1);
    assertThat(calls("ListJobs")).isZero();
  }

  // ---- arrays

  @Test
  void another_program_finds_all_parts_of_an_array() {
    Job array =
        hpc.submit(
            fixture.work("parts", ContractWork.quick().exit(4).inElements(10_001)).build(),
            r -> r.array(10_002));
    end(array);
    Job found = client(program(b -> b)).job(JobId.parse(array.id().toString()));

    assertThat(found.refresh().state()).isEqualTo(JobState.FAILED);
    assertThat(found.indices(JobState.FAILED)).isEqualTo(IndexSet.of(10_001));
    assertThat(found.element(10_001).status().exit().orElseThrow().code()).hasValue(4);
  }

  @Test
  void a_failure_budget_ends_what_waits() {
    ContractWork work =
        ContractWork.quick()
            .exit(1)
            .inElements(0)
            .otherwise(ContractWork.lasting(Duration.ofHours(1)));
    Job array =
        end(hpc.submit(fixture.work("budget", work).build(), r -> r.array(20).maxFailures(0)));

    assertThat(array.state()).isEqualTo(JobState.FAILED);
    assertThat(array.status().reason()).contains(Reason.NON_ZERO_EXIT);
    assertThat(array.status().count(JobState.CANCELLED)).isPositive();
    assertThat(array.status().count(JobState.SUCCEEDED)).isPositive();
    assertThat(array.element(19).status().message()).contains("budget of 0");
  }

  @Test
  void failing_fast_ends_what_runs_too() {
    ContractWork work =
        ContractWork.quick().exit(1).inElements(0).otherwise(ContractWork.endless());
    Job array = end(hpc.submit(fixture.work("fast", work).build(), r -> r.array(20).failFast()));

    assertThat(array.status().count(JobState.FAILED)).isEqualTo(1);
    assertThat(array.status().count(JobState.CANCELLED)).isEqualTo(19);
  }

  // ---- dependencies

  @Test
  void a_dependency_on_attempts_of_this_programs_own_waits_here() {
    RetryPolicy later = RetryPolicy.attempts(2).delay(Duration.ofMinutes(5));
    Job first =
        hpc.submit(
            fixture.work("first", ContractWork.quick().exit(1).inAttempts(1)).retry(later).build());
    Job second = hpc.submit(quick("second"), r -> r.after(first));

    assertThat(endpoint.jobs()).hasSize(1);
    assertThat(second.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(end(second).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(3);
  }

  // ---- refusals

  @Test
  void everything_that_is_wrong_is_said_at_once_and_nothing_is_sent() {
    JobDefinition bad =
        quick("bad").toBuilder()
            .command("echo", "")
            .resources(Resources.cpus(900).gpus(1).consumable("licence", 1))
            .build();

    assertThat(problems(JobRequest.builder(bad).queue("normal").build()))
        .extracting(Problem::field)
        .contains("work.command", "resources", "resources.gpus", "resources.consumables");
    assertThat(calls("SubmitJob") + calls("RegisterJobDefinition")).isZero();
  }

  @Test
  void without_an_image_or_a_queue_or_a_share_nothing_is_sent() {
    BatchBackend bare = BatchBackend.builder(fixture.client()).time(fixture.time()).build();
    JobRequest plain = JobRequest.of(quick("bare"));

    assertThat(bare.check(plain)).extracting(Problem::field).contains("queue", "image");
    assertThat(bare.check(plain.toBuilder().queue("normal").build()))
        .extracting(Problem::field)
        .contains("share", "image");
  }

  @Test
  void fargate_has_its_own_rules() {
    JobDefinition large =
        quick("large").toBuilder().resources(Resources.cpus(16).memoryGiB(121).gpus(1)).build();

    assertThat(problems(large, BatchOptions.create().fargate().sharedMemory(Memory.ofGiB(1))))
        .extracting(Problem::field)
        .contains(
            "resources",
            "resources.gpus",
            "options.batch.executionRole",
            "options.batch.sharedMemory");
  }

  @Test
  void without_a_shell_what_needs_one_is_refused() {
    BatchOptions noShim = BatchOptions.create().noShim();

    assertThat(
            problems(
                JobRequest.builder(quick("sparse").toBuilder().workingDirectory("/x").build())
                    .array(IndexSet.of(1, 3))
                    .options(noShim)
                    .build()))
        .extracting(Problem::field)
        .contains("array", "workingDirectory");
    JobRef[] many =
        IntStream.range(0, 21).mapToObj(i -> hpc.submit(quick("first"))).toArray(JobRef[]::new);
    assertThat(problems(JobRequest.builder(quick("many")).after(many).options(noShim).build()))
        .extracting(Problem::field)
        .containsExactly("dependencies");
    assertThat(problems(quick("plain"), noShim)).isEmpty();
  }

  @Test
  void a_queue_without_a_policy_takes_no_share_and_uses_no_priority() {
    JobRequest plain = JobRequest.builder(quick("plain")).queue("fifo").priority(5).build();

    assertThat(problems(plain.toBuilder().share("physics").build()))
        .singleElement()
        .satisfies(problem -> assertThat(problem.field()).isEqualTo("share"));
    assertThat(hpc.plan(plain).notes())
        .anyMatch(note -> note.toString().startsWith("UNUSED priority"));
    assertThat(end(hpc.submit(plain)).state()).isEqualTo(JobState.SUCCEEDED);
  }

  // ---- what is sent

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
  void retries_that_aws_can_tell_are_its_own() {
    Job job = end(hpc.submit(failing("twice").toBuilder().retry(RetryPolicy.attempts(2)).build()));

    assertThat(job.attempts()).hasSize(2);
    assertThat(endpoint.jobs()).hasSize(1);
    assertThat(
            hpc.plan(JobRequest.of(failing("x").toBuilder().retry(RetryPolicy.attempts(2)).build()))
                .notes())
        .noneMatch(note -> note.kind() == Plan.Kind.ENDS_WITH_CLIENT);
  }

  @Test
  void grown_memory_is_a_new_job_of_aws_with_more() {
    RetryPolicy growing = RetryPolicy.attempts(2).growMemoryOn(Reason.NON_ZERO_EXIT, 2.0);
    Job job =
        end(
            hpc.submit(
                failing("grows").toBuilder()
                    .resources(Resources.cpus(1).memoryGiB(1))
                    .retry(growing)
                    .build()));

    assertThat(job.attempts()).hasSize(2);
    assertThat(described(1).container().resourceRequirements())
        .anyMatch(r -> r.typeAsString().equals("MEMORY") && r.value().equals("2048"));
    assertThat(described(1).jobName()).contains("_1_2-");
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

  // ---- another program goes on

  @Test
  void a_program_that_opens_the_store_again_carries_on_with_further_attempts() {
    RetryPolicy later = RetryPolicy.attempts(2).delay(Duration.ofMinutes(30));
    JobClient first = keeping();
    Job job = first.submit(failing("goes on").toBuilder().retry(later).build());
    first.close();

    Job resumed = end(keeping().resume().get(0));

    assertThat(resumed.id()).isEqualTo(job.id());
    assertThat(resumed.attempts()).hasSize(2);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  /** A client with a store, in a scope that the others do not follow. */
  private JobClient keeping() {
    BatchBackend program = program(b -> b.scope("kept"));
    return client(JobClient.builder(program).store(JobStore.file(stored)).build());
  }

  // ---- the account

  @Test
  void queues_are_told_with_their_environments_and_policy() {
    assertThat(hpc.queues()).extracting(JobQueue::name).contains("normal", "other");
    assertThat(hpc.queues().get(0).policy().isFairShare()).isTrue();
    assertThat(hpc.environments()).hasSize(1);
    assertThat(hpc.defaultQueue()).contains("normal");
  }

  @Test
  void what_waits_behind_others_says_how_many_go_first() {
    Job running = hpc.submit(endless("all"), r -> r.array(8));
    pass(Duration.ofSeconds(1));
    Job first = hpc.submit(quick("first"));
    Job second = hpc.submit(quick("second"));
    pass(Duration.ofSeconds(1));

    assertThat(running.refresh().state()).isEqualTo(JobState.RUNNING);
    assertThat(first.explain().map(WaitReason::kind)).contains(WaitReason.Kind.RESOURCES);
    assertThat(second.explain().map(WaitReason::kind)).contains(WaitReason.Kind.PRIORITY);
  }

  @Test
  void nobody_is_asked_when_a_backend_is_made() {
    int before =
        List.of("DescribeJobs", "DescribeJobQueues", "ListJobs").stream()
            .mapToInt(this::calls)
            .sum();
    BatchEndpoint same = endpoint;

    assertThat(program(b -> b).toString()).startsWith("batch:port-");
    assertThat(same).isSameAs(endpoint);
    assertThat(calls("DescribeJobs") + calls("DescribeJobQueues") + calls("ListJobs"))
        .isEqualTo(before);
  }
}
