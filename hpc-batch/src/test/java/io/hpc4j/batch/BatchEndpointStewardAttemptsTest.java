package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** Further attempts that AWS Batch does not make, by this program or the next one. */
class BatchEndpointStewardAttemptsTest extends EndpointCases {
  @TempDir Path stored;

  @Test
  void a_further_attempt_has_not_succeeded_because_the_rest_of_its_array_has() {
    ContractWork work =
        ContractWork.quick()
            .exit(3)
            .inElements(3)
            .inAttempts(1)
            .otherwise(ContractWork.lasting(HOUR));
    Job array = hpc.submit(fixture.work("rest", work).retry(LATER).build(), r -> r.array(5));

    pass(Duration.ofMinutes(70));

    assertThat(array.element(2).refresh().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(array.element(3).refresh().state()).isEqualTo(JobState.RUNNING);
    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
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
  void retries_that_aws_can_tell_are_its_own() {
    Job job = end(hpc.submit(failing("twice").toBuilder().retry(RetryPolicy.attempts(2)).build()));

    assertThat(job.attempts()).hasSize(2);
    assertThat(endpoint.jobs()).hasSize(1);
    assertThat(
            hpc.plan(JobRequest.of(failing("x").toBuilder().retry(RetryPolicy.attempts(2)).build()))
                .notes())
        .noneMatch(note -> note.kind() == Plan.Kind.ENDS_WITH_CLIENT);
  }

  /** It wakes those who wait for their turn to call. */
  @Test
  void the_thread_of_the_clock_calls_nobody() throws Exception {
    CompletableFuture<Thread> caller = new CompletableFuture<>();
    HandedTime time = new HandedTime(fixture.time());
    BatchBackend slow = EndpointFixture.builder(meeting(heard(caller)), time).build();
    JobId id = JobId.create(slow.name(), slow.scope());
    JobDefinition definition = failing("again").toBuilder().retry(LATER).build();
    slow.submit(new Submission(id, JobRequest.of(definition), part -> {}));
    pass(Duration.ofMinutes(10));
    assertThat(slow.describe(List.of(id))).hasSize(1);
    pass(HOUR);

    time.scheduled.get(0).run();

    Thread other = caller.get(20, TimeUnit.SECONDS);
    assertThat(other).isNotSameAs(Thread.currentThread());
    other.join();
    assertThat(endpoint.jobs()).hasSize(2);
  }

  /** Tells who makes the second submission. */
  private static ExecutionInterceptor heard(CompletableFuture<Thread> caller) {
    AtomicInteger submissions = new AtomicInteger();
    return new ExecutionInterceptor() {
      @Override
      public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        if (context.request() instanceof SubmitJobRequest && submissions.incrementAndGet() == 2) {
          caller.complete(Thread.currentThread());
        }
      }
    };
  }

  @Test
  void what_a_slow_call_may_have_sent_has_its_time_from_the_end_of_the_call() {
    HandedTime time = new HandedTime(fixture.time());
    BatchBackend slow = EndpointFixture.builder(meeting(slowly(time)), time).build();
    JobId id = JobId.create(slow.name(), slow.scope());
    JobDefinition definition = failing("slow").toBuilder().retry(LATER).build();
    slow.submit(new Submission(id, JobRequest.of(definition), part -> {}));
    pass(Duration.ofMinutes(10));
    assertThat(state(slow, id)).contains(JobState.PENDING);
    pass(HOUR);
    endpoint.faults().loseReplies(1).lateVisibility(Duration.ofSeconds(40));

    assertThat(state(slow, id)).contains(JobState.PENDING);
    assertThat(state(slow, id)).contains(JobState.PENDING);
    assertThat(endpoint.jobs()).hasSize(2);
    pass(Duration.ofMinutes(2));
    assertThat(slow.describe(List.of(id))).hasSize(1);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  /** Lets submissions take two minutes. */
  private static ExecutionInterceptor slowly(HandedTime time) {
    return new ExecutionInterceptor() {
      @Override
      public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        if (context.request() instanceof SubmitJobRequest) {
          time.pass(Duration.ofMinutes(2));
        }
      }
    };
  }

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

  @Test
  void attempts_that_were_not_noted_are_found_in_their_order() {
    List<Accepted> noted = new ArrayList<>();
    JobId id = JobId.create(backend.name(), backend.scope());
    RetryPolicy thrice = RetryPolicy.attempts(3).delay(Duration.ofMinutes(30));
    JobDefinition definition = failing("thrice").toBuilder().retry(thrice).build();
    Submission submission = new Submission(id, JobRequest.of(definition), noted::add);
    backend.submit(submission);
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(10));
      assertThat(backend.describe(List.of(id))).hasSize(1);
    }
    assertThat(noted).hasSize(3);

    BatchBackend next = program(b -> b);
    next.adopt(submission, noted.subList(0, 1));
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(10));
      assertThat(next.describe(List.of(id))).hasSize(1);
    }

    assertThat(endpoint.jobs()).hasSize(3);
    assertThat(next.attempts(id)).extracting(Attempt::number).containsExactly(1, 2, 3);
    assertThat(state(next, id)).contains(JobState.FAILED);
  }
}
