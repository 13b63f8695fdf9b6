package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
  @ParameterizedTest
  @CsvSource({
    "2GiB, 2 GiB",
    "1.5 GiB, 1536 MiB",
    "512 MiB, 512 MiB",
    "1024 KiB, 1 MiB",
    "7 B, 7 B",
    "0 GiB, 0 B"
  })
  void text_is_read_and_written_in_the_largest_unit_without_a_fraction(String in, String out) {
    assertThat(Memory.parse(in)).hasToString(out);
    assertThat(Memory.parse(out)).isEqualTo(Memory.parse(in));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "2GB", "GiB", "-1 GiB", "1,5 GiB", "2 gib", "2  GiB", "1e3 MiB"})
  void malformed_text_is_refused_with_the_units_there_are(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Memory.parse(text))
        .withMessageContaining("GiB");
  }

  @Test
  void mebibytes_are_rounded_up() {
    assertThat(Memory.ofBytes(1).toMiBCeil()).isEqualTo(1);
    assertThat(Memory.ofMiB(3).toMiBCeil()).isEqualTo(3);
    assertThat(Memory.ofBytes(0).toMiBCeil()).isZero();
  }

  @Test
  void arithmetic_stops_at_the_end_of_the_range() {
    assertThat(Memory.ofGiB(Long.MAX_VALUE).bytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(Memory.ofBytes(Long.MAX_VALUE).times(2).bytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(Memory.ofBytes(Long.MAX_VALUE).plus(Memory.ofBytes(1)).bytes())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_product_is_rounded_up_to_the_byte() {
    assertThat(Memory.ofBytes(3).times(1.5)).isEqualTo(Memory.ofBytes(5));
    assertThat(Memory.ofGiB(2).times(2.0)).isEqualTo(Memory.ofGiB(4));
    assertThatIllegalArgumentException().isThrownBy(() -> Memory.ofGiB(1).times(Double.NaN));
  }

  @Test
  void an_amount_of_nineteen_digits_reads_back() {
    Memory largest = Memory.ofBytes(Long.MAX_VALUE);

    assertThat(Memory.parse(largest.toString())).isEqualTo(largest);
    assertThat(Memory.parse("9999999999999999999 TiB")).isEqualTo(largest);
  }

  @Test
  void less_than_nothing_can_be_held_for_a_validator_to_refuse() {
    assertThat(Memory.ofGiB(-2)).hasToString("-2 GiB");
    assertThat(Memory.ofBytes(-1).toMiBCeil()).isZero();
    assertThat(Memory.ofMiB(1).minus(Memory.ofMiB(3))).isEqualTo(Memory.ofMiB(-2));
  }

  @Test
  void a_product_with_infinity_is_the_end_of_the_range_unless_there_is_nothing() {
    assertThat(Memory.ofBytes(1).times(Double.POSITIVE_INFINITY).bytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(Memory.ofBytes(-1).times(Double.POSITIVE_INFINITY).bytes())
        .isEqualTo(Long.MIN_VALUE);
    assertThat(Memory.ofBytes(0).times(Double.POSITIVE_INFINITY).bytes()).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> Memory.ofGiB(1).times(-0.5));
  }
}
