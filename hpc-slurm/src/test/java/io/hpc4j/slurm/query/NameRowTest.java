package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class NameRowTest {
  @Test
  void foreign_names_with_line_breaks_and_bars_do_not_hide_ours() {
    String text =
        """
        99|COMPLETED|new
        line	tab|99
        12|RUNNING|h4jabc-mesh|12
        100|COMPLETED|Zellkern-äöü-漢字|ünï|100
        102|COMPLETED||102
        13_[0-9%2]|PENDING|h4jdef-solve|13_[0-9%2]
        """;

    assertThat(NameRow.parse(text))
        .extracting(row -> row.id() + " " + row.state() + " " + row.name())
        .containsExactly("12 RUNNING h4jabc-mesh", "13_[0-9] PENDING h4jdef-solve");
  }

  @Test
  void a_cancelled_job_is_told_with_who_cancelled_it() {
    assertThat(NameRow.parse("7|CANCELLED by 1000|h4jabc-mesh|7\n"))
        .extracting(NameRow::state)
        .containsExactly("CANCELLED");
  }

  @Test
  void a_piece_of_a_name_is_no_row() {
    assertThat(NameRow.parse("99|COMPLETED|x\n5|RUNNING|h4jabc|99\n")).isEmpty();
  }

  @Test
  void jobs_of_one_name_are_found_by_it() {
    assertThat(NameRow.find("h4jabc-mesh")).contains("-n", "h4jabc-mesh");
    assertThat(NameRow.ids("1956\n20_[0-3]\n")).hasToString("[1956, 20_[0-3]]");
    assertThat(NameRow.ids(Recorded.block("44-lookup-by-name", "tok-1234").stdout()))
        .hasToString("[1956]");
    assertThat(NameRow.ids("")).isEmpty();
  }

  @Test
  void a_reply_that_is_no_id_is_not_passed_over() {
    assertThatExceptionOfType(UnreadableReply.class)
        .isThrownBy(() -> NameRow.ids("1956\nWelcome\n"));
  }

  @Test
  void a_name_that_would_be_two_or_none_is_refused() {
    for (String name : List.of("", "a,b", "a b", "a\nb", "ä")) {
      assertThatIllegalArgumentException().isThrownBy(() -> NameRow.find(name));
    }
  }

  @Test
  void a_job_that_somebody_cancelled_keeps_its_name_in_the_accounts() {
    assertThat(NameRow.parse("12|CANCELLED by 1000|h4jabc-mesh|12\n"))
        .extracting(NameRow::name)
        .containsExactly("h4jabc-mesh");
  }

  @Test
  void the_accounts_are_never_asked_about_no_job() {
    assertThat(NameRow.accounted(List.of("26_3", "7"))).contains("-j", "26_3,7");
    assertThatIllegalArgumentException().isThrownBy(() -> NameRow.accounted(List.of()));
    for (String id : List.of("", ",", "x", "7,")) {
      assertThatIllegalArgumentException().isThrownBy(() -> NameRow.accounted(List.of("7", id)));
    }
  }
}
