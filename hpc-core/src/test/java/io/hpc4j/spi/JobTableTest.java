package io.hpc4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobTableTest {
  private static final JobRequest PLAIN =
      JobRequest.of(JobDefinition.builder("plain").command("true").build());

  private final JobTable<Known> jobs =
      new JobTable<>(1, Known::id, job -> Optional.ofNullable(job.request));

  private record Known(JobId id, @Nullable JobRequest request) {}

  private Known added(JobRequest request) {
    Known job = new Known(JobId.create("some", "default"), request);
    jobs.put(job);
    return job;
  }

  @Test
  void what_an_open_job_depends_on_is_not_forgotten() {
    Known needed = added(PLAIN);
    Known other = added(PLAIN);
    Known open = added(PLAIN.toBuilder().after(needed.id).build());

    jobs.over(List.of(needed));
    jobs.over(List.of(other));
    assertThat(jobs.all()).containsExactly(needed, open);
    assertThat(jobs.tokens()).containsExactlyInAnyOrder(needed.id.token(), open.id.token());

    jobs.over(List.of(open, added(PLAIN)));
    assertThat(jobs.find(needed.id)).isEmpty();
  }

  @Test
  void what_is_over_is_found_and_no_longer_open() {
    Known job = added(PLAIN);

    jobs.over(List.of(job));

    assertThat(jobs.find(job.id.element(3))).contains(job);
    assertThat(jobs.open()).isEmpty();
    jobs.forget(job);
    assertThat(jobs.all()).isEmpty();
  }

  @Test
  void a_job_that_is_known_is_not_replaced_by_one_that_is_found() {
    Known job = added(PLAIN);
    Known same = new Known(job.id, null);
    jobs.over(List.of(job));

    assertThat(jobs.found(same)).isSameAs(job);
    jobs.forget(same);
    assertThat(jobs.find(job.id)).contains(job);

    jobs.put(same);
    assertThat(jobs.all()).containsExactly(same);
  }
}
