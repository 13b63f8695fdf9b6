package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** AWS keeps an ended job for a week: what an earlier program may have sent before that. */
class BatchEndpointForgottenTest extends EndpointCases {
  private Submission made(String name, Duration ago) {
    JobId id = JobId.create(backend.name(), backend.scope());
    return new Submission(id, JobRequest.of(quick(name)), part -> {})
        .madeAt(fixture.time().instant().minus(ago));
  }

  @Test
  void what_aws_may_have_run_and_forgotten_is_lost_and_never_sent_again() {
    Submission older = made("older", Duration.ofDays(8));

    assertThat(backend.find(older))
        .isEqualTo(new Lookup.Unknown("AWS Batch may not show the job yet"));
    pass(Duration.ofMinutes(2));
    assertThat(backend.find(older))
        .isInstanceOfSatisfying(Lookup.Unknown.class, one -> assertThat(one.forGood()).isTrue());

    backend.adopt(older, List.of());
    pass(Duration.ofMinutes(2));
    assertThat(backend.describe(List.of(older.id())).get(older.id()))
        .satisfies(status -> assertThat(status.state()).isEqualTo(JobState.LOST));

    backend.settle(older.id(), JobState.SUCCEEDED);

    assertThat(backend.describe(List.of(older.id())).get(older.id()))
        .satisfies(status -> assertThat(status.state()).isEqualTo(JobState.SUCCEEDED));
    assertThat(endpoint.jobs()).isEmpty();
  }

  @Test
  void what_an_earlier_program_never_sent_is_known_to_be_absent() {
    Submission earlier = made("earlier", Duration.ofDays(6));

    assertThat(backend.find(earlier)).isInstanceOf(Lookup.Unknown.class);
    pass(Duration.ofMinutes(2));

    assertThat(backend.find(earlier)).isEqualTo(new Lookup.Absent());
  }
}
