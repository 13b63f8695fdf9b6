package io.hpc4j.slurm.query;

import io.hpc4j.model.Exit;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The exit status that Slurm keeps of a batch script.
 *
 * @param code the exit code; 0 next to a signal
 * @param signal the signal; 0 if none ended it
 * @param isReduced whether 128 may have been taken off the code: accounting does that
 */
record ExitStatus(int code, int signal, boolean isReduced) {
  /** Not a signal: the script could not be started. */
  private static final int NOT_LAUNCHED = 53;

  /** Not a signal: the job ran out of memory. */
  private static final int OUT_OF_MEMORY = 125;

  /** SIGABRT, SIGKILL, SIGSEGV, SIGTERM: what a shell reports as 128 + n all the time. */
  private static final Set<Integer> USUAL_SIGNALS = Set.of(6, 9, 11, 15);

  private static final Pattern PAIR = Pattern.compile("(\\d{1,3}):(\\d{1,3})");

  /** Takes a raw wait status apart, as squeue's {@code exit_code} has it. */
  static Optional<ExitStatus> ofWait(OptionalInt status) {
    return status.isEmpty() ? Optional.empty() : Optional.of(ofWait(status.getAsInt()));
  }

  private static ExitStatus ofWait(int status) {
    int signal = status & 0x7f;
    return new ExitStatus(signal == 0 ? (status >> 8) & 0xff : 0, signal, false);
  }

  /** Reads accounting's {@code code:signal}; empty for text that is none. */
  static Optional<ExitStatus> ofAccounting(String text) {
    Matcher m = PAIR.matcher(text);
    return m.matches()
        ? Optional.of(
            new ExitStatus(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), true))
        : Optional.empty();
  }

  boolean isZero() {
    return code == 0 && signal == 0;
  }

  boolean isNotLaunched() {
    return signal == NOT_LAUNCHED;
  }

  boolean isOutOfMemory() {
    return signal == OUT_OF_MEMORY;
  }

  /**
   * The exit in the words of the model. Absent where Slurm's number stands for something else, and
   * for zero, which is no exit unless the job has completed.
   *
   * <p>Shells report a signal n as 128 + n, so such a code may be either. Of a code that may have
   * been reduced that is assumed for the usual signals alone: {@code 9:0} is 137 or 9, {@code 3:0}
   * is 3.
   */
  Optional<Exit> exit() {
    if (isZero() || isNotLaunched() || isOutOfMemory()) {
      return Optional.empty();
    }
    if (signal != 0) {
      return Optional.of(Exit.signal(signal));
    }
    return Optional.of(
        Exit.fromShell(isReduced && USUAL_SIGNALS.contains(code) ? code + 128 : code));
  }
}
