package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AccountingRowTest {
  private static String ending(Verdict v) {
    return v.state().map(JobState::name).orElse("?")
        + v.reason().map(r -> " " + r).orElse("")
        + v.exit().map(e -> " " + e).orElse("");
  }

  private static String ending(List<AccountingRow> rows, String id) {
    List<AccountingRow> found = rows.stream().filter(r -> r.id().toString().equals(id)).toList();
    assertThat(found).as(id).hasSize(1);
    return ending(found.get(0).verdict());
  }

  @Nested
  class Of_one_call {
    private final List<AccountingRow> rows = AccountingRow.parse(Recorded.text("sacct"));

    @Test
    void steps_are_folded_into_their_job() {
      assertThat(rows)
          .hasSize(27)
          .extracting(r -> r.id().toString())
          .noneMatch(id -> id.contains("."));
    }

    @Test
    void every_way_to_end_is_told_as_well_as_accounting_can() {
      assertThat(ending(rows, "28")).isEqualTo("SUCCEEDED SUCCESS exit code 0");
      assertThat(ending(rows, "29")).isEqualTo("FAILED NON_ZERO_EXIT exit code 3");
      assertThat(ending(rows, "30")).isEqualTo("FAILED SIGNALLED exit code 137 or signal 9");
      assertThat(ending(rows, "31")).isEqualTo("FAILED SIGNALLED signal 9");
      assertThat(ending(rows, "35")).isEqualTo("FAILED SIGNALLED exit code 134 or signal 6");
      assertThat(ending(rows, "36")).isEqualTo("CANCELLED CANCELLED");
      assertThat(ending(rows, "38_9")).isEqualTo("FAILED NON_ZERO_EXIT exit code 7");
      assertThat(ending(rows, "40")).isEqualTo("FAILED DEPENDENCY_FAILED");
      assertThat(ending(rows, "39")).isEqualTo("PENDING");
      assertThat(ending(rows, "43")).isEqualTo("RUNNABLE");
    }

    @Test
    void a_job_cancelled_by_nobody_before_it_had_nodes_is_told_from_one_that_a_user_cancelled() {
      assertThat(rows)
          .filteredOn(AccountingRow::wasCancelledBySlurm)
          .extracting(r -> r.id().toString())
          .containsExactlyInAnyOrder("40", "42");
    }

    @Test
    void peak_memory_is_that_of_the_largest_step_and_cpu_time_that_of_the_job() {
      AccountingRow job = find("44");

      assertThat(job.usage())
          .isEqualTo(
              new Usage(
                  Optional.of(Duration.ofSeconds(3)),
                  Optional.of(Duration.ofMillis(90)),
                  Optional.of(Memory.ofKiB(10848))));
      assertThat(job.nodes()).isEqualTo("acct1-n[2-3]");
      assertThat(job.user()).isEqualTo("root");
      assertThat(job.partition()).isEqualTo("normal");
    }

    @Test
    void a_job_without_nodes_never_started() {
      assertThat(find("40").started()).isEmpty();
      assertThat(find("40").nodes()).isEmpty();
      assertThat(find("40").ended()).contains(Instant.ofEpochSecond(1795578708));
      assertThat(find("28").started()).contains(Instant.ofEpochSecond(1795578707));
    }

    private AccountingRow find(String id) {
      return rows.stream().filter(r -> r.id().toString().equals(id)).findFirst().orElseThrow();
    }
  }

  @Nested
  class Of_a_requeued_job {
    @Test
    void the_records_are_its_attempts_in_order() {
      List<AccountingRow> rows =
          AccountingRow.parse(
              Recorded.accounting(Recorded.block("24-sacct-D-duplicates", "sacct").stdout()));

      List<AccountingRow> preempted =
          rows.stream().filter(r -> r.id().jobId().equals("141")).toList();
      List<AccountingRow> requeued =
          rows.stream().filter(r -> r.id().jobId().equals("138")).toList();

      assertThat(preempted)
          .extracting(AccountingRow::state)
          .containsExactly("PREEMPTED", "PENDING");
      assertThat(ending(preempted.get(0).verdict())).isEqualTo("FAILED PREEMPTED");
      assertThat(ending(requeued.get(0).verdict())).isEqualTo("PENDING");
      assertThat(ending(requeued.get(0).verdictOfEarlierAttempt()))
          .isEqualTo("CANCELLED CANCELLED");
      assertThat(ending(preempted.get(0).verdictOfEarlierAttempt())).isEqualTo("FAILED PREEMPTED");
    }

    @Test
    void steps_belong_to_the_attempt_before_them() {
      String text =
          """
          46|46|REQUEUED|0:0|0:0|100|100|110|me|n3|main|10|00:01|| None
          46.batch|46.batch|CANCELLED|0:15||100|100|110||n3||10|00:01|100K|
          46|46|COMPLETED|0:0|0:0|110|120|130|me|n1|main|10|00:02||None
          46.batch|46.batch|COMPLETED|0:0||120|120|130||n1||10|00:02|300K|
          """;

      assertThat(AccountingRow.parse(text))
          .extracting(row -> row.usage().peakMemory())
          .containsExactly(Optional.of(Memory.ofKiB(100)), Optional.of(Memory.ofKiB(300)));
    }
  }

  @Nested
  class Of_recorded_states {
    @Test
    void steps_never_speak_for_their_job() {
      List<AccountingRow> rows =
          AccountingRow.parse(
              Recorded.accounting(
                  Recorded.block("05-sacct-states", "sacct").stdout().replace("JobName", "_")));

      assertThat(ending(rows, "9")).isEqualTo("FAILED SIGNALLED signal 11");
      assertThat(ending(rows, "13")).isEqualTo("FAILED NON_ZERO_EXIT exit code 127");
      assertThat(ending(rows, "14")).isEqualTo("FAILED LAUNCH_FAILURE");
      assertThat(ending(rows, "16")).isEqualTo("RUNNING");
      assertThat(ending(rows, "22")).isEqualTo("RUNNING");
      assertThat(ending(rows, "23")).isEqualTo("CANCELLED CANCELLED");
      assertThat(ending(rows, "25")).isEqualTo("SUCCEEDED SUCCESS exit code 0");
    }

    @Test
    void a_time_limit_has_no_exit_code() {
      List<AccountingRow> rows =
          AccountingRow.parse(Recorded.accounting(Recorded.block("08-timeout", "sacct").stdout()));

      assertThat(ending(rows, "22")).isEqualTo("FAILED TIMEOUT");
    }

    @Test
    void out_of_memory_is_a_failure_and_that_of_a_step_alone_is_not() {
      String text = Recorded.block("27-oom-cgroup", "sacct").stdout();
      String table = text.substring(text.indexOf("JobID|"), text.indexOf("Killed\n"));
      List<AccountingRow> rows = AccountingRow.parse(Recorded.accounting(table));

      assertThat(ending(rows, "1948")).isEqualTo("FAILED OUT_OF_MEMORY");
      assertThat(ending(rows, "1949")).isEqualTo("SUCCEEDED SUCCESS exit code 0");
      assertThat(ending(rows, "1950")).isEqualTo("FAILED OUT_OF_MEMORY");
      assertThat(rows.get(0).usage().peakMemory()).contains(Memory.ofKiB(862));
      assertThat(rows.get(1).derivedExitCode()).isEqualTo("0:125");
    }

    @Test
    void accounting_that_kills_for_memory_leaves_a_signal_and_the_peak() {
      String text = Recorded.block("27-oom-jobacct", "sacct").stdout();
      String table = text.substring(text.indexOf("JobID|"), text.indexOf("slurmstepd"));
      List<AccountingRow> rows = AccountingRow.parse(Recorded.accounting(table));

      assertThat(ending(rows, "144")).isEqualTo("FAILED SIGNALLED signal 9");
      assertThat(rows.get(0).usage().peakMemory()).contains(Memory.ofKiB(415190));
    }

    @Test
    void an_end_whose_time_is_not_known_is_none_yet() {
      String columns = "JobID State ExitCode Start End";
      String late = "1952|FAILED|0:0|2026-11-23T23:08:59|Unknown";
      String settled = "1952|FAILED|9:0|2026-11-23T23:08:59|2026-11-23T23:08:59";

      assertThat(Recorded.text("43-sacct-catchup")).contains(late).contains(settled);
      assertThat(ending(AccountingRow.parse(Recorded.accounting(late, columns)), "1952"))
          .isEqualTo("?");
      assertThat(ending(AccountingRow.parse(Recorded.accounting(settled, columns)), "1952"))
          .isEqualTo("FAILED SIGNALLED exit code 137 or signal 9");
    }

    @Test
    void jobs_that_were_never_eligible_are_read() {
      List<AccountingRow> rows =
          AccountingRow.parse(
              Recorded.accounting(Recorded.block("06-sacct-j-notstarted", "sacct").stdout()));

      assertThat(ending(rows, "17")).isEqualTo("PENDING");
      assertThat(ending(rows, "24")).isEqualTo("CANCELLED CANCELLED");
    }

    @Test
    void arrays_and_heterogeneous_jobs_are_read() {
      List<AccountingRow> tasks =
          AccountingRow.parse(
              Recorded.accounting(Recorded.block("07-array-sacct-later", "sacct").stdout()));
      List<AccountingRow> het =
          AccountingRow.parse(
              Recorded.accounting(
                  Recorded.block("10-het-sacct", "sacct").stdout(), "JobID JobIDRaw _ State"));

      assertThat(tasks).hasSize(50);
      assertThat(ending(tasks, "26_3")).isEqualTo("FAILED NON_ZERO_EXIT exit code 7");
      assertThat(tasks.get(49).rawId()).isEqualTo("26");
      assertThat(het).extracting(AccountingRow::rawId).containsExactly("96", "97");
    }

    @Test
    void accounting_that_lags_behind_is_read() {
      List<AccountingRow> waiting =
          AccountingRow.parse(
              Recorded.accounting(Recorded.block("07-array-sacct", "sacct").stdout()));
      List<AccountingRow> newest =
          AccountingRow.parse(Recorded.accounting(Recorded.block("24-sacct", "sacct").stdout()));

      assertThat(waiting.get(0).id()).hasToString("26_[5-64]");
      assertThat(ending(newest, "139")).isEqualTo("FAILED NODE_FAILURE");
      assertThat(ending(newest, "140")).isEqualTo("PENDING");
      assertThat(ending(newest, "142")).isEqualTo("CANCELLED CANCELLED");
    }

    @Test
    void an_expression_that_was_cut_short_is_refused() {
      String cut = Recorded.block("07-array-bitstr", "sacct -X -n -P -j 2 -o JobID | cut").stdout();

      assertThat(cut).contains("...");
      assertThatExceptionOfType(UnreadableReply.class)
          .isThrownBy(() -> AccountingRow.parse(Recorded.accounting(cut, "JobID")));
    }
  }

  @Nested
  class What_is_asked {
    private static final Instant SUBMITTED = Instant.parse("2026-11-23T00:30:00Z");

    @Test
    void is_for_ids_from_the_day_before_in_any_zone() {
      assertThat(AccountingRow.command(List.of("7", "26_3", "96+0"), SUBMITTED))
          .startsWith("sacct", "-n", "-P", "-D", "-S", "2026-11-22", "-j", "7,26_3,96+0", "-o");
    }

    @Test
    void is_never_for_no_id_which_would_be_all() {
      for (List<String> ids :
          List.of(List.<String>of(), List.of(""), List.of("7", ","), List.of("x"))) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> AccountingRow.command(ids, SUBMITTED));
      }
    }

    @Test
    void can_be_a_name_of_ours() {
      assertThat(AccountingRow.find("h4jabc-x", SUBMITTED)).contains("--name", "h4jabc-x");
      assertThatIllegalArgumentException().isThrownBy(() -> AccountingRow.find("a,b", SUBMITTED));
    }
  }

  @Test
  void a_line_that_is_not_what_was_asked_for_is_refused() {
    String good = "7|7|COMPLETED|0:0|0:0|100|100|110|me|n1|main|10|00:01||None";
    for (String bad :
        List.of(
            "Slurm accounting storage is disabled",
            good.replace("0:0|0:0", "0|0:0"),
            good.replace("|COMPLETED", "|"),
            good.replace("7|7|", "7|7.batch|"),
            good.replace("7|7|", "7|8|"),
            good + "|more",
            good.replace("|100|100|", "|Unknown|100|"),
            good.replace("|110|", "|2026-11-23T22:42:59|"),
            good.substring(0, good.lastIndexOf('|')))) {
      assertThatExceptionOfType(UnreadableReply.class)
          .as(bad)
          .isThrownBy(() -> AccountingRow.parse(good + "\n" + bad + "\n"))
          .withMessageContaining("sacct");
    }
    assertThat(AccountingRow.parse(good)).hasSize(1);
  }

  @Test
  void a_completed_record_with_an_exit_code_has_that_code_and_has_not_succeeded() {
    String text = "7|7|COMPLETED|5:0|0:0|100|100|110|me|n1|main|10|00:01||None";

    assertThat(ending(AccountingRow.parse(text), "7"))
        .isEqualTo("FAILED NON_ZERO_EXIT exit code 5");
  }

  @Test
  void two_records_of_a_task_under_different_raw_ids_are_refused() {
    String one = "7_1|8|FAILED|1:0|0:0|100|100|110|me|n1|main|10|00:01||None";

    assertThatExceptionOfType(UnreadableReply.class)
        .isThrownBy(() -> AccountingRow.parse(one + "\n" + one.replace("|8|", "|9|")))
        .withMessageContaining("7_1");
    assertThat(AccountingRow.parse(one + "\n" + one)).hasSize(2);
  }
}
