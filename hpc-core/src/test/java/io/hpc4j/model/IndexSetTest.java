package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSetTest {
  @Test
  void a_size_means_zero_to_size_minus_one() {
    IndexSet set = IndexSet.ofSize(65);

    assertThat(set.toString()).isEqualTo("0-64");
    assertThat(set.size()).isEqualTo(65);
    assertThat(set.isContiguousFromZero()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0-9:2,17|0-8:2,17",
        "0-10:2,1-11:2|0-11",
        "5,3,4|3-5",
        "3,9|3,9",
        "0-4:4|0,4",
        "7-7|7",
        "3,9,10,11|3,9-11",
        "0,1,2,5,7,9|0-2,5-9:2",
        "5-9:2,0-2|0-2,5-9:2",
        "4-4:3|4",
        "0-999999999|0-999999999",
        "500000001-999999999,0-499999998:2|0-499999998:2,500000001-999999999"
      })
  void equal_sets_are_written_alike(String written, String canonical) {
    assertThat(IndexSet.parse(written).toString()).isEqualTo(canonical);
    assertThat(IndexSet.parse(written)).isEqualTo(IndexSet.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1,,2",
        "-1",
        "5-3",
        "1-9:0",
        "a",
        "1-",
        "1;2",
        "1 - 2",
        "0x1",
        "1000000000",
        "0-1000000000",
        "1-2:",
        "1,2,"
      })
  void malformed_text_is_refused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> IndexSet.parse(text));
  }

  @Test
  void all_that_is_wrong_is_named_at_once() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IndexSet.parse("1,x,9-3"))
        .withMessageContaining("'x'")
        .withMessageContaining("'9-3'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IndexSet.parse("1-5,3,5"))
        .withMessageContaining("more than once: 3,5");
  }

  @Test
  void a_million_indices_are_one_run() {
    IndexSet set = IndexSet.parse("0-999999");

    assertThat(set.size()).isEqualTo(1_000_000);
    assertThat(set.indexAt(999_999)).isEqualTo(999_999);
    assertThat(set.rankOf(123_456)).hasValue(123_456);
  }

  @Test
  void sets_from_bits_equal_sets_from_text() {
    BitSet bits = new BitSet();
    bits.set(3);
    bits.set(10, 20);

    assertThat(IndexSet.of(bits)).isEqualTo(IndexSet.parse("3,10-19"));
    assertThat(IndexSet.of(new BitSet())).isEqualTo(IndexSet.empty());
  }

  @Test
  void sets_larger_than_any_array_still_read_back() {
    IndexSet whole = IndexSet.ofSize(IndexSet.MAX_INDEX + 1);
    IndexSet gap = IndexSet.parse("0-499999998:2,500000001-999999999");

    assertThat(IndexSet.parse(whole.toString())).isEqualTo(whole);
    assertThat(gap).hasToString("0-499999998:2,500000001-999999999");
    assertThat(gap.size()).isEqualTo(749_999_999);
    assertThat(gap.indexAt(250_000_000)).isEqualTo(500_000_001);
  }

  @Test
  void too_many_interleaved_indices_are_refused_rather_than_sorted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IndexSet.parse("0-999999998:2,1-999999999:2"))
        .withMessageContaining("1000000000 indices");
  }

  @Test
  void a_million_doubled_indices_are_named_in_one_short_message() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IndexSet.parse("0-999999,0-999999"))
        .withMessageEndingWith("more than once: 0-999999");
  }

  @Test
  void all_numbers_that_are_no_indices_or_doubled_are_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IndexSet.of(7, -1, 4, 7, 1_000_000_000, 7, -1, 4))
        .withMessageContaining("outside: [-1, 1000000000]")
        .withMessageEndingWith("more than once: 4,7");
  }

  @Test
  void sizes_and_ranges_that_are_none_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IndexSet.ofSize(-5))
        .withMessageContaining("-5");
    assertThatIllegalArgumentException().isThrownBy(() -> IndexSet.ofSize(Integer.MIN_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> IndexSet.range(3, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> IndexSet.range(-1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> IndexSet.range(0, 1_000_000_000));
  }

  @Test
  void the_empty_set_has_neither_first_nor_last() {
    IndexSet empty = IndexSet.ofSize(0);

    assertThat(empty).isEqualTo(IndexSet.of()).isEqualTo(IndexSet.empty()).hasToString("");
    assertThat(empty.isEmpty()).isTrue();
    assertThat(empty.isContiguousFromZero()).isTrue();
    assertThat(empty.rankOf(0)).isEmpty();
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(empty::first);
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(empty::last);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> empty.indexAt(0));
  }

  @Test
  void a_bit_beyond_the_largest_index_is_refused() {
    BitSet bits = new BitSet();
    bits.set(IndexSet.MAX_INDEX + 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> IndexSet.of(bits))
        .withMessageContaining("1000000000");
  }
}
