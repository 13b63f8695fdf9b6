package io.hpc4j.model;

import java.util.Objects;

/**
 * One thing that is wrong with a request.
 *
 * @param field which field, named as its accessor: {@code array}, {@code resources.nodes}
 * @param value the offending value as text; never an environment value
 * @param rule the rule that it breaks, with what would be right
 */
public record Problem(String field, String value, String rule) {
  private static final int LONGEST_VALUE = 200;

  /** Checks for {@code null} and shortens a value that is too long to read. */
  public Problem {
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(rule, "rule");
    if (value.length() > LONGEST_VALUE) {
      value = value.substring(0, LONGEST_VALUE) + "... (" + value.length() + " characters)";
    }
  }

  /** Returns a problem with the value's text. */
  public static Problem of(String field, Object value, String rule) {
    return new Problem(field, String.valueOf(value), rule);
  }

  @Override
  public String toString() {
    return printable(field + " = '" + value + "': " + rule);
  }

  private static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.chars()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                out.append(String.format("\\u%04x", c));
              } else {
                out.append((char) c);
              }
            });
    return out.toString();
  }
}
