package io.hpc4j.slurm.query;

import io.hpc4j.model.Exit;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the command of a batch script ended, as the script itself wrote it down.
 *
 * @param jobId the script's {@code SLURM_JOB_ID}: of a task its own raw id
 * @param restarts how often the job had been requeued
 * @param status the command's exit status as the shell knows it, 0..255
 * @param started when the script started
 * @param ended when the command had ended
 */
public record ExitRecord(String jobId, int restarts, int status, Instant started, Instant ended) {
  private static final Pattern LINE =
      Pattern.compile("v1 ([1-9]\\d{0,9}) (\\d{1,6}) (\\d{1,3}) (\\d{1,12}) (\\d{1,12})\\n");

  /** Reads one; empty for anything but one whole line, so too for one that is still written. */
  public static Optional<ExitRecord> parse(String text) {
    Matcher m = LINE.matcher(text);
    if (!m.matches() || Integer.parseInt(m.group(3)) > 255) {
      return Optional.empty();
    }
    return Optional.of(
        new ExitRecord(
            m.group(1),
            Integer.parseInt(m.group(2)),
            Integer.parseInt(m.group(3)),
            Instant.ofEpochSecond(Long.parseLong(m.group(4))),
            Instant.ofEpochSecond(Long.parseLong(m.group(5)))));
  }

  /** The exit; the shell reports a signal as 128 + n, so it may be either. */
  public Exit exit() {
    return Exit.fromShell(status);
  }
}
