package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Exit;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.AttemptDetail;
import software.amazon.awssdk.services.batch.model.AttemptEcsTaskDetails;
import software.amazon.awssdk.services.batch.model.AttemptTaskContainerDetails;
import software.amazon.awssdk.services.batch.model.ContainerDetail;
import software.amazon.awssdk.services.batch.model.DescribeJobQueuesRequest;
import software.amazon.awssdk.services.batch.model.DescribeJobsRequest;
import software.amazon.awssdk.services.batch.model.EcsTaskDetails;
import software.amazon.awssdk.services.batch.model.EksAttemptContainerDetail;
import software.amazon.awssdk.services.batch.model.EksAttemptDetail;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.JobStateTimeLimitAction;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;
import software.amazon.awssdk.services.batch.model.TaskContainerDetails;

/** What others have met on AWS Batch, each by its name: none of it may happen to a user of this. */
class BatchEndpointPitfallsTest extends EndpointCases {
  /** A backend that is told so of jobs by AWS. */
  private BatchBackend told(UnaryOperator<JobDetail> words) {
    return program(altered(Altered.telling(words)));
  }

  private BatchClient altered(Altered answers) {
    return fixture.client(c -> c.addExecutionInterceptor(answers));
  }

  /** A backend in a scope of its own, so that it follows its jobs itself. */
  private BatchBackend program(BatchClient client) {
    return fixture.builder(client).scope("other").build();
  }

  private static UnaryOperator<JobDetail> ended(UnaryOperator<JobDetail> words) {
    return job -> job.stoppedAt() == null ? job : words.apply(job);
  }

  /** Words about a job's end, and about its container's, instead of the endpoint's. */
  private static UnaryOperator<JobDetail> said(
      String status, String statusReason, String reason, Integer... exitCode) {
    return ended(
        job -> {
          ContainerDetail.Builder container = job.container().toBuilder().reason(reason);
          container.exitCode(exitCode.length == 0 ? null : exitCode[0]);
          return job.toBuilder()
              .status(status)
              .statusReason(statusReason)
              .attempts(List.of())
              .container(container.build())
              .build();
        });
  }

  private JobStatus endOf(UnaryOperator<JobDetail> words) {
    return end(client(told(words)).submit(failing("told"))).status();
  }

  // 1: TooManyRequestsException from polling and from submitting
  @Test
  void too_many_requests_mean_later_and_fail_no_job() {
    Job before = hpc.submit(fixture.work("before", ContractWork.lasting(HOUR)).build());
    endpoint.faults().throttle(2);
    Job throttled = hpc.submit(quick("throttled"));
    endpoint.faults().throttleFor(Duration.ofSeconds(8));
    pass(Duration.ofSeconds(8));

    assertThat(end(throttled).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(before).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  // 2: questions and submissions behind one another in a queue for calls
  @Test
  void a_question_that_waits_for_its_turn_holds_up_no_submission() throws Exception {
    AtomicBoolean busy = new AtomicBoolean();
    CountDownLatch waits = new CountDownLatch(1);
    List<Runnable> turns = new ArrayList<>();
    TimeSource time =
        new TimeSource() {
          @Override
          public Instant instant() {
            return fixture.time().instant();
          }

          @Override
          public Cancellable schedule(Instant when, Phase phase, Runnable action) {
            if (busy.get()) {
              turns.add(action);
              waits.countDown();
            } else {
              action.run();
            }
            return () -> {};
          }
        };
    BatchBackend slow = program(b -> b.time(time).callsPerSecond(1000, 1));
    Submission first = submission(slow, "first");
    slow.submit(first);

    busy.set(true);
    CompletableFuture<Map<JobId, JobStatus>> question =
        CompletableFuture.supplyAsync(() -> slow.describe(List.of(first.id())));
    waits.await();
    slow.submit(submission(slow, "second"));

    assertThat(question).isNotDone();
    assertThat(endpoint.jobs()).hasSize(2);
    turns.forEach(Runnable::run);
    assertThat(question.join()).containsKey(first.id());
  }

  private Submission submission(BatchBackend to, String name) {
    return new Submission(
        JobId.create(to.name(), to.scope()), JobRequest.of(quick(name)), accepted -> {});
  }

  // 3: the SDK repeats what timed out, and AWS has no token that would make that harmless
  @Test
  void a_submission_that_times_out_is_not_repeated_by_the_sdk() {
    AtomicInteger sent = new AtomicInteger();
    ExecutionInterceptor counting =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            sent.addAndGet(context.request() instanceof SubmitJobRequest ? 1 : 0);
          }
        };
    BatchClient client =
        fixture.client(
            c ->
                c.apiCallAttemptTimeout(Duration.ofMillis(1500)).addExecutionInterceptor(counting));
    BatchBackend impatient = fixture.builder(client).build();
    impatient.submit(submission(impatient, "quick"));
    Submission submission = submission(impatient, "slow");
    endpoint.faults().slowAnswers(Duration.ofSeconds(4));

    assertThatThrownBy(() -> impatient.submit(submission))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());

