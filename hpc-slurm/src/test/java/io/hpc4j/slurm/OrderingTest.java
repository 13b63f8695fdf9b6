package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What users order, while others may order something else. */
class OrderingTest extends SlurmCases {
  @Test
  void what_Slurm_or_an_administrator_has_held_can_be_released() {
    JobId id = submit(r -> r);
    slurm.start("100");
    assertThat(state(id)).isEqualTo(JobState.RUNNING);
    slurm.requeue("100", "REQUEUED");
    slurm.task("100").reason = "JobHeldUser";
    assertThat(state(id)).isEqualTo(JobState.PENDING);

    backend.release(id);

    assertThat(slurm.task("100").reason).isEqualTo("Priority");
  }

  @Test
  void what_somebody_else_has_released_can_be_held_again() {
    JobId id = submit(r -> r.hold());
    slurm.task("100").reason = "Priority";

    backend.hold(id);

    assertThat(slurm.task("100").reason).isEqualTo("JobHeldUser");
  }

  @Test
  void what_was_requeued_and_held_waits_for_a_release() {
    JobId id = submit(r -> r);
    slurm.start("100");
    slurm.requeue("100", "REQUEUED");
    slurm.task("100").reason = "job requeued in held state";

    assertThat(state(id)).isEqualTo(JobState.PENDING);
    assertThat(backend.explain(id).orElseThrow().detail()).contains("release it");
  }

  @Test
  void a_lost_element_is_cancelled_and_again_when_it_is_found() {
    slurm.accounting = false;
    JobId id = submit(r -> r.array(2));
    slurm.startAll();
    assertThat(state(id)).isEqualTo(JobState.RUNNING);
    ScriptedSlurm.NativeTask forgotten = slurm.forget("100_0");
    assertThat(state(id)).isEqualTo(JobState.RUNNING);
    pass(Duration.ofMinutes(10));
    assertThat(state(id.element(0))).isEqualTo(JobState.LOST);

    backend.cancel(id.element(0), "enough");
    assertThat(state(id.element(0))).isEqualTo(JobState.LOST);
    slurm.recall(forgotten);
    assertThat(state(id.element(0))).isEqualTo(JobState.RUNNING);

    assertThat(state(id.element(0))).isEqualTo(JobState.CANCELLED);
    assertThat(status(id.element(0)).message()).isEqualTo("enough");
    assertThat(state(id.element(1))).isEqualTo(JobState.RUNNING);
  }
}
