package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LicenceRowTest {
  @Test
  void a_licence_has_a_name_and_a_number() {
    String reply =
        "LicenseName=matlab Total=2 Used=0 Free=2 Reserved=0 Remote=no\n"
            + "LicenseName=ansys@srv Total=40 Used=1 Free=39 Reserved=0 Remote=yes\n";

    assertThat(LicenceRow.parse(reply))
        .containsExactly(new LicenceRow("matlab", 2), new LicenceRow("ansys@srv", 40));
  }

  @Test
  void a_cluster_without_licences_has_none() {
    assertThat(LicenceRow.parse("No licenses configured in Slurm.\n")).isEmpty();
  }

  @Test
  void what_is_no_licence_is_unreadable() {
    assertThatThrownBy(() -> LicenceRow.parse("LicenseName=matlab Total=many\n"))
        .isInstanceOf(UnreadableReply.class)
        .hasMessageContaining("Total=many");
  }
}
