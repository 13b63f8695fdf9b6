package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class MemoryProperties {
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private static Memory clamped(BigInteger exact) {
    return Memory.ofBytes(exact.max(MIN).min(MAX).longValueExact());
  }

  @Property
  void its_text_reads_back_unless_negative(@ForAll @LongRange(max = Long.MAX_VALUE) long bytes) {
    Memory memory = Memory.ofBytes(bytes);

    assertThat(Memory.parse(memory.toString())).isEqualTo(memory);
    assertThat(Memory.parse(memory.toString().replace(" ", ""))).isEqualTo(memory);
  }

  @Property
  void a_multiple_of_a_unit_is_written_in_no_smaller_unit(
      @ForAll @IntRange(min = 1, max = 1023) int count) {
    assertThat(Memory.ofBytes(count)).hasToString(count + " B");
    assertThat(Memory.ofKiB(count)).hasToString(count + " KiB");
    assertThat(Memory.ofMiB(count)).hasToString(count + " MiB");
    assertThat(Memory.ofGiB(count)).hasToString(count + " GiB");
    assertThat(Memory.ofGiB(1024L * count)).hasToString(count + " TiB");
  }

  @Property
  void units_are_powers_of_1024_up_to_the_end_of_the_range(@ForAll long count) {
    BigInteger exact = BigInteger.valueOf(count);

    assertThat(Memory.ofKiB(count)).isEqualTo(clamped(exact.shiftLeft(10)));
    assertThat(Memory.ofMiB(count)).isEqualTo(clamped(exact.shiftLeft(20)));
    assertThat(Memory.ofGiB(count)).isEqualTo(clamped(exact.shiftLeft(30)));
  }

  @Property
  void sums_and_differences_are_exact_up_to_the_end_of_the_range(@ForAll long a, @ForAll long b) {
    BigInteger left = BigInteger.valueOf(a);
    BigInteger right = BigInteger.valueOf(b);

    assertThat(Memory.ofBytes(a).plus(Memory.ofBytes(b))).isEqualTo(clamped(left.add(right)));
    assertThat(Memory.ofBytes(a).minus(Memory.ofBytes(b))).isEqualTo(clamped(left.subtract(right)));
  }

  @Property
  void a_product_is_the_exact_one_rounded_up(
      @ForAll long bytes, @ForAll @DoubleRange(max = 1e6) double factor) {
    BigInteger exact =
        BigDecimal.valueOf(bytes)
            .multiply(BigDecimal.valueOf(factor))
            .setScale(0, RoundingMode.CEILING)
            .toBigIntegerExact();

    assertThat(Memory.ofBytes(bytes).times(factor)).isEqualTo(clamped(exact));
  }

  @Property
  void mebibytes_are_the_fewest_that_hold_it(@ForAll long bytes) {
    BigInteger held = BigInteger.valueOf(Memory.ofBytes(bytes).toMiBCeil()).shiftLeft(20);

    BigInteger spare = held.subtract(BigInteger.valueOf(bytes));
    assertThat(spare).isBetween(BigInteger.ZERO, BigInteger.valueOf((1 << 20) - 1));
  }

  @Property
  void order_is_that_of_the_bytes(@ForAll long a, @ForAll long b) {
    assertThat(Memory.ofBytes(a).compareTo(Memory.ofBytes(b))).isEqualTo(Long.compare(a, b));
  }
}
