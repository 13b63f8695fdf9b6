package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.WaitReason;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class QueueRowTest {
  private record Rows(List<QueueRow> all) {
    QueueRow get(String id) {
      List<QueueRow> found = all.stream().filter(r -> r.id().toString().equals(id)).toList();
      assertThat(found).as(id).hasSize(1);
      return found.get(0);
    }
  }

  private static Rows byId(String text) {
    return new Rows(QueueRow.parse(text));
  }

  private static String ending(QueueRow row) {
    Verdict v = row.verdict();
    return v.state().orElseThrow()
        + v.reason().map(r -> " " + r).orElse("")
        + v.exit().map(e -> " " + e).orElse("");
  }

  @Nested
  class Of_one_call {
    private final Rows rows = byId(Recorded.text("squeue"));

    @Test
    void every_way_to_end_is_told_from_the_others() {
      is(rows.get("28"), "SUCCEEDED SUCCESS exit code 0");
      is(rows.get("29"), "FAILED NON_ZERO_EXIT exit code 3");
      is(rows.get("30"), "FAILED SIGNALLED exit code 137 or signal 9");
      is(rows.get("31"), "FAILED SIGNALLED signal 9");
      is(rows.get("32"), "FAILED SIGNALLED signal 11");
      is(rows.get("33"), "FAILED SIGNALLED exit code 137 or signal 9");
      is(rows.get("35"), "FAILED SIGNALLED exit code 134 or signal 6");
      is(rows.get("36"), "CANCELLED CANCELLED signal 15");
      is(rows.get("37"), "CANCELLED CANCELLED");
      is(rows.get("38_7"), "FAILED NON_ZERO_EXIT exit code 7");
      is(rows.get("40"), "FAILED DEPENDENCY_FAILED");
      is(rows.get("42"), "FAILED DEPENDENCY_FAILED");
    }

    @Test
    void what_has_not_ended_has_no_ending() {
      is(rows.get("39"), "PENDING");
      is(rows.get("41"), "PENDING");
      is(rows.get("43"), "RUNNABLE");
      is(rows.get("46"), "PENDING");
      is(rows.get("52"), "RUNNING");

      assertThat(rows.get("52").verdict().waitReason())
          .map(WaitReason::kind)
          .contains(WaitReason.Kind.SUSPENDED);
    }

    private void is(QueueRow row, String ending) {
      assertThat(ending(row)).isEqualTo(ending);
    }

    @Test
    void the_last_task_of_an_array_has_the_array_s_own_raw_id() {
      assertThat(rows.get("38_9").rawId()).isEqualTo("38");
      assertThat(rows.get("38_1").rawId()).isEqualTo("47");
    }

    @Test
    void a_requeued_job_says_how_often() {
      assertThat(rows.get("46").restarts()).isEqualTo(1);
      assertThat(rows.get("28").restarts()).isZero();
    }

    @Test
    void waiting_tasks_are_one_row() {
      QueueRow waiting =
          rows.all().stream().filter(r -> r.id().jobId().equals("53")).findAny().orElseThrow();

      assertThat(waiting.id().tasks()).hasToString("0-99:3,200");
      assertThat(waiting.verdict().waitReason())
          .map(WaitReason::kind)
          .contains(WaitReason.Kind.HELD);
    }

    @Test
    void times_are_those_of_what_has_happened() {
      QueueRow ended = rows.get("44");
      QueueRow neverStarted = rows.get("37");
      QueueRow later = rows.get("39");
      QueueRow running = rows.get("52");

      assertThat(ended.submitted()).contains(Instant.ofEpochSecond(1795578708));
      assertThat(ended.started()).contains(Instant.ofEpochSecond(1795578708));
      assertThat(ended.ended()).contains(Instant.ofEpochSecond(1795578711));
      assertThat(ended.nodes()).isEqualTo("acct1-n[2-3]");
      assertThat(neverStarted.started()).isEmpty();
      assertThat(neverStarted.ended()).isPresent();
      assertThat(later.started()).isEmpty();
      assertThat(later.expectedStart()).contains(Instant.ofEpochSecond(1795582307));
      assertThat(later.ended()).isEmpty();
      assertThat(running.started()).isPresent();
      assertThat(running.ended()).as("the end that its limit allows").isEmpty();
    }
  }

  @Nested
  class Of_recorded_states {
    @Test
    void exit_statuses_are_raw_wait_statuses() {
      String fields = "JobArrayID State Reason _ exit_code _ NodeList SubmitTime EndTime";
      String lines =
          Recorded.block("03-squeue-formats", "exit_code:|")
              .stdout()
              .replaceAll("(?m)^\\d+\\|", "");
      Rows rows = byId(Recorded.queue(lines, fields));

      assertThat(ending(rows.get("8"))).isEqualTo("FAILED NON_ZERO_EXIT exit code 3");
      assertThat(ending(rows.get("9"))).isEqualTo("FAILED SIGNALLED signal 11");
      assertThat(ending(rows.get("11"))).isEqualTo("FAILED SIGNALLED exit code 134 or signal 6");
      assertThat(ending(rows.get("13"))).isEqualTo("FAILED NON_ZERO_EXIT exit code 127");
      assertThat(ending(rows.get("14"))).isEqualTo("FAILED LAUNCH_FAILURE");
      assertThat(ending(rows.get("19"))).isEqualTo("SUCCEEDED SUCCESS exit code 0");
      assertThat(ending(rows.get("23"))).isEqualTo("CANCELLED CANCELLED signal 15");
      assertThat(ending(rows.get("24"))).isEqualTo("CANCELLED CANCELLED");
      assertThat(ending(rows.get("16"))).isEqualTo("RUNNING");
      assertThat(rows.get("20").verdict().waitReason())
          .map(WaitReason::kind)
          .contains(WaitReason.Kind.QUEUE_DISABLED);
    }

    @Test
    void out_of_memory_is_a_failure_whatever_the_script_returned() {
      String lines = Recorded.block("27-oom-cgroup", "squeue").stdout();
      Rows rows =
          byId(
              Recorded.queue(
                  lines.substring(0, lines.indexOf("JobID|")),
                  "JobArrayID Name State Reason exit_code"));

      assertThat(ending(rows.get("1948"))).isEqualTo("FAILED OUT_OF_MEMORY");
      assertThat(ending(rows.get("1950"))).isEqualTo("FAILED OUT_OF_MEMORY");
      assertThat(ending(rows.get("1949"))).isEqualTo("SUCCEEDED SUCCESS exit code 0");
    }

    @Test
    void without_accounting_exit_statuses_are_the_same() {
      Rows rows =
          byId(
              Recorded.queue(
                  Recorded.block("80-no-accounting", "exit_code:").stdout(),
                  "JobArrayID State exit_code"));

      assertThat(ending(rows.get("1935"))).isEqualTo("FAILED NON_ZERO_EXIT exit code 42");
      assertThat(ending(rows.get("1936_3"))).isEqualTo("FAILED NON_ZERO_EXIT exit code 3");
      assertThat(ending(rows.get("1936_0"))).isEqualTo("SUCCEEDED SUCCESS exit code 0");
    }

    @Test
    void a_job_of_a_node_that_failed_has_failed_or_waits_again() {
      Rows rows =
          byId(
              Recorded.queue(
                  Recorded.block("23-nodefail", "139,140").stdout(),
                  "JobArrayID State Reason NodeList"));

      assertThat(ending(rows.get("139"))).isEqualTo("FAILED NODE_FAILURE");
      assertThat(ending(rows.get("140"))).isEqualTo("PENDING");
    }

    @Test
    void a_dependency_that_can_never_be_met_fails_a_job_only_if_slurm_ended_it() {
      Rows rows =
          byId(
              Recorded.queue(
                  Recorded.block("09-dependencies", "squeue").stdout(),
                  "JobArrayID Name State Reason Dependency"));

      assertThat(ending(rows.get("83"))).isEqualTo("FAILED DEPENDENCY_FAILED");
      assertThat(ending(rows.get("86_2"))).isEqualTo("PENDING");
      assertThat(ending(rows.get("86_1"))).isEqualTo("SUCCEEDED SUCCESS exit code 0");
    }

    @Test
    void tasks_of_an_array_and_parts_of_a_heterogeneous_job_are_told_apart() {
      String array = Recorded.block("07-array", "%F").stdout();
      String het = Recorded.block("10-het", "squeue").stdout();

      assertThat(
              QueueRow.parse(Recorded.queue(array, "JobArrayID _ _ JobID State Reason NodeList")))
          .hasSize(11)
          .anyMatch(row -> row.id().toString().equals("26_[10-64]"));
      assertThat(
              QueueRow.parse(
                  Recorded.queue(
                      het.substring(het.indexOf('\n') + 1), "JobArrayID JobID State NodeList")))
          .extracting(row -> row.id().jobId())
          .containsExactly("96+1", "96+0");
    }

    @Test
    void preempted_suspended_and_finished_jobs_are_read() {
      Rows preempted =
          byId(
              Recorded.queue(
                  Recorded.block("24-preempt", "141,142").stdout(),
                  "JobArrayID _ State Reason StartTime"));
      String suspended = Recorded.block("25-suspend", "squeue").stdout().lines().toList().get(0);
      Rows tasks =
          byId(
              Recorded.queue(
                  Recorded.block("07-array-squeue-later", "squeue").stdout(),
                  "JobArrayID State Reason"));

      assertThat(ending(preempted.get("141"))).isEqualTo("PENDING");
      assertThat(ending(preempted.get("142"))).isEqualTo("RUNNING");
      assertThat(byId(Recorded.queue(suspended, "JobArrayID State _ Reason")).get("145").verdict())
          .returns(WaitReason.Kind.SUSPENDED, v -> v.waitReason().orElseThrow().kind());
      assertThat(tasks.all()).hasSize(50);
      assertThat(ending(tasks.get("26_3"))).isEqualTo("FAILED UNKNOWN");
    }

    @Test
    void a_whole_array_that_was_cancelled_is_one_row() {
      QueueRow row =
          QueueRow.parse(
                  Recorded.queue(
                      Recorded.block("81-array-partial-cancel", "scancel 1943").stdout(),
                      "JobArrayID State Reason"))
              .get(0);

      assertThat(row.id().tasks().size()).isEqualTo(10);
      assertThat(ending(row)).isEqualTo("CANCELLED CANCELLED");
    }
  }

  @Nested
  class A_reply_that_is_not_one {
    private static final String GOOD = "7|7|COMPLETED|0|0|1|1|2|n1|main|None\n";

    @Test
    void is_refused_with_the_line_that_is_wrong() {
      for (String bad :
          List.of(
              "7|7|COMPLETED|0|0|1|1|2|n1|main",
              "slurm_load_jobs error: Unable to contact slurm controller",
              "|7|COMPLETED|0|0|1|1|2|n1|main|None",
              "7|7||0|0|1|1|2|n1|main|None",
              "7|7|COMPLETED||0|1|1|2|n1|main|None",
              "7|7|COMPLETED|0:0|0|1|1|2|n1|main|None",
              "7|7|COMPLETED|795578707|0|1|1|2|n1|main|None",
              "7|7|COMPLETED|0|x|1|1|2|n1|main|None",
              "7|7_1|COMPLETED|0|0|1|1|2|n1|main|None",
              "7|8|COMPLETED|0|0|1|1|2|n1|main|None",
              "7_1|8+1|COMPLETED|0|0|1|1|2|n1|main|None",
              "7_[1,2|7|PENDING|0|0|1|1|2||main|None",
              "7|7|COMPLETED|0|0|2026-11-23T22:42:59|1|2|n1|main|None",
              "7|7|COMPLETED|0|0|1|1|tomorrow|n1|main|None")) {
        assertThatExceptionOfType(UnreadableReply.class)
            .as(bad)
            .isThrownBy(() -> QueueRow.parse(GOOD + bad + "\n" + GOOD))
            .withMessageContaining("squeue")
            .withMessageContaining(bad.substring(0, Math.min(20, bad.length())));
      }
    }

    @Test
    void a_job_in_two_states_is_refused() {
      assertThatExceptionOfType(UnreadableReply.class)
          .isThrownBy(() -> QueueRow.parse(GOOD + GOOD.replace("COMPLETED", "RUNNING")))
          .withMessageContaining("7 RUNNING")
          .withMessageContaining("also COMPLETED");
      assertThat(QueueRow.parse(GOOD + GOOD)).hasSize(2);
    }

    @Test
    void a_task_that_has_ended_and_waits_is_refused() {
      String waiting = "9_[1-5%2]|9|PENDING|0|0|1|N/A|N/A||main|Resources\n";

      assertThatExceptionOfType(UnreadableReply.class)
          .isThrownBy(() -> QueueRow.parse(GOOD.replace("7|7|", "9_3|12|") + waiting))
          .withMessageContaining("9_[1-5]");
      assertThat(QueueRow.parse(GOOD.replace("7|7|", "9_6|12|") + waiting)).hasSize(2);
    }

    @Test
    void a_reason_may_hold_anything_that_stands_on_one_line() {
      QueueRow row =
          QueueRow.parse(
                  "7|7|PENDING|0|0|1|N/A|N/A||main|ReqNodeNotAvail, UnavailableNodes:c[1-4] |"
                      + " why\n")
              .get(0);

      assertThat(row.reason()).isEqualTo("ReqNodeNotAvail, UnavailableNodes:c[1-4] | why");
    }

    @Test
    void no_line_is_no_job() {
      assertThat(QueueRow.parse("")).isEmpty();
      assertThat(QueueRow.parse("\n")).isEmpty();
    }

    @Test
    void a_state_that_is_not_known_is_kept_and_moves_nothing() {
      QueueRow row = QueueRow.parse(GOOD.replace("COMPLETED", "HIBERNATING")).get(0);

      assertThat(row.state()).isEqualTo("HIBERNATING");
      assertThat(row.verdict().state()).isEmpty();
      assertThat(row.verdict().nativeText()).isEqualTo("HIBERNATING");
      assertThat(row.ended()).isEmpty();
    }

    @Test
    void no_exit_status_is_no_success() {
      QueueRow row = QueueRow.parse(GOOD.replace("|0|0|", "|4294967294|0|")).get(0);

      assertThat(row.waitStatus()).isEqualTo(OptionalInt.empty());
      assertThat(row.verdict().state()).isEmpty();
    }
  }

  @Test
  void a_completed_job_with_an_exit_status_has_not_succeeded() {
    QueueRow row = QueueRow.parse("7|7|COMPLETED|256|0|1|1|2|n1|main|None\n").get(0);

    assertThat(row.verdict().state()).contains(JobState.FAILED);
    assertThat(row.verdict().reason()).contains(Reason.NON_ZERO_EXIT);
    assertThat(row.verdict().exit()).contains(Exit.code(1));
  }

  @Test
  void one_call_asks_for_all_jobs_and_never_for_names() {
    assertThat(QueueRow.command()).startsWith("squeue", "-h", "-t", "all", "--me");
    assertThat(String.join(" ", QueueRow.command())).doesNotContainIgnoringCase("name");
    assertThat(QueueRow.command().get(QueueRow.command().size() - 1)).endsWith(",Reason:");
  }
}
