package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LoadRowTest {
  @Test
  void each_row_is_what_an_account_has_or_wants() {
    assertThat(LoadRow.parse("RUNNING|4|physics\nPENDING|1|chem\n"))
        .containsExactly(new LoadRow("physics", true, 4), new LoadRow("chem", false, 1));
  }

  @Test
  void a_row_without_a_number_is_unreadable() {
    assertThatThrownBy(() -> LoadRow.parse("RUNNING|many|physics\n"))
        .isInstanceOf(UnreadableReply.class)
        .hasMessageContaining("many");
  }
}
