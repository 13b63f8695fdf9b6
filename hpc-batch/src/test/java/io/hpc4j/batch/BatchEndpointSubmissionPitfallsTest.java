package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import io.hpc4j.spi.Submission;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** Jobs sent twice, and definitions: pitfalls 3, 4 and 5. */
class BatchEndpointSubmissionPitfallsTest extends PitfallCases {
  // 3: the SDK repeats what timed out, and AWS has no token that would make that harmless
  @Test
  void a_submission_that_times_out_is_not_repeated_by_the_sdk() {
    AtomicInteger sent = new AtomicInteger();
    ExecutionInterceptor late =
        new ExecutionInterceptor() {
          @Override
          public void beforeUnmarshalling(
              Context.BeforeUnmarshalling context, ExecutionAttributes attributes) {
            if (context.request() instanceof SubmitJobRequest) {
              sent.incrementAndGet();
              throw ApiCallAttemptTimeoutException.create(1500);
            }
          }
        };
    BatchBackend impatient = program(meeting(late));
    Submission submission = submission(impatient, JobRequest.of(quick("slow")));

    assertThatThrownBy(() -> impatient.submit(submission))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());

    assertThat(sent).hasValue(1);
    assertThat(endpoint.jobs()).hasSize(1);
  }

  // 3
  @Test
  void a_submission_that_nobody_has_heard_is_repeated() {
    AtomicInteger refusals = new AtomicInteger(2);
    ExecutionInterceptor deaf =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            if (context.request() instanceof SubmitJobRequest && refusals.getAndDecrement() > 0) {
              throw SdkClientException.create("refused", new ConnectException("refused"));
            }
          }
        };
    BatchBackend backend = program(meeting(deaf));

    backend.submit(submission(backend, JobRequest.of(quick("heard at last"))));

    assertThat(refusals.get()).isNegative();
    assertThat(endpoint.jobs()).hasSize(1);
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

    assertThat(calls("DescribeJobDefinitions")).isEqualTo(1);
    assertThat(calls("RegisterJobDefinition")).isEqualTo(1);
    assertThat(calls("SubmitJob")).isEqualTo(20);
  }

  // 4
  @Test
  void another_program_uses_the_definition_that_is_there() {
    Job first = hpc.submit(quick("first"));
    Job second = client(program(b -> b)).submit(quick("second"));

    assertThat(end(first).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(second).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(calls("RegisterJobDefinition")).isEqualTo(1);
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

  // 4: definitions deregistered that others use
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
}
