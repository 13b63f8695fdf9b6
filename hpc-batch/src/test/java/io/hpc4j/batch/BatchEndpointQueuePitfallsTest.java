package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.DescribeComputeEnvironmentsRequest;
import software.amazon.awssdk.services.batch.model.DescribeJobQueuesRequest;
import software.amazon.awssdk.services.batch.model.JobStateTimeLimitAction;

/** Queues that nothing comes out of, or goes into: pitfalls 17 and 19. */
class BatchEndpointQueuePitfallsTest extends PitfallCases {
  /** What docs/batch.md says that a program needs to run jobs. */
  private static final Set<String> NEEDED =
      Set.of(
          "SubmitJob",
          "DescribeJobs",
          "ListJobs",
          "TerminateJob",
          "RegisterJobDefinition",
          "DescribeJobDefinitions");

  // 17: stuck in RUNNABLE, and shown as running
  @Test
  void a_job_that_nothing_can_hold_is_not_running_and_says_why() {
    Job job = hpc.submit(quick("too large").toBuilder().resources(Resources.cpus(4)).build());

    assertThat(job.refresh().state()).isEqualTo(JobState.RUNNABLE);
    WaitReason why = job.explain().orElseThrow();
    assertThat(why.kind()).isEqualTo(WaitReason.Kind.NEVER_FITS);
    assertThat(why.detail()).contains("JOB_RESOURCE_REQUIREMENT");
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

  // 19: a queue that takes nothing
  @Test
  void a_disabled_queue_is_refused_and_asked_for_again() {
    JobRequest request = JobRequest.builder(quick("q")).queue("other").build();
    fixture.client().updateJobQueue(r -> r.jobQueue("other").state("DISABLED"));

    assertThat(refused(request))
        .singleElement()
        .satisfies(problem -> assertThat(problem.rule()).contains("disabled"));

    fixture.client().updateJobQueue(r -> r.jobQueue("other").state("ENABLED"));
    assertThat(end(hpc.submit(request)).state()).isEqualTo(JobState.SUCCEEDED);
  }

  // 19: a queue that is not VALID
  @Test
  void an_invalid_queue_is_refused_in_awss_words() {
    BatchBackend unlucky =
        program(
            meeting(
                Altered.queues(q -> q.toBuilder().status("INVALID").statusReason("why").build())));

    assertThat(unlucky.check(JobRequest.of(quick("q"))))
        .singleElement()
        .satisfies(problem -> assertThat(problem.rule()).isEqualTo("is INVALID: why"));
  }

  // 19
  @Test
  void a_queue_is_asked_for_once_in_a_while() {
    for (int i = 0; i < 20; i++) {
      Job unused = hpc.submit(quick("one of many"));
    }
    assertThat(calls("DescribeJobQueues")).isEqualTo(1);

    pass(Duration.ofMinutes(6));

    Job unused = hpc.submit(quick("one more"));
    assertThat(calls("DescribeJobQueues")).isEqualTo(2);
  }

  // 19
  @Test
  void jobs_run_without_the_right_to_ask_for_queues() {
    BatchBackend poor =
        program(meeting(Altered.answering(403, r -> r instanceof DescribeJobQueuesRequest)));

    Job job = end(client(poor).submit(quick("poor"), r -> r.share("users")));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(calls("DescribeJobQueues")).isEqualTo(1);
  }

  // 19
  @Test
  void queues_are_told_and_used_without_the_right_to_ask_for_their_environments() {
    JobClient poor =
        client(
            program(
                meeting(Failing.forbidden(r -> r instanceof DescribeComputeEnvironmentsRequest))));

    assertThat(poor.queues()).extracting(JobQueue::name).contains("normal", "other", "fifo");
    assertThat(end(poor.submit(quick("poor"))).state()).isEqualTo(JobState.SUCCEEDED);
  }

  // 19: nothing but the rights that the work itself takes
  @Test
  void jobs_run_with_the_least_rights() {
    JobClient poor = client(program(meeting(leastRights())));
    fixture
        .client()
        .createConsumableResource(r -> r.consumableResourceName("licence").totalQuantity(3L));

    Job job =
        end(
            poor.submit(
                quick("poor").toBuilder()
                    .resources(Resources.cpus(1).consumable("licence", 1))
                    .build(),
                r -> r.share("users")));
    Job array = poor.submit(endless("poor"), r -> r.share("users").array(3));
    pass(Duration.ofMinutes(2));
    array.cancel();

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(array).state()).isEqualTo(JobState.CANCELLED);
  }

  // 19
  @Test
  void another_program_with_the_least_rights_finds_a_job_by_its_id_in_its_own_queue() {
    Job job = end(hpc.submit(failing("found")));
    JobClient poor = client(program(meeting(leastRights())));

    Job found = poor.job(JobId.of(job.id().backend(), "other", job.id().token()));

    assertThat(found.refresh().state()).isEqualTo(JobState.FAILED);
  }

  private static Failing leastRights() {
    return Failing.forbidden(r -> !NEEDED.contains(ProvisioningCases.operation(r)));
  }
}
