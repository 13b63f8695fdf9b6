package io.hpc4j.slurm.query;

import io.hpc4j.model.Exit;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the command of a batch script ended, as the script itself wrote it down.
 *
 * @param jobId the script's {@code SLURM_JOB_ID}: of a task its own raw id
 * @param restarts how often the job had been requeued
 * @param what what became of it
 * @param status the command's exit status as the shell knows it, 0..255
 * @param started when the script started
 * @param ended when the command had ended
 */
public record ExitRecord(
    String jobId, int restarts, What what, int status, Instant started, Instant ended) {
  /** What became of the command. */
  public enum What {
    /** It ran, to an end of its own. */
    RAN,
    /** It ended after Slurm had asked it to. */
    ASKED,
    /** It could not be started. */
    LAUNCH,
    /** It was not started, because too many elements before it have failed. */
    SKIPPED
  }

  private static final Pattern LINE =
      Pattern.compile(
          "v1 ([1-9]\\d{0,9}) (\\d{1,6}) (ran|asked|launch|skipped)"
              + " (\\d{1,3}) (\\d{1,12}) (\\d{1,12})\\n");

  /** Reads one; empty for anything but one whole line, so too for one that is still written. */
  public static Optional<ExitRecord> parse(String text) {
    Matcher m = LINE.matcher(text);
    if (!m.matches() || Integer.parseInt(m.group(4)) > 255) {
      return Optional.empty();
    }
    return Optional.of(
        new ExitRecord(
            m.group(1),
            Integer.parseInt(m.group(2)),
            What.valueOf(m.group(3).toUpperCase(Locale.ROOT)),
            Integer.parseInt(m.group(4)),
            Instant.ofEpochSecond(Long.parseLong(m.group(5))),
            Instant.ofEpochSecond(Long.parseLong(m.group(6)))));
  }

  /** The exit; the shell reports a signal as 128 + n, so it may be either. */
  public Exit exit() {
    return Exit.fromShell(status);
  }
}
