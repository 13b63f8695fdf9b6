package io.hpc4j.slurm.query;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A licence of the cluster.
 *
 * @param name its name, {@code name} or {@code name@server}
 * @param total how many there are
 */
public record LicenceRow(String name, long total) {
  private static final String NAME = "scontrol";
  private static final Pattern ROW =
      Pattern.compile("LicenseName=(\\S+)\\s+Total=(\\d{1,12})(?:\\s.*)?");

  /** The command whose output {@link #parse} reads. */
  public static List<String> command() {
    return List.of(NAME, "-o", "show", "licenses");
  }

  /**
   * Reads a reply.
   *
   * @throws UnreadableReply if one line is not a licence
   */
  public static List<LicenceRow> parse(String text) {
    return Reply.lines(text)
        .filter(line -> !line.startsWith("No licenses"))
        .map(LicenceRow::of)
        .toList();
  }

  private static LicenceRow of(String line) {
    Matcher m = ROW.matcher(line.strip());
    if (!m.matches()) {
      throw new UnreadableReply(NAME, line, "no licence with its number");
    }
    return new LicenceRow(m.group(1), Long.parseLong(m.group(2)));
  }
}
