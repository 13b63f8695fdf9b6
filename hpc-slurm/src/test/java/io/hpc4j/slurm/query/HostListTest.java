package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostListTest {
  @Test
  void ranges_and_single_names_are_expanded_in_their_order() {
    assertThat(HostList.expand("compute-b2[1-3,5-6,8],compute-a1"))
        .containsExactly(
            "compute-b21",
            "compute-b22",
            "compute-b23",
            "compute-b25",
            "compute-b26",
            "compute-b28",
            "compute-a1");
    assertThat(HostList.expand("b24-[1,2],b25-[1]")).containsExactly("b24-1", "b24-2", "b25-1");
    assertThat(HostList.expand("")).isEmpty();
  }

  @Test
  void a_leading_zero_sets_the_width() {
    assertThat(HostList.expand("n[042-043,045]")).containsExactly("n042", "n043", "n045");
    assertThat(HostList.expand("n[08-10]")).containsExactly("n08", "n09", "n10");
    assertThat(HostList.expand("n[8-10]")).containsExactly("n8", "n9", "n10");
  }

  @Test
  void a_number_may_have_more_digits_than_an_int() {
    assertThat(HostList.expand("ip-[010000000005-010000000006]"))
        .containsExactly("ip-010000000005", "ip-010000000006");
    assertThat(HostList.compress(List.of("n999999999999", "n1000000000000")))
        .isEqualTo("n[999999999999-1000000000000]");
    assertThat(HostList.expand("n[999999999999999999]")).containsExactly("n999999999999999999");
  }

  @Test
  void of_several_brackets_the_last_counts_fastest() {
    assertThat(HostList.expand("n[1-2]c[1-2]x"))
        .containsExactly("n1c1x", "n1c2x", "n2c1x", "n2c2x");
    assertThat(HostList.expand("[1-2]")).containsExactly("1", "2");
  }

  @Test
  void what_is_no_host_list_is_refused() {
    for (String bad :
        List.of(
            "n[1-,4]",
            "n[[1-2]]",
            "n[1-2",
            "n1]",
            "n[]",
            "n[3-1]",
            "n[a-b]",
            "a,,b",
            ",a",
            "a,",
            "n[1-2]]",
            "a b",
            "(null)",
            "None assigned",
            "n[1,]",
            "n[-1]",
            "n[1-2-3]",
            "n[1000000000000000000]",
            "ä")) {
      assertThatExceptionOfType(UnreadableReply.class)
          .as(bad)
          .isThrownBy(() -> HostList.expand(bad))
          .withMessageContaining(bad.equals("ä") ? "" : bad);
    }
  }

  @Test
  void a_hostile_list_costs_no_memory() {
    for (String huge :
        List.of(
            "n[0-999999999]",
            "n[0-999999999999999999]",
            "n[0-99999]m[0-99999]",
            "n[0-9][0-9][0-9][0-9][0-9][0-9][0-9]",
            "n[0-199999],n[0-1]",
            "n[0-150000,0-150000]")) {
      assertThatExceptionOfType(UnreadableReply.class)
          .as(huge)
          .isThrownBy(() -> HostList.expand(huge))
          .withMessageContaining("more than");
    }
    assertThat(HostList.expand("n[0-199999]")).hasSize(HostList.MAX_HOSTS);
  }

  @Test
  void names_are_compressed_without_changing_their_order() {
    assertThat(HostList.compress(List.of("n1", "n2", "n3", "n7"))).isEqualTo("n[1-3,7]");
    assertThat(HostList.compress(List.of("n2", "n1"))).isEqualTo("n[2,1]");
    assertThat(HostList.compress(List.of("n08", "n09", "n10", "n11"))).isEqualTo("n[08-11]");
    assertThat(HostList.compress(List.of("n9", "n010"))).isEqualTo("n[9,010]");
    assertThat(HostList.compress(List.of("login", "n5", "a-1", "a-2")))
        .isEqualTo("login,n5,a-[1-2]");
    assertThat(HostList.compress(List.of())).isEmpty();
  }

  @Test
  void what_is_no_host_name_is_not_compressed() {
    for (String bad : List.of("", "a,b", "n[1]", "a b")) {
      assertThatIllegalArgumentException().isThrownBy(() -> HostList.compress(List.of(bad)));
    }
  }
}
