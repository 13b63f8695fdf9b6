package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
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

  /** A part of the text form. */
  record Part(int first, int count, int step) {
    IntStream indices() {
      return IntStream.range(0, count).map(i -> first + i * step);
    }

    @Override
    public String toString() {
      return first + "-" + (first + count * step - 1) + ":" + step;
    }
  }

  @Provide
  Arbitrary<List<Part>> parts() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 150),
            Arbitraries.integers().between(1, 8),
            Arbitraries.integers().between(1, 6))
        .as(Part::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property
  void text_means_the_union_of_its_parts_and_every_index_there_twice_is_named(
      @ForAll("parts") List<Part> parts) {
    String text = parts.stream().map(Part::toString).collect(Collectors.joining(","));
    BitSet once = new BitSet();
    BitSet twice = new BitSet();
    parts.stream().flatMapToInt(Part::indices).forEach(i -> (once.get(i) ? twice : once).set(i));

    if (twice.isEmpty()) {
      assertThat(IndexSet.parse(text)).isEqualTo(IndexSet.of(once));
      assertThat(IndexSet.parse(text)).hasToString(IndexSet.of(once).toString());
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> IndexSet.parse(text))
          .withMessageEndingWith("more than once: " + IndexSet.of(twice));
    }
  }

  @Property
  void parts_one_behind_the_other_mean_what_their_indices_mean(@ForAll("parts") List<Part> parts) {
    List<Part> apart = new ArrayList<>();
    int end = 0;
    for (Part part : parts) {
      Part moved = new Part(end + part.first() % 3, part.count(), part.step());
      apart.add(moved);
      end = moved.indices().max().orElseThrow() + 1;
    }
    String text = apart.stream().map(Part::toString).collect(Collectors.joining(","));

    int[] indices = apart.stream().flatMapToInt(Part::indices).toArray();

    assertThat(IndexSet.parse(text)).isEqualTo(IndexSet.of(indices));
  }

  @Property
  void bits_are_indices(@ForAll @Size(max = 60) Set<@IntRange(max = 300) Integer> indices) {
    BitSet bits = new BitSet();
    indices.forEach(bits::set);

    IndexSet set = IndexSet.of(bits);

    assertThat(set).isEqualTo(shuffled(indices, 0));
    assertThat(set.isContiguousFromZero()).isEqualTo(bits.nextClearBit(0) == bits.cardinality());
    assertThat(set.isEmpty() ? -1 : set.last()).isEqualTo(bits.length() - 1);
    assertThat(set.isEmpty() ? -1 : set.first()).isEqualTo(bits.nextSetBit(0));
  }
}
