package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;
import software.amazon.awssdk.services.batch.model.TerminateJobRequest;

/** Who is ended, by a budget, by another program and when a backend is closed. */
class BatchEndpointEndingTest extends EndpointCases {
  private static final RetryPolicy LATER = RetryPolicy.attempts(2).delay(Duration.ofMinutes(30));
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  @Test
  void a_spent_budget_ends_no_gang_that_runs() {
    ContractWork work =
        ContractWork.lasting(TEN_MINUTES)
            .exit(1)
            .inElements(0)
            .otherwise(ContractWork.lasting(HOUR));
    Job array =
        hpc.submit(
            fixture
                .work("gangs", work)
                .resources(Resources.nodes(2))
                .launch(Launch.PER_NODE)
                .build(),
            r -> r.array(2).maxFailures(0));

    end(array);

    assertThat(array.indices(JobState.FAILED)).isEqualTo(IndexSet.of(0));
    assertThat(array.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(1));
  }

  @Test
  void elements_that_could_never_start_spend_no_budget() {
    ContractWork once = ContractWork.quick().exit(3).inAttempts(1);
    Job first = hpc.submit(fixture.work("first", once).retry(LATER).build());
    Job some = hpc.submit(quick("some"), r -> r.after(first).array(3));
    some.element(1).cancel();
    Job each = hpc.submit(quick("each"), r -> r.afterEach(some).array(3).maxFailures(0));

    end(each);

    assertThat(each.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2));
  }

  @Test
  void an_array_that_another_program_cancels_makes_no_further_attempts() {
    ContractWork work =
        ContractWork.quick().exit(3).inElements(0).otherwise(ContractWork.endless());
    Job array = hpc.submit(fixture.work("array", work).retry(LATER).build(), r -> r.array(2));
    pass(TEN_MINUTES);

    stranger().cancel(array.id(), "not wanted");
    end(array);
    pass(HOUR);

    assertThat(array.state()).isEqualTo(JobState.CANCELLED);
    assertThat(array.status().message()).contains("not wanted");
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_part_that_was_sent_after_another_program_had_cancelled_the_array_is_ended() {
    BatchBackend stranger = stranger();
    JobId id = JobId.create("batch", "behind");
    AtomicInteger parts = new AtomicInteger();
    BatchClient aws =
        fixture.client(
            c ->
                c.addExecutionInterceptor(
                    new Beforehand(
                        r -> r instanceof SubmitJobRequest && parts.incrementAndGet() == 2,
                        () -> stranger.cancel(id, "not wanted"))));
    BatchBackend behind = EndpointFixture.builder(aws, fixture.time()).scope("behind").build();
    JobRequest request = JobRequest.builder(endless("array")).array(10_003).build();

    behind.submit(new Submission(id, request, part -> {}));
    pass(TEN_MINUTES);
    behind.describe(List.of(id));
    pass(TEN_MINUTES);

    assertThat(endpoint.jobs()).hasSize(2).allMatch(entry -> entry.status().equals("FAILED"));
  }

  @Test
  void closing_cancels_the_other_jobs_though_one_cannot_be() {
    AtomicInteger forbidden = new AtomicInteger(1);
    BatchClient aws =
        fixture.client(
            c ->
                c.addExecutionInterceptor(
                    Beforehand.forbidding(
                        r -> r instanceof TerminateJobRequest && forbidden.getAndDecrement() > 0)));
    JobClient client = client(fixture.builder(aws).scope("closing").cancelJobsOnClose().build());
    for (int i = 0; i < 3; i++) {
      client.submit(endless("job " + i));
    }
    pass(TEN_MINUTES);

    client.close();
    pass(TEN_MINUTES);

    assertThat(endpoint.jobs()).filteredOn(job -> job.status().equals("FAILED")).hasSize(2);
  }

  @Test
  void closing_cancels_what_is_just_being_sent() {
    BatchBackend[] closing = new BatchBackend[1];
    BatchClient aws =
        fixture.client(
            c ->
                c.addExecutionInterceptor(
                    new Beforehand(r -> r instanceof SubmitJobRequest, () -> closing[0].close())));
    closing[0] = fixture.builder(aws).scope("closing").cancelJobsOnClose().build();
    JobId id = JobId.create(closing[0].name(), closing[0].scope());

    try {
      closing[0].submit(new Submission(id, JobRequest.of(endless("job")), part -> {}));
    } catch (BackendException e) {
      assertThat(e).hasMessageContaining("closed");
    }
    pass(TEN_MINUTES);

    assertThat(endpoint.jobs()).allMatch(job -> job.status().equals("FAILED"));
  }

  @Test
  @Timeout(120)
  void closing_does_not_wait_for_what_is_still_to_be_sent() throws Exception {
    AtomicInteger submits = new AtomicInteger();
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    BatchClient aws =
        fixture.client(
            c ->
                c.addExecutionInterceptor(
                    new Beforehand(
                        r -> r instanceof SubmitJobRequest && submits.incrementAndGet() > 3,
                        () -> {
                          sending.countDown();
                          await(goOn);
                        })));
    BatchBackend slow = EndpointFixture.builder(aws, new HandedTime(fixture.time())).build();
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      JobId id = JobId.create(slow.name(), slow.scope());
      JobRequest request = JobRequest.of(failing("slow").toBuilder().retry(LATER).build());
      slow.submit(new Submission(id, request, part -> {}));
      ids.add(id);
    }
    pass(TEN_MINUTES);
    slow.describe(ids);
    pass(HOUR);
    Thread poll = new Thread(() -> slow.describe(ids));
    poll.start();
    sending.await();

    slow.close(); // returns while an attempt is being sent
    goOn.countDown();
    poll.join();

    assertThat(submits.get()).isEqualTo(4);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
