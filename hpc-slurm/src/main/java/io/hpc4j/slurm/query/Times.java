package io.hpc4j.slurm.query;

import io.hpc4j.model.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Slurm's ways of writing instants, durations and sizes. */
final class Times {
  private static final Set<String> NO_TIME =
      Set.of("", "0", "N/A", "NONE", "None", "Unknown", "(null)");
  private static final int EPOCH_DIGITS = 12;
  private static final Pattern DURATION =
      Pattern.compile(
          "(?:(\\d{1,6})-)?(?:(?:(\\d{1,9}):)?(\\d{1,9}):)?(\\d{1,9})(?:\\.(\\d{1,9}))?");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(\\.\\d{1,9})?([KMGTPE]?)[nc]?");
  private static final String UNITS = "KMGTPE";

  private Times() {}

  /** Whether text is a number of ASCII digits, without a sign; quicker than a pattern. */
  static boolean isNumber(String text, int mostDigits) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return length > 0 && length <= mostDigits;
  }

  /**
   * Reads epoch seconds, as {@code SLURM_TIME_FORMAT=%s} makes them. Local times without a zone are
   * refused: which instant they are depends on the machine.
   */
  static Optional<Instant> instant(Reply reply, int field) {
    String text = reply.text(field);
    if (NO_TIME.contains(text)) {
      return Optional.empty();
    }
    if (!isNumber(text, EPOCH_DIGITS)) {
      throw reply.unreadable("not epoch seconds: " + text);
    }
    return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
  }

  /**
   * Reads a time limit or a span: {@code 5:30} is minutes and seconds, {@code 1-6:30} days, hours
   * and minutes; a single number is minutes. Empty for text that is none.
   */
  static Optional<Duration> limit(String text) {
    Matcher m = DURATION.matcher(text);
    if (!m.matches() || m.group(5) != null) {
      return Optional.empty();
    }
    if (m.group(1) == null) {
      return Optional.of(
          m.group(3) == null
              ? Duration.ofMinutes(number(m.group(4)))
              : Duration.ofHours(number(m.group(2)))
                  .plusMinutes(number(m.group(3)))
                  .plusSeconds(number(m.group(4))));
    }
    Duration days = Duration.ofDays(number(m.group(1)));
    if (m.group(3) == null) {
      return Optional.of(days.plusHours(number(m.group(4))));
    }
    return Optional.of(
        m.group(2) == null
            ? days.plusHours(number(m.group(3))).plusMinutes(number(m.group(4)))
            : days.plusHours(number(m.group(2)))
                .plusMinutes(number(m.group(3)))
                .plusSeconds(number(m.group(4))));
  }

  /**
   * Reads accounting's spans: {@code D-HH:MM:SS}, {@code MM:SS.mmm}. Empty for text that is none.
   */
  static Optional<Duration> elapsed(String text) {
    Matcher m = DURATION.matcher(text);
    if (!m.matches() || m.group(3) == null || (m.group(1) != null && m.group(2) == null)) {
      return Optional.empty();
    }
    String fraction = m.group(5) == null ? "" : m.group(5);
    return Optional.of(
        Duration.ofDays(number(m.group(1)))
            .plusHours(number(m.group(2)))
            .plusMinutes(number(m.group(3)))
            .plusSeconds(number(m.group(4)))
            .plusNanos(number((fraction + "000000000").substring(0, 9))));
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /** Reads {@code 862K}, {@code 1.50G}; a number alone is in this unit. Empty for other text. */
  static Optional<Memory> size(String text, char unitless) {
    Matcher m = SIZE.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    int power =
        m.group(3).isEmpty()
            ? UNITS.indexOf(unitless) + 1
            : UNITS.indexOf(m.group(3).charAt(0)) + 1;
    double factor = Math.pow(1024, power);
    double bytes = Double.parseDouble(m.group(1) + (m.group(2) == null ? "" : m.group(2))) * factor;
    return bytes < Long.MAX_VALUE ? Optional.of(Memory.ofBytes((long) bytes)) : Optional.empty();
  }
}
