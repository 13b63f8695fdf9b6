package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.slurm.query.SlurmError.Kind;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SlurmErrorTest {
  private static SlurmError recorded(String sample, String command) {
    Recorded.Block block = Recorded.block(sample, command);
    assertThat(block.exitStatus()).isNotZero();
    String words = block.command().replaceFirst("^timeout \\d+ ", "").replaceFirst(" .*", "");
    return SlurmError.of(words, block.exitStatus(), block.stderr());
  }

  @Nested
  class Of_a_submission {
    @Test
    void every_recorded_refusal_is_one_with_slurm_s_own_words() {
      assertThat(
              Recorded.blocks("20-errors").stream()
                  .filter(block -> block.command().matches("(?s)(printf .*)?sbatch(?!.*tiny).*"))
                  .filter(block -> !block.command().contains("--wait"))
                  .filter(block -> block.exitStatus() != 0))
          .hasSizeGreaterThan(25)
          .allSatisfy(
              block -> {
                SlurmError error = SlurmError.of("sbatch", block.exitStatus(), block.stderr());
                assertThat(error.kind()).as(block.command()).isIn(Kind.REFUSED, Kind.DENIED);
                assertThat(block.stderr()).contains(error.message().split("; ", -1)[0]);
              });
    }

    @Test
    void every_no_of_the_controller_is_one_so_that_nothing_is_looked_for_and_sent_again() {
      assertThat(
              List.of(
                  "Requested time limit is invalid (missing or exceeds some limit)",
                  "Node count specification invalid",
                  "CPU count specification invalid",
                  "Task count specification invalid",
                  "More processors requested than permitted",
                  "Requested more tasks than available processors",
                  "Requested nodes not in this partition",
                  "Required node not available (down, drained or reserved)",
                  "Required partition not available (inactive or drain)",
                  "Access denied to requested reservation",
                  "Requested reservation is invalid",
                  "Requested reservation not usable now",
                  "No partition specified or system default partition",
                  "Job size specification needs to be provided",
                  "Memory required by task is not available",
                  "Time limit specification required, but not provided",
                  "Requested account has breached requested QOS usage threshold",
                  "System submissions disabled",
                  "Requested operation is presently disabled",
                  "Requested GRES option unsupported by configured SelectType plugin",
                  "Burst Buffer request invalid",
                  "Duplicate generic resource (gres) specification",
                  "Multiple partition job request not supported when a partition is set in the association"))
          .allSatisfy(
              words ->
                  assertThat(of("sbatch: error: Batch job submission failed: " + words))
                      .isEqualTo(Kind.REFUSED));
    }

    @Test
    void a_no_of_the_site_s_own_plugin_is_one_whatever_it_says() {
      assertThat(
              of(
                  "sbatch: error: this site wants a project\n"
                      + "sbatch: error: Batch job submission failed: Unspecified error"))
          .isEqualTo(Kind.REFUSED);
      assertThat(of("sbatch: error: Unspecified error")).isEqualTo(Kind.OUTCOME_UNKNOWN);
    }

    @Test
    void the_user_s_limit_is_a_matter_of_time() {
      SlurmError error = recorded("20-errors", "--qos=tiny");

      assertThat(error.kind()).isEqualTo(Kind.BUSY);
      assertThat(error.message())
          .isEqualTo(
              "QOSMaxSubmitJobPerUserLimit; Batch job submission failed: Job violates"
                  + " accounting/QOS policy (job submit limit, user's size and/or time limits)");
      assertThat(of("sbatch: error: AssocMaxSubmitJobLimit")).isEqualTo(Kind.BUSY);
      assertThat(of("sbatch: error: Slurm temporarily unable to accept job, sleeping"))
          .isEqualTo(Kind.BUSY);
    }

    @Test
    void an_outage_before_anything_was_sent_may_be_tried_again() {
      assertThat(recorded("70-controller-down", "sbatch").kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(recorded("73-munge-down", "sbatch").kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(recorded("72-slurmdbd-down", "-M emu").kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void a_lost_reply_and_a_text_that_is_not_known_leave_the_outcome_open() {
      assertThat(
              of(
                  "sbatch: error: Batch job submission failed: Socket timed out on send/recv"
                      + " operation"))
          .isEqualTo(Kind.OUTCOME_UNKNOWN);
      assertThat(
              of(
                  "sbatch: error: Batch job submission failed: Zero Bytes were transmitted or"
                      + " received"))
          .isEqualTo(Kind.OUTCOME_UNKNOWN);
      assertThat(
              of(
                  "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n"
                      + "sbatch: error: Batch job submission failed: Socket timed out"))
          .isEqualTo(Kind.OUTCOME_UNKNOWN);
      assertThat(of("sbatch: error: something new")).isEqualTo(Kind.OUTCOME_UNKNOWN);
      assertThat(of("")).isEqualTo(Kind.OUTCOME_UNKNOWN);
    }

    private static Kind of(String stderr) {
      return SlurmError.of("sbatch", 1, stderr).kind();
    }
  }

  @Nested
  class Of_a_question {
    @Test
    void can_be_asked_again() {
      for (String sample : List.of("70-controller-down", "73-munge-down")) {
        assertThat(recorded(sample, "squeue").kind()).isEqualTo(Kind.TRANSIENT);
      }
      assertThat(recorded("70-controller-down", "scancel").kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(recorded("72-slurmdbd-down", "sacct").kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(SlurmError.of("squeue", 1, "slurm_load_jobs error: Socket timed out").kind())
          .isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void a_text_that_is_not_known_is_no_outage() {
      assertThat(SlurmError.of("sinfo", 1, "something new").kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    }

    @Test
    void what_is_not_in_use_is_absent() {
      assertThat(recorded("80-no-accounting", "60 sacct").kind()).isEqualTo(Kind.ABSENT);
      assertThat(recorded("80-no-accounting", "sprio").kind()).isEqualTo(Kind.ABSENT);
      assertThat(recorded("80-no-accounting", "sacctmgr").kind()).isEqualTo(Kind.ABSENT);
    }

    @Test
    void jobs_are_unknown_foreign_or_ended() {
      assertThat(recorded("20-errors", "squeue -j 999999").kind()).isEqualTo(Kind.NOT_FOUND);
      assertThat(recorded("20-errors", "scontrol show job 999999").kind())
          .isEqualTo(Kind.NOT_FOUND);
      assertThat(recorded("20-errors", "scontrol hold 999999").kind()).isEqualTo(Kind.NOT_FOUND);
      assertThat(recorded("20-errors", "scancel 16").kind()).isEqualTo(Kind.DENIED);
      assertThat(recorded("25-hold", "scontrol release 146").kind()).isEqualTo(Kind.DENIED);
      assertThat(
              SlurmError.of(
                      "scancel",
                      1,
                      "scancel: error: Kill job error on job id 7: Job/step already completing or"
                          + " completed")
                  .kind())
          .isEqualTo(Kind.ENDED);
    }
  }

  @Test
  void the_words_are_printable_and_short() {
    SlurmError error = SlurmError.of("squeue", 1, "squeue: error: a\u0007b" + "x".repeat(5000));

    assertThat(error.message()).startsWith("a\\u0007b").hasSizeLessThan(300);
    assertThat(SlurmError.of("squeue", 7, "").message()).isEqualTo("exit status 7 without a word");
    assertThat(SlurmError.of("squeue", 7, "x\n".repeat(100)).message()).hasSizeLessThan(30);
  }
}
