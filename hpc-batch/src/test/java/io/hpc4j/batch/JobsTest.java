package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobsTest {
  private static final JobRequest PLAIN =
      JobRequest.of(JobDefinition.builder("plain").command("true").build());

  private final Jobs jobs = new Jobs(1);

  private BatchJob added(JobRequest request) {
    JobId id = JobId.create(BatchOptions.BACKEND, "default");
    BatchJob job =
        new BatchJob(id, request, null, IndexSet.empty(), "name", "queue", Instant.EPOCH);
    jobs.put(job);
    return job;
  }

  @Test
  void what_an_open_job_depends_on_is_not_forgotten() {
    BatchJob needed = added(PLAIN);
    BatchJob other = added(PLAIN);
    BatchJob open = added(PLAIN.toBuilder().after(needed.id).build());

    jobs.over(needed);
    jobs.over(other);
    assertThat(jobs.all()).containsExactly(needed, open);

    jobs.over(open);
    jobs.over(added(PLAIN));
    assertThat(jobs.find(needed.id)).isEmpty();
  }
}
