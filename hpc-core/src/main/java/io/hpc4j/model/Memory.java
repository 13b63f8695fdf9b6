package io.hpc4j.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory, exact to the byte, in binary units: 1 GiB is 1024 MiB. Arithmetic that goes
 * beyond the range of a {@code long} stops at its end.
 *
 * @param bytes the amount; zero and less can be written down and are refused in a request
 */
public record Memory(long bytes) implements Comparable<Memory> {
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");
  private static final Pattern TEXT = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?) ?(B|[KMGT]iB)");

  /** Returns an amount of bytes. */
  public static Memory ofBytes(long count) {
    return new Memory(count);
  }

  /** Returns an amount of 1024 bytes each. */
  public static Memory ofKiB(long count) {
    return scaled(count, 1);
  }

  /** Returns an amount of 1024 KiB each. */
  public static Memory ofMiB(long count) {
    return scaled(count, 2);
  }

  /** Returns an amount of 1024 MiB each. */
  public static Memory ofGiB(long count) {
    return scaled(count, 3);
  }

  private static Memory scaled(long count, int power) {
    return saturated(BigDecimal.valueOf(count).multiply(BigDecimal.valueOf(1L << (10 * power))));
  }

  private static Memory saturated(BigDecimal bytes) {
    return new Memory(
        bytes
            .max(BigDecimal.valueOf(Long.MIN_VALUE))
            .min(BigDecimal.valueOf(Long.MAX_VALUE))
            .setScale(0, RoundingMode.CEILING)
            .longValueExact());
  }

  /**
   * Reads {@code 2 GiB}, {@code 512MiB}, {@code 1.5 GiB}; the units are B, KiB, MiB, GiB and TiB. A
   * fraction of a byte is rounded up; an amount beyond the range becomes the largest there is.
   *
   * @throws IllegalArgumentException if the text is not of that form
   */
  public static Memory parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "not an amount of memory: '" + text + "'; write a number and one of " + UNITS);
    }
    long unit = 1L << (10 * UNITS.indexOf(m.group(2)));
    return saturated(new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(unit)));
  }

  /** The amount in MiB, rounded up. */
  public long toMiBCeil() {
    return Math.floorDiv(bytes, 1L << 20) + (Math.floorMod(bytes, 1L << 20) == 0 ? 0 : 1);
  }

  /**
   * Returns this times a factor, rounded up to the byte.
   *
   * @throws IllegalArgumentException if the factor is negative or not a number
   */
  public Memory times(double factor) {
    if (!(factor >= 0)) {
      throw new IllegalArgumentException("a factor must not be negative: " + factor);
    }
    return Double.isInfinite(factor)
        ? new Memory(bytes == 0 ? 0 : bytes > 0 ? Long.MAX_VALUE : Long.MIN_VALUE)
        : saturated(BigDecimal.valueOf(bytes).multiply(BigDecimal.valueOf(factor)));
  }

  /** Returns the sum. */
  public Memory plus(Memory other) {
    long sum = bytes + other.bytes;
    boolean overflow = ((bytes ^ sum) & (other.bytes ^ sum)) < 0;
    return new Memory(overflow ? endOfRange(bytes) : sum);
  }

  /** Returns the difference; negative when the other is larger. */
  public Memory minus(Memory other) {
    long difference = bytes - other.bytes;
    boolean overflow = ((bytes ^ other.bytes) & (bytes ^ difference)) < 0;
    return new Memory(overflow ? endOfRange(bytes) : difference);
  }

  private static long endOfRange(long sign) {
    return sign < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  @Override
  public int compareTo(Memory other) {
    return Long.compare(bytes, other.bytes);
  }

  /**
   * The exact amount in the largest unit that leaves no fraction: {@code 2 GiB}, {@code 1536 MiB}.
   * {@link #parse} reads it unless it is negative.
   */
  @Override
  public String toString() {
    long amount = bytes;
    int unit = 0;
    while (amount != 0 && amount % 1024 == 0 && unit < UNITS.size() - 1) {
      amount /= 1024;
      unit++;
    }
    return amount + " " + UNITS.get(unit);
  }
}
