package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A controller that is killed before it has noted a job gives the job's id to the next, which may
 * be another program's.
 */
class GivenAwayTest extends SlurmCases {
  private void giveAway(String id) {
    slurm.all().stream().filter(task -> task.jobId.equals(id)).forEach(t -> slurm.vanish(t.id()));
    seconds(10);
    slurm.foreign(id, "another");
  }

  private void assertLeftAlone(String id) {
    assertThat(slurm.orders).isEmpty();
    assertThat(slurm.task(id).state).isEqualTo("PENDING");
    assertThat(slurm.task(id).reason).isEqualTo("Priority");
  }

  @Nested
  class Its_next_owner {
    @TempDir Path stored;

    private JobClient client() {
      return JobClient.builder(program()).store(JobStore.file(stored)).build();
    }

    @Test
    void is_not_cancelled_with_the_job_that_had_it() {
      JobId id = submit(r -> r);
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      giveAway("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);

      backend.cancel(id, "enough");

      assertLeftAlone("100");
    }

    @Test
    void is_not_cancelled_though_nobody_has_looked_yet() {
      JobId id = submit(r -> r);
      giveAway("100");

      backend.cancel(id, "enough");

      assertLeftAlone("100");
    }

    @Test
    void is_not_cancelled_with_an_element() {
      JobId id = submit(r -> r.array(2));
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      giveAway("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);

      backend.cancel(id.element(1), "enough");
      backend.cancel(id, "all of it");

      assertLeftAlone("100");
    }

    @Test
    void does_not_meet_the_deadline_of_the_job_that_had_it() {
      JobId id = submit(r -> r.deadline(time.instant().plusSeconds(60)));
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      giveAway("100");

      pass(Duration.ofMinutes(2));
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);

      assertLeftAlone("100");
    }

    @Test
    void is_neither_held_nor_released() {
      JobId id = submit(r -> r);
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      giveAway("100");
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);

      backend.hold(id);
      backend.release(id);

      assertLeftAlone("100");
    }

    @Test
    void is_not_cancelled_by_a_program_that_has_just_taken_the_job_up() {
      try (JobClient first = client()) {
        assertThat(first.submit(WORK).id()).isNotNull();
      }
      giveAway("100");

      try (JobClient second = client()) {
        Job job = second.resume().get(0);
        job.cancel("enough");
      }

      assertLeftAlone("100");
    }

    @Test
    void is_not_cancelled_when_the_backend_is_closed() {
      SlurmBackend other =
          SlurmBackend.builder()
              .runner(slurm)
              .time(time)
              .records(folder)
              .cancelJobsOnClose()
              .build();
      other.submit(submission(JobRequest.of(WORK)));
      giveAway("100");

      other.close();

      assertLeftAlone("100");
    }
  }

  @Test
  void orders_go_without_a_look_when_squeue_does_not_answer() {
    JobId id = submit(r -> r);
    slurm.fail("squeue", ScriptedSlurm.UNREACHABLE);

    backend.cancel(id, "enough");

    assertThat(slurm.task("100").state).isEqualTo("CANCELLED");
  }

  @Test
  void to_look_before_an_order_is_one_question_for_all_jobs() {
    JobId one = submit(r -> r);
    JobId two = submit(r -> r);

    backend.cancel(one, "enough");
    backend.cancel(two, "enough");

    assertThat(slurm.calls("squeue")).isEqualTo(1);
    assertThat(slurm.all()).allMatch(task -> task.state.equals("CANCELLED"));
  }
}
