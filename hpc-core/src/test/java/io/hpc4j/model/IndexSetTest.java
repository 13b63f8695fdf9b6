package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
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
        "3,9,10,11|3,9-11"
      })
  void equal_sets_are_written_alike(String written, String canonical) {
    assertThat(IndexSet.parse(written).toString()).isEqualTo(canonical);
    assertThat(IndexSet.parse(written)).isEqualTo(IndexSet.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "1,,2", "-1", "5-3", "1-9:0", "a", "1-", "1;2", "1 - 2", "0x1"})
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
        .withMessageContaining("[3, 5]");
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
}
