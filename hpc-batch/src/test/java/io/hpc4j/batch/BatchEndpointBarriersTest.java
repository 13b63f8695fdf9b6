package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobState;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** Jobs that only gather what another one waits for belong to it. */
class BatchEndpointBarriersTest extends EndpointCases {
  private static final int MANY = 21;

  private JobRef[] many(ContractWork work) {
    return IntStream.range(0, MANY)
        .mapToObj(i -> hpc.submit(fixture.work("first", work).build()))
        .toArray(JobRef[]::new);
  }

  /** Those that gather, and perhaps what they gather for. */
  private List<JobDetail> rest() {
    return IntStream.range(MANY, endpoint.jobs().size()).mapToObj(this::described).toList();
  }

  private static boolean isTold(JobDetail job) {
    return Boolean.TRUE.equals(job.isTerminated()) || job.statusAsString().equals("FAILED");
  }

  @Test
  void one_whose_reply_was_lost_is_not_sent_again() {
    JobRef[] many = many(ContractWork.lasting(HOUR));
    endpoint.faults().loseReplies(1);

    Job last = hpc.submit(quick("last"), r -> r.after(many));

    assertThat(end(last).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(rest()).hasSize(3);
  }

  @Test
  void they_end_when_the_job_is_cancelled() {
    JobRef[] many = many(ContractWork.endless());
    Job last = hpc.submit(quick("last"), r -> r.after(many));

    last.cancel();

    assertThat(rest()).hasSize(3).allMatch(BatchEndpointBarriersTest::isTold);
  }

  @Test
  void they_end_with_the_job_though_one_is_known_by_its_name_alone() {
    JobRef[] many = many(ContractWork.endless());
    endpoint.faults().loseReplies(1); // so that the first is known by its name alone
    Job last = hpc.submit(quick("last"), r -> r.after(many));
    pass(Duration.ofMinutes(5));

    last.cancel();

    assertThat(rest()).hasSize(3).allMatch(BatchEndpointBarriersTest::isTold);
  }

  @Test
  void they_end_when_the_job_is_refused() {
    JobRef[] many = many(ContractWork.endless());
    AtomicInteger sent = new AtomicInteger();
    BatchClient aws =
        fixture.client(
            c ->
                c.addExecutionInterceptor(
                    Interrupted.forbidding(
                        r -> r instanceof SubmitJobRequest && sent.incrementAndGet() == 3)));
    JobClient client = client(fixture.builder(aws).scope("forbidden").build());

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> client.submit(quick("last"), r -> r.after(many)));

    assertThat(rest()).hasSize(2).allMatch(BatchEndpointBarriersTest::isTold);
  }

  @Test
  void they_are_tried_again_when_their_hosts_are_reclaimed() {
    JobRef[] many = many(ContractWork.endless());
    Job unused = hpc.submit(quick("last"), r -> r.after(many));

    assertThat(described(MANY).retryStrategy().attempts()).isEqualTo(10);
  }
}
