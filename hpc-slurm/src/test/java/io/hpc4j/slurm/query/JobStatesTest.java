package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class JobStatesTest {
  private static Verdict of(String state, String reason, int status) {
    return JobStates.ofQueue(state, reason, OptionalInt.of(status));
  }

  @Test
  void every_documented_word_is_known_long_and_compact() {
    Map<String, String> words =
        Map.ofEntries(
            Map.entry("BF", "BOOT_FAIL"),
            Map.entry("CA", "CANCELLED"),
            Map.entry("CF", "CONFIGURING"),
            Map.entry("CG", "COMPLETING"),
            Map.entry("DL", "DEADLINE"),
            Map.entry("F", "FAILED"),
            Map.entry("NF", "NODE_FAIL"),
            Map.entry("OOM", "OUT_OF_MEMORY"),
            Map.entry("PD", "PENDING"),
            Map.entry("PR", "PREEMPTED"),
            Map.entry("R", "RUNNING"),
            Map.entry("RD", "RESV_DEL_HOLD"),
            Map.entry("RF", "REQUEUE_FED"),
            Map.entry("RH", "REQUEUE_HOLD"),
            Map.entry("RQ", "REQUEUED"),
            Map.entry("RS", "RESIZING"),
            Map.entry("RV", "REVOKED"),
            Map.entry("SI", "SIGNALING"),
            Map.entry("SE", "SPECIAL_EXIT"),
            Map.entry("SO", "STAGE_OUT"),
            Map.entry("ST", "STOPPED"),
            Map.entry("S", "SUSPENDED"),
            Map.entry("TO", "TIMEOUT"));

    words.forEach(
        (compact, word) -> {
          assertThat(of(word, "None", 0).state()).as(word).isPresent();
          assertThat(of(compact, "None", 0).state()).isEqualTo(of(word, "None", 0).state());
          assertThat(of(compact, "None", 0).reason()).isEqualTo(of(word, "None", 0).reason());
        });
  }

  @Test
  void only_completed_with_status_zero_is_success() {
    for (StateWord word : StateWord.values()) {
      for (int status : List.of(0, 1, 9, 11, 15, 125, 253, 256, 768, 4021, 35072, 65535)) {
        boolean success = of(word.name(), "None", status).state().equals(succeeded());

        assertThat(success)
            .as(word + " " + status)
            .isEqualTo(word.name().equals("COMPLETED") && status == 0);
      }
    }
  }

  @Test
  void the_whole_word_alone_says_that_a_job_has_completed() {
    assertThat(of("CD", "None", 0).state()).isEmpty();
    assertThat(of("COMPLETE", "None", 0).state()).isEmpty();
    assertThat(of("COMPLETE+", "None", 0).state()).isEmpty();
  }

  private static Optional<JobState> succeeded() {
    return Optional.of(JobState.SUCCEEDED);
  }

  @Test
  void each_end_has_its_reason() {
    assertThat(of("TIMEOUT", "TimeLimit", 15).reason()).contains(Reason.TIMEOUT);
    assertThat(of("DEADLINE", "DeadLine", 0).reason()).contains(Reason.DEADLINE);
    assertThat(of("PREEMPTED", "None", 15).reason()).contains(Reason.PREEMPTED);
    assertThat(of("NODE_FAIL", "NodeDown", 0).reason()).contains(Reason.NODE_FAILURE);
    assertThat(of("BOOT_FAIL", "None", 0).reason()).contains(Reason.NODE_FAILURE);
    assertThat(of("OUT_OF_MEMORY", "OutOfMemory", 0).reason()).contains(Reason.OUT_OF_MEMORY);
    assertThat(of("FAILED", "OutOfMemory", 256).reason()).contains(Reason.OUT_OF_MEMORY);
    assertThat(of("FAILED", "JobLaunchFailure", 0).reason()).contains(Reason.LAUNCH_FAILURE);
    assertThat(of("FAILED", "BadConstraints", 0).reason()).contains(Reason.REJECTED);
    assertThat(of("FAILED", "SystemFailure", 0).reason()).contains(Reason.UNKNOWN);
    assertThat(of("FAILED", "None", 0).state()).contains(JobState.FAILED);
  }

  @Test
  void a_job_that_another_cluster_took_is_not_a_failure_that_would_be_retried() {
    assertThat(of("REVOKED", "None", 0).state()).contains(JobState.CANCELLED);
  }

  @Test
  void a_status_that_stands_for_something_else_is_no_exit() {
    assertThat(of("FAILED", "JobLaunchFailure", 4021).exit()).isEmpty();
    assertThat(of("OUT_OF_MEMORY", "OutOfMemory", 253).exit()).isEmpty();
    assertThat(of("TIMEOUT", "TimeLimit", 0).exit()).isEmpty();
    assertThat(of("TIMEOUT", "TimeLimit", 15).exit()).contains(Exit.signal(15));
    assertThat(of("CANCELLED", "None", 0).exit()).isEmpty();
  }

  @Test
  void who_cancelled_a_job_is_kept_in_the_words() {
    Verdict verdict = JobStates.ofAccounting("CANCELLED by 1000", "None", "0:0", false);

    assertThat(verdict.state()).contains(JobState.CANCELLED);
    assertThat(verdict.nativeText()).isEqualTo("CANCELLED by 1000");
  }

  @Test
  void a_word_cut_for_its_column_is_known_where_it_is_clear_and_never_a_success() {
    assertThat(of("CANCELLED+", "None", 0).state()).contains(JobState.CANCELLED);
    assertThat(of("OUT_OF_ME+", "None", 0).reason()).contains(Reason.OUT_OF_MEMORY);
    assertThat(of("COMPLETE+", "None", 0).state()).isEmpty();
    assertThat(of("COMPLET+", "None", 0).state()).isEmpty();
    assertThat(of("C+", "None", 0).state()).isEmpty();
    assertThat(of("+", "None", 0).state()).isEmpty();
  }

  @Test
  void other_words_are_kept_and_printable() {
    for (String word :
        List.of("completed", "COMPLETED2", "COMPLETED,", "UPDATE_DB", "\u0007", "")) {
      Verdict verdict = of(word, "why not", 0);

      assertThat(verdict.state()).as(word).isEmpty();
      assertThat(verdict.isEnded()).isFalse();
      assertThat(verdict.nativeText()).endsWith("(why not)");
    }
    assertThat(of("\u0007", "None", 0).nativeText()).isEqualTo("\\u0007");
  }

  @Test
  void a_reduced_exit_code_is_only_what_it_can_be() {
    assertThat(exit("9:0")).contains(new Exit(Exit.Kind.CODE_OR_SIGNAL, 137));
    assertThat(exit("11:0")).contains(new Exit(Exit.Kind.CODE_OR_SIGNAL, 139));
    assertThat(exit("3:0")).contains(Exit.code(3));
    assertThat(exit("127:0")).contains(Exit.code(127));
    assertThat(exit("0:11")).contains(Exit.signal(11));
    assertThat(exit("0:53")).isEmpty();
    assertThat(exit("0:125")).isEmpty();
  }

  private static Optional<Exit> exit(String text) {
    return JobStates.ofAccounting("FAILED", "None", text, false).exit();
  }
}
