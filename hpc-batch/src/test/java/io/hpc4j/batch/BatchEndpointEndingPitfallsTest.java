package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.AttemptDetail;
import software.amazon.awssdk.services.batch.model.AttemptEcsTaskDetails;
import software.amazon.awssdk.services.batch.model.AttemptTaskContainerDetails;
import software.amazon.awssdk.services.batch.model.ContainerDetail;
import software.amazon.awssdk.services.batch.model.EcsTaskDetails;
import software.amazon.awssdk.services.batch.model.EksAttemptContainerDetail;
import software.amazon.awssdk.services.batch.model.EksAttemptDetail;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.TaskContainerDetails;

/** How a job has ended, in each of AWS's shapes and words: pitfalls 13 to 16. */
class BatchEndpointEndingPitfallsTest extends PitfallCases {
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

  // 13: nor does each description list the attempts
  @Test
  void of_several_containers_the_essential_one_tells_the_ending_without_attempts_too() {
    JobStatus failed = endOf(ended(job -> task(job, 6).toBuilder().attempts(List.of()).build()));

    assertThat(failed.exit()).contains(Exit.code(6));
    assertThat(failed.reason()).contains(Reason.NON_ZERO_EXIT);
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
                assertThat(endOf(said("FAILED", "Essential container", words)).reason())
                    .contains(reason));
    assertThat(endOf(said("FAILED", "Task failed to start", "")).reason())
        .contains(Reason.LAUNCH_FAILURE);
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

  // 15: an action of RETRY for some is one of RETRY for all, unless the last rule says EXIT
  @Test
  void what_was_not_reclaimed_is_not_retried() {
    RetryPolicy spot = RetryPolicy.attempts(2).retryOn(Reason.SPOT_RECLAIMED);

    Job job = end(hpc.submit(failing("of itself").toBuilder().retry(spot).build()));

    assertThat(job.attempts()).hasSize(1);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  // 15: Fargate has other words
  @Test
  void an_interrupted_task_of_fargate_is_a_reclaimed_one_and_retried_too() {
    String words = "Your Spot Task was interrupted.";
    RetryPolicy spot = RetryPolicy.attempts(2).retryOn(Reason.SPOT_RECLAIMED);
    Job job = hpc.submit(endless("spot").toBuilder().retry(spot).build());

    assertThat(endOf(said("FAILED", words, "")).reason()).contains(Reason.SPOT_RECLAIMED);
    assertThat(job.refresh().state().isEnded()).isFalse();
    assertThat(described(0).retryStrategy().evaluateOnExit())
        .anyMatch(
            rule ->
                "RETRY".equalsIgnoreCase(rule.actionAsString())
                    && rule.onStatusReason() != null
                    && words.startsWith(rule.onStatusReason().replace("*", "")));
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
}
