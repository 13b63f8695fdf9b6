package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapacityTest {
  @Test
  void a_node_has_no_features_unless_said() {
    assertThat(Capacity.cpus(4).features()).isEmpty();
    assertThat(new Capacity(4, Memory.ofGiB(8), 0)).isEqualTo(Capacity.cpus(4));
  }

  @Test
  void features_are_sorted_and_replace_earlier_ones() {
    Capacity node = Capacity.cpus(4).features("old").features("ssd", "avx512");

    assertThat(node.features()).containsExactly("avx512", "ssd").isUnmodifiable();
    assertThat(node).isEqualTo(Capacity.cpus(4).features("avx512", "ssd", "ssd"));
    assertThat(node).isNotEqualTo(Capacity.cpus(4));
  }

  @Test
  void features_are_kept_when_amounts_change() {
    Capacity node = Capacity.cpus(4).features("ssd").memoryGiB(16).gpus(2);

    assertThat(node).isEqualTo(new Capacity(4, Memory.ofGiB(16), 2, Set.of("ssd")));
  }

  @Test
  void a_set_that_changes_later_does_not_change_the_node() {
    Set<String> names = new TreeSet<>(Set.of("ssd"));

    Capacity node = new Capacity(4, Memory.ofGiB(16), 2, names);
    names.add("avx512");

    assertThat(node.features()).containsExactly("ssd");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a&b", "[a]", "-a", "a,b"})
  void a_feature_that_is_no_name_is_refused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Capacity.cpus(4).features("ssd", name))
        .withMessageContaining("'" + name + "'");
  }
}
