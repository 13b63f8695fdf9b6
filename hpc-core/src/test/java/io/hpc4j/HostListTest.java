package io.hpc4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostListTest {
  @Test
  void adjacent_numbers_become_ranges() {
    assertThat(HostList.format(List.of("n1", "n2", "n3", "n7"))).isEqualTo("n[1-3,7]");
  }

  @Test
  void two_runs_and_a_gap_keep_their_order() {
    assertThat(HostList.format(List.of("n5", "n6", "n1", "n2", "n9"))).isEqualTo("n[1-2,5-6,9]");
  }

  @Test
  void a_single_node_has_no_brackets() {
    assertThat(HostList.format(List.of("n12"))).isEqualTo("n12");
    assertThat(HostList.format(List.of())).isEmpty();
  }

  @Test
  void numbers_of_different_width_with_leading_zeros_stay_apart() {
    assertThat(HostList.format(List.of("c001", "c002", "c01"))).isEqualTo("c[001-002],c01");
  }

  @Test
  void names_without_a_number_come_as_they_are() {
    assertThat(HostList.format(List.of("login", "n1"))).isEqualTo("n1,login");
  }
}
