package io.hpc4j.model;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * How a process ended: by an exit code or by a signal, never one folded into the other.
 *
 * <p>Some sources cannot tell: plain Java, and shells, report 137 both for {@code exit 137} and for
 * SIGKILL. Such an exit says so by {@link #isAmbiguous()}.
 *
 * @param kind what is known
 * @param value the exit code (0..255), or the signal number; for an ambiguous exit the number as
 *     reported, 128 + signal
 */
public record Exit(Kind kind, int value) {
  /** What is known of an exit. */
  public enum Kind {
    /** An exit code. */
    CODE,
    /** A signal. */
    SIGNAL,
    /** The number 128 + n: the exit code, or the signal n; the source cannot tell. */
    CODE_OR_SIGNAL
  }

  /** Checks the kind against {@code null}. */
  public Exit {
    Objects.requireNonNull(kind, "kind");
  }

  /** Returns the exit of a process that ended by itself with this code. */
  public static Exit code(int code) {
    return new Exit(Kind.CODE, code);
  }

  /** Returns the exit of a process that was ended by this signal. */
  public static Exit signal(int signal) {
    return new Exit(Kind.SIGNAL, signal);
  }

  /**
   * Returns the exit for a number from a source that reports signals as 128 + n: a code up to 128
   * and beyond 192 (there is no signal above 64), ambiguous between.
   */
  public static Exit fromShell(int number) {
    return number > 128 && number <= 192 ? new Exit(Kind.CODE_OR_SIGNAL, number) : code(number);
  }

  /** The exit code, absent when it was a signal for certain. */
  public OptionalInt code() {
    return kind == Kind.SIGNAL ? OptionalInt.empty() : OptionalInt.of(value);
  }

  /** The signal number, absent when it was an exit code for certain. */
  public OptionalInt signal() {
    return switch (kind) {
      case CODE -> OptionalInt.empty();
      case SIGNAL -> OptionalInt.of(value);
      case CODE_OR_SIGNAL -> OptionalInt.of(value - 128);
    };
  }

  /** Whether the source could not tell an exit code from a signal. */
  public boolean isAmbiguous() {
    return kind == Kind.CODE_OR_SIGNAL;
  }

  /** Whether this is exit code 0. */
  public boolean isZero() {
    return kind == Kind.CODE && value == 0;
  }

  /** In words: {@code exit code 3}, {@code signal 9}, {@code exit code 137 or signal 9}. */
  @Override
  public String toString() {
    return switch (kind) {
      case CODE -> "exit code " + value;
      case SIGNAL -> "signal " + value;
      case CODE_OR_SIGNAL -> "exit code " + value + " or signal " + (value - 128);
    };
  }
}
