package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.WaitReason;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Why an array waits that Slurm has not taken as one. */
class WaitingTest extends SlurmCases {
  private WaitReason why(JobId id) {
    return backend.explain(id).orElseThrow();
  }

  @Nested
  class While_the_user_may_have_no_more_jobs {
    private JobId tooLarge() {
      slurm.mostTasks = 1500;
      JobId id = submit(r -> r.array(2500));
      seconds(1);
      return id;
    }

    @Test
    void what_is_held_for_the_rest_is_not_said_to_be_held_by_the_user() {
      JobId id = tooLarge();

      assertThat(why(id.element(0)).detail())
          .startsWith("the rest of the array is still to be sent: sbatch: ")
          .contains("job submit limit");
      assertThat(why(id)).isEqualTo(why(id.element(0)));
    }

    @Test
    void what_is_to_be_sent_says_so_in_slurm_s_words() {
      JobId id = tooLarge();

      assertThat(why(id.element(2400)).detail())
          .startsWith("it is still to be sent: sbatch: ")
          .contains("job submit limit");
    }

    @Test
    void a_hold_of_the_user_or_of_an_administrator_is_still_one() {
      JobId id = tooLarge();
      slurm.task("100_0").reason = "JobHeldAdmin";
      assertThat(why(id.element(0)).detail()).contains("JobHeldAdmin");
      backend.hold(id);
      seconds(1);

      assertThat(why(id.element(1)).kind()).isEqualTo(WaitReason.Kind.HELD);
    }

    @Test
    void nothing_of_it_is_said_once_slurm_has_taken_all() {
      JobId id = tooLarge();
      slurm.mostTasks = 5000;
      assertThat(state(id)).isEqualTo(JobState.PENDING); // the rest is sent, and all is released
      seconds(1);

      assertThat(why(id.element(0)).kind()).isEqualTo(WaitReason.Kind.PRIORITY);
      assertThat(why(id.element(2400)).kind()).isEqualTo(WaitReason.Kind.PRIORITY);
    }
  }

  @Nested
  class While_a_throttle_keeps_a_part_back {
    private static final String WORDS = "the part of the array before it has to end";

    private void dependOnThePartBefore(String part) {
      slurm.all().stream().filter(t -> t.jobId.equals(part)).forEach(t -> t.reason = "Dependency");
    }

    @Test
    void it_waits_for_the_part_before_it() {
      JobId id = submit(r -> r.array(2500).throttle(5));
      dependOnThePartBefore("101");
      seconds(1);

      assertThat(why(id.element(2000)).kind()).isEqualTo(WaitReason.Kind.THROTTLE);
      assertThat(why(id.element(2000)).detail()).startsWith(WORDS);
    }

    @Test
    void it_waits_for_other_jobs_until_the_first_part_has_started() {
      JobId first = submit(r -> r);
      seconds(1);
      JobId id = submit(r -> r.array(2500).throttle(5).after(() -> first));
      dependOnThePartBefore("102");
      seconds(1);
      assertThat(why(id.element(2000)).jobs()).containsExactly(first);

      slurm.succeed("100");
      slurm.start("101_0");
      seconds(1);

      assertThat(why(id.element(2000)).detail()).startsWith(WORDS);
    }
  }
}
