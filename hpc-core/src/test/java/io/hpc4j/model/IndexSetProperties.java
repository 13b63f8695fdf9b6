package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class IndexSetProperties {
  private static IndexSet shuffled(Set<Integer> model, long seed) {
    List<Integer> order = new ArrayList<>(model);
    Collections.shuffle(order, new Random(seed));
    return IndexSet.of(order.stream().mapToInt(Integer::intValue).toArray());
  }

  @Property
  void it_holds_what_a_sorted_set_holds(
      @ForAll @Size(max = 60) Set<@IntRange(max = 90) Integer> indices, @ForAll long seed) {
    TreeSet<Integer> model = new TreeSet<>(indices);
    IndexSet set = shuffled(model, seed);

    assertThat(set.stream().boxed().toList()).isEqualTo(List.copyOf(model));
    assertThat(set.size()).isEqualTo(model.size());
    List<Integer> ascending = List.copyOf(model);
    for (int i = 0; i <= 91; i++) {
      assertThat(set.contains(i)).isEqualTo(model.contains(i));
      int rank = ascending.indexOf(i);
      assertThat(set.rankOf(i).orElse(-1)).isEqualTo(rank);
      if (rank >= 0) {
        assertThat(set.indexAt(rank)).isEqualTo(i);
      }
    }
  }

  @Property
  void its_text_reads_back_as_an_equal_set(
      @ForAll @Size(min = 1, max = 60) Set<@IntRange(max = 300) Integer> indices,
      @ForAll long seed) {
    IndexSet set = shuffled(indices, seed);

    IndexSet read = IndexSet.parse(set.toString());

    assertThat(read).isEqualTo(set).hasSameHashCodeAs(set).hasToString(set.toString());
  }
}
