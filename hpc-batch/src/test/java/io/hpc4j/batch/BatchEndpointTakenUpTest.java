package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** What a program takes up that another one has submitted, or was about to. */
class BatchEndpointTakenUpTest extends EndpointCases {
  /** Kills the program as it submits. */
  private static final ExecutionInterceptor KILLS =
      new ExecutionInterceptor() {
        @Override
        public void beforeExecution(
            Context.BeforeExecution context, ExecutionAttributes attributes) {
          if (context.request() instanceof SubmitJobRequest) {
            throw new OutOfMemoryError("killed");
          }
        }
      };

  private JobClient keeping(BatchClient aws) {
    return JobClient.builder(EndpointFixture.builder(aws, fixture.time()).scope("kept").build())
        .store(JobStore.file(directory.resolve("store")))
        .build();
  }

  @Test
  void submissions_that_were_on_their_way_settle_together() {
    JobClient killed = keeping(fixture.client(c -> c.addExecutionInterceptor(KILLS)));
    for (int i = 0; i < 8; i++) {
      assertThatThrownBy(() -> killed.submit(endless("sent perhaps")))
          .isInstanceOf(OutOfMemoryError.class);
    }
    killed.close();
    Instant from = fixture.time().instant();

    try (JobClient next = keeping(fixture.client())) {
      assertThat(next.resume()).isEmpty();
    }

    Duration one = Observer.GRACE.multipliedBy(2);
    assertThat(Duration.between(from, fixture.time().instant())).isLessThan(one);
  }

  /** Two of one scope may be of different places. */
  @Test
  void a_job_of_another_program_is_asked_for_where_it_was_found(@TempDir Path other)
      throws Exception {
    EndpointFixture elsewhere = new EndpointFixture(true);
    try {
      elsewhere.start(Files.createDirectories(other));
      BatchBackend earlier = EndpointFixture.builder(elsewhere.client(), elsewhere.time()).build();
      JobId id = JobId.create(earlier.name(), earlier.scope());
      JobRequest request = JobRequest.of(fixture.work("there", ContractWork.endless()).build());
      earlier.submit(new Submission(id, request, part -> {}));
      ((VirtualTime) elsewhere.time()).advance(Duration.ofMinutes(1));
      try (JobClient here =
              JobClient.on(EndpointFixture.builder(fixture.client(), fixture.time()).build());
          JobClient there =
              JobClient.on(EndpointFixture.builder(elsewhere.client(), fixture.time()).build())) {
        assertThat(here.isOpen()).isTrue();
        Job attached = there.job(id);

        pass(Duration.ofHours(1));

        assertThat(attached.state()).isEqualTo(JobState.RUNNING);
      }
    } finally {
      elsewhere.close();
    }
  }
}