    assertThat(sent).hasValue(2);
  }

  // 3
  @Test
  void a_job_whose_reply_is_lost_is_found_and_not_sent_again() {
    endpoint.faults().loseReplies(1);

    Job job = end(hpc.submit(quick("lost reply")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(calls("SubmitJob")).isEqualTo(1);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  // 4: a definition for each job
  @Test
  void equal_jobs_of_any_command_and_size_share_a_definition() {
    for (int i = 0; i < 20; i++) {
      JobDefinition different =
          quick("job " + i).toBuilder()
              .environment("N", "" + i)
              .resources(Resources.cpus(1 + i % 2).memory(Memory.ofMiB(100 + i)))
              .build();
      Job unused = hpc.submit(different);
    }

    assertThat(calls("RegisterJobDefinition")).isEqualTo(1);
    assertThat(calls("SubmitJob")).isEqualTo(20);
  }

  // 4: a definition reused that differs in what was left out of its name
  @Test
  void jobs_that_differ_in_one_option_share_no_definition() {
    for (Memory size : List.of(Memory.ofMiB(64), Memory.ofMiB(65), Memory.ofMiB(64))) {
      Job unused =
          hpc.submit(quick("shm"), r -> r.options(BatchOptions.create().sharedMemory(size)));
    }

    assertThat(calls("RegisterJobDefinition")).isEqualTo(2);
    assertThat(described(0).jobDefinition()).isEqualTo(described(2).jobDefinition());
    assertThat(described(0).jobDefinition()).isNotEqualTo(described(1).jobDefinition());
  }

  // 5: deployments deregister the revision in use
  @Test
  void a_definition_that_somebody_deregistered_is_registered_once_more() {
    end(hpc.submit(quick("before")));
    assertThat(backend.deleteUnusedDefinitions(Duration.ofSeconds(-1))).hasSize(1);

    Job after = end(hpc.submit(quick("after")));

    assertThat(after.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(calls("RegisterJobDefinition")).isEqualTo(2);
  }

  // 5: a name without a revision is whatever somebody has registered last
  @Test
  void a_later_revision_of_somebody_else_is_not_used() {
    end(hpc.submit(quick("before")));
    String arn = described(0).jobDefinition();
    String name = arn.replaceAll(".*/(.*):\\d+", "$1");
    String theirs = register(name);

    end(hpc.submit(quick("after")));

    assertThat(theirs).isNotEqualTo(arn).contains(name);
    assertThat(described(1).jobDefinition()).isEqualTo(arn);
  }

  // 6: too large: refused by AWS, or failed after it was taken
  @Test
  void what_is_too_large_is_refused_with_its_largest_fields() {
    JobDefinition large = quick("large").toBuilder().environment("BIG", "x".repeat(9000)).build();

    assertThat(problems(JobRequest.of(large)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.field()).isEqualTo("environment");
              assertThat(problem.rule()).contains("8192").contains("environment BIG 9003");
            });
  }

  // 6
  @Test
  void a_submission_that_is_too_large_as_a_whole_is_refused() {
    BatchOptions more =
        BatchOptions.create()
            .changeSubmission(s -> s.parameters(Map.of("more", "x".repeat(30 * 1024))));

    assertThat(problems(quick("large"), more))
        .singleElement()
        .satisfies(problem -> assertThat(problem.rule()).contains("submission", "30720"));
    assertThat(calls("SubmitJob") + calls("RegisterJobDefinition")).isZero();
  }

  // 7: "Command cannot be empty"
  @Test
  void an_empty_word_of_a_command_is_refused() {
    JobDefinition empty = quick("empty").toBuilder().command("echo", "a", "").build();

    assertThat(problems(JobRequest.of(empty)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.field()).isEqualTo("work.command"));
    assertThat(calls("SubmitJob") + calls("RegisterJobDefinition")).isZero();
  }

  // 8: more than 20 dependencies
  @Test
  void many_dependencies_are_gathered_by_jobs_that_do_nothing_else() {
    List<Job> firsts =
        IntStream.range(0, 45).mapToObj(i -> hpc.submit(endless("first " + i))).toList();
    Job last = hpc.submit(quick("last"), r -> r.after(firsts.toArray(JobRef[]::new)));

    assertThat(endpoint.jobs()).hasSize(45 + 3 + 1);
    assertThat(described(48).dependsOn()).hasSize(3);
    assertThat(last.refresh().state()).isEqualTo(JobState.PENDING);
    firsts.get(44).cancel();
    firsts.get(44).await(fixture.patience());
    firsts.forEach(Job::cancel);
    assertThat(end(last).status().reason()).contains(Reason.DEPENDENCY_FAILED);
  }

  // 9: arrays of more than 10,000
  @Test
  void an_array_beyond_aws_limit_is_several_with_the_right_indices_and_one_handle() {
    ContractWork work = ContractWork.quick().exit(4).inElements(10_001);
    Job array = end(hpc.submit(fixture.work("huge", work).build(), r -> r.array(10_002)));

    assertThat(endpoint.jobs()).hasSize(2);
    assertThat(array.status().count(JobState.SUCCEEDED)).isEqualTo(10_001);
    assertThat(array.indices(JobState.FAILED)).isEqualTo(IndexSet.of(10_001));
    assertThat(hpc.list(JobFilter.all())).hasSize(1);
  }

  // 10: DescribeJobs does not know a job that was just submitted
  @Test
  void a_new_job_that_is_not_shown_yet_is_submitted() {
    endpoint.faults().lateVisibility(Duration.ofSeconds(50));
    Job job = hpc.submit(quick("late"));

    assertThat(hpc.status(List.of(job)).get(job.id()))
        .satisfies(status -> assertThat(status.state()).isEqualTo(JobState.SUBMITTED));

    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
  }

  // 11: AWS forgets jobs
  @Test
  void a_job_that_aws_has_forgotten_is_lost_and_never_a_success() {
    Job job = hpc.submit(endless("forgotten"));
    job.await(JobState.RUNNING, fixture.patience());
    endpoint.faults().expire(endpoint.jobs().get(0).id());

    end(job);

    assertThat(job.state()).isEqualTo(JobState.LOST);
  }

  // 11
  @Test
  void an_ending_that_was_seen_is_kept_when_aws_has_forgotten_it() {
    Job job = end(hpc.submit(failing("seen")));
    endpoint.faults().expire(endpoint.jobs().get(0).id());

    assertThat(job.refresh().reason()).contains(Reason.NON_ZERO_EXIT);
    assertThat(job.attempts()).hasSize(1);
  }

  // 12: log streams that are not there, or not yet
  @Test
  void a_log_that_is_not_there_is_empty_and_fails_nobody() {
    UnaryOperator<JobDetail> elsewhere =
        job ->
            job.toBuilder()
                .container(job.container().toBuilder().logStreamName("no/such/stream").build())
                .build();
    Job job = end(client(told(elsewhere)).submit(quick("mute")));

    assertThat(job.logs().text()).isEmpty();
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
  }

  // 13: exit codes and reasons stand elsewhere for tasks of several containers
  @Test
  void of_several_containers_the_essential_one_tells_the_ending() {
    Job failed = end(client(told(ended(job -> task(job, 6)))).submit(failing("task")));
    Job succeeded = end(client(told(ended(job -> task(job, 0)))).submit(quick("task")));

    assertThat(failed.status().exit()).contains(Exit.code(6));
    assertThat(failed.status().reason()).contains(Reason.NON_ZERO_EXIT);
    assertThat(failed.attempts()).extracting(Attempt::exit).containsExactly(failed.status().exit());
    assertThat(succeeded.status().exit()).contains(Exit.code(0));
    assertThat(succeeded.attempts())
        .extracting(Attempt::exit)
        .containsExactly(succeeded.status().exit());
  }

  /** A task with a sidecar that was killed when the essential container had ended. */
  private static JobDetail task(JobDetail job, int exitCode) {
    AttemptTaskContainerDetails sidecar =
        AttemptTaskContainerDetails.builder().name("sidecar").exitCode(137).build();
    AttemptTaskContainerDetails work =
        AttemptTaskContainerDetails.builder().name("work").exitCode(exitCode).build();
    AttemptDetail attempt =
        AttemptDetail.builder()
            .startedAt(job.startedAt())
            .stoppedAt(job.stoppedAt())
            .taskProperties(
                List.of(AttemptEcsTaskDetails.builder().containers(sidecar, work).build()))
            .build();
    EcsTaskDetails task =
        EcsTaskDetails.builder()
            .containers(
                TaskContainerDetails.builder()
                    .name("sidecar")
                    .essential(false)
                    .exitCode(137)
                    .build(),
                TaskContainerDetails.builder()
                    .name("work")
                    .essential(true)
                    .exitCode(exitCode)
                    .build())
            .build();
    return job.toBuilder()
        .container((ContainerDetail) null)
        .attempts(attempt)
        .ecsProperties(e -> e.taskProperties(List.of(task)))
        .build();
  }

  // 13
  @Test
  void a_pod_tells_its_ending_too() {
    UnaryOperator<JobDetail> pod =
        job ->
            job.toBuilder()
                .container((ContainerDetail) null)
                .attempts(List.of())
                .eksAttempts(
                    EksAttemptDetail.builder()
                        .startedAt(job.startedAt())
                        .stoppedAt(job.stoppedAt())
                        .containers(
                            List.of(
                                EksAttemptContainerDetail.builder()
                                    .exitCode(6)
                                    .reason("Error")
                                    .build()))
                        .build())
                .build();

    assertThat(endOf(ended(pod)).exit()).contains(Exit.code(6));
  }

  // 14: no exit code at all
  @Test
  void a_failure_without_an_exit_code_is_one() {
    endpoint.faults().missingExitCodes(true);

    Job job = end(hpc.submit(failing("no code")));

    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.status().exit()).isEmpty();
  }

  // 14
  @Test
  void what_never_started_is_told_from_what_failed() {
    assertThat(
            Map.of(
                "CannotPullContainerError: no such image", Reason.IMAGE_PULL,
                "DockerTimeoutError: Could not transition to started", Reason.LAUNCH_FAILURE))
        .allSatisfy(
            (words, reason) ->
                assertThat(endOf(said("FAILED", "Task failed to start", words)).reason())
                    .contains(reason));
  }

  // 15: an instance that was taken away
  @Test
  void a_reclaimed_instance_is_told_as_such_and_retried_by_aws() {
    RetryPolicy spot = RetryPolicy.attempts(2).retryOn(Reason.SPOT_RECLAIMED);
    Job job = hpc.submit(endless("spot").toBuilder().retry(spot).build());
    job.await(JobState.RUNNING, fixture.patience());
    endpoint.faults().reclaim(endpoint.jobs().get(0).id());
    pass(Duration.ofMinutes(2));

    assertThat(job.refresh().attempt()).isEqualTo(2);
    assertThat(job.attempts().get(0).reason()).contains(Reason.SPOT_RECLAIMED);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  // 15
  @Test
  void an_interrupted_task_of_fargate_is_a_reclaimed_one() {
    assertThat(endOf(said("FAILED", "Your Spot Task was interrupted.", "")).reason())
        .contains(Reason.SPOT_RECLAIMED);
  }

  // 16: out of memory with exit code 137, or 0
  @Test
  void out_of_memory_is_told_by_its_words_whatever_the_exit_code() {
    String words = "OutOfMemoryError: Container killed due to memory usage";

    JobStatus killed = endOf(said("FAILED", "Essential container in task exited", words, 137));
    JobStatus zero = endOf(said("SUCCEEDED", "Essential container in task exited", words, 0));

    assertThat(killed.reason()).contains(Reason.OUT_OF_MEMORY);
    assertThat(zero.reason()).contains(Reason.OUT_OF_MEMORY);
    assertThat(zero.state()).isEqualTo(JobState.FAILED);
  }

  // 16: 137 alone may be any SIGKILL
  @Test
  void an_exit_code_of_137_alone_is_not_out_of_memory() {
    assertThat(endOf(said("FAILED", "Essential container in task exited", "", 137)).reason())
        .contains(Reason.SIGNALLED);
  }

  // 17: stuck in RUNNABLE, and shown as running
  @Test
  void a_job_that_nothing_can_hold_is_not_running_and_says_why() {
    Job job = hpc.submit(quick("too large").toBuilder().resources(Resources.cpus(4)).build());

    assertThat(job.refresh().state()).isEqualTo(JobState.RUNNABLE);
    assertThat(job.explain().orElseThrow().detail()).contains("JOB_RESOURCE_REQUIREMENT");
  }

  // 17
  @Test
  void a_job_that_its_queue_gave_up_was_not_cancelled_by_anybody() {
    String reason = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT";
    fixture
        .client()
        .updateJobQueue(
            r ->
                r.jobQueue("normal")
                    .jobStateTimeLimitActions(
                        JobStateTimeLimitAction.builder()
                            .reason(reason)
                            .state("RUNNABLE")
                            .maxTimeSeconds(600)
                            .action("CANCEL")
                            .build()));

    Job job = end(hpc.submit(quick("too large").toBuilder().resources(Resources.cpus(4)).build()));

    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.status().reason()).contains(Reason.UNSCHEDULABLE);
    assertThat(job.status().message()).contains(reason);
  }

  // 18: a default timeout that kills real jobs
  @Test
  void only_a_job_with_a_timeout_is_sent_one_and_none_of_less_than_a_minute() {
    end(hpc.submit(quick("without")));
    end(hpc.submit(quick("with").toBuilder().timeout(HOUR).build()));
    JobDefinition short1 = quick("short").toBuilder().timeout(Duration.ofSeconds(59)).build();

    assertThat(described(0).timeout()).isNull();
    assertThat(described(1).timeout().attemptDurationSeconds()).isEqualTo(3600);
    assertThat(problems(JobRequest.of(short1)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.field()).isEqualTo("timeout"));
  }

  // 19: a queue that takes nothing
  @Test
  void a_disabled_queue_is_refused() {
    fixture.client().updateJobQueue(r -> r.jobQueue("other").state("DISABLED"));

    assertThat(problems(JobRequest.builder(quick("q")).queue("other").build()))
        .singleElement()
        .satisfies(problem -> assertThat(problem.rule()).contains("disabled"));
  }

  // 19
  @Test
  void a_queue_is_asked_for_once() {
    for (int i = 0; i < 20; i++) {
      Job unused = hpc.submit(quick("one of many"));
    }

    assertThat(calls("DescribeJobQueues")).isEqualTo(1);
  }

  // 19
  @Test
  void jobs_run_without_the_right_to_ask_for_queues() {
    BatchBackend poor =
        program(altered(Altered.answering(403, r -> r instanceof DescribeJobQueuesRequest)));

    Job job = end(client(poor).submit(quick("poor"), r -> r.share("users")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(calls("DescribeJobQueues")).isEqualTo(1);
  }

  // 20: vcpus and memory in overrides are ignored
  @Test
  void cpus_and_memory_are_resource_requirements_and_nothing_else() {
    JobDefinition work = quick("x").toBuilder().resources(Resources.cpus(2).memoryGiB(1)).build();

    assertThat(hpc.plan(JobRequest.of(work)).artifacts().values())
        .hasSize(2)
        .noneMatch(request -> request.contains("\"vcpus\"") || request.contains("\"memory\""));
    end(hpc.submit(work));
    assertThat(described(0).container().resourceRequirements())
        .contains(requirement("VCPU", "2"), requirement("MEMORY", "1024"));
  }

  // 21: listings as a monitor: cut at a thousand, of the wrong queue, each state at another time
  @Test
  void jobs_are_followed_by_their_ids_and_never_by_listings() {
    List<Job> jobs = new ArrayList<>();
    for (String queue : List.of("normal", "other", "fifo")) {
      jobs.add(hpc.submit(JobRequest.builder(failing(queue)).queue(queue).build()));
    }

    hpc.awaitAll(jobs);

    assertThat(jobs).extracting(Job::state).containsOnly(JobState.FAILED);
    assertThat(calls("ListJobs")).isZero();
    assertThat(calls("DescribeJobs")).isPositive();
  }

  // 22: errors of the service that have no class of their own
  @Test
  void any_error_of_the_service_is_met_by_asking_again() {
    AtomicInteger errors = new AtomicInteger(7);
    BatchBackend unlucky =
        program(
            altered(Altered.answering(520, r -> isOneOf(errors, r, DescribeJobsRequest.class))));

    Job job = end(client(unlucky).submit(failing("asked for")));

    assertThat(errors).hasValueLessThan(0);
    assertThat(job.status().exit()).contains(Exit.code(3));
  }

  // 22
  @Test
  void any_error_of_the_service_leaves_open_whether_a_job_was_taken() {
    AtomicInteger errors = new AtomicInteger(1);
    BatchBackend unlucky =
        program(altered(Altered.answering(520, r -> isOneOf(errors, r, SubmitJobRequest.class))));

    Job job = end(client(unlucky).submit(quick("taken")));

    assertThat(errors).hasValue(0);
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  private static boolean isOneOf(
      AtomicInteger count, SdkRequest request, Class<? extends SdkRequest> type) {
    return type.isInstance(request) && count.getAndDecrement() > 0;
  }
}
