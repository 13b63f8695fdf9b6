package io.hpc4j.slurm.query;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of Slurm: {@code 22.05.8}, with a vendor's suffix kept in the text.
 *
 * @param major the year
 * @param minor the month
 * @param micro the maintenance release; 0 where none is said
 * @param text as Slurm writes it: {@code 14.11.6-Bull.1.0}
 */
public record SlurmVersion(int major, int minor, int micro, String text)
    implements Comparable<SlurmVersion> {
  private static final String NAME = "sbatch";
  private static final Pattern VERSION =
      Pattern.compile(
          "(?:^|\\s)((\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:[.+~-]?[A-Za-z]\\S*|[.+~-]\\S*)?)$");

  /** The command whose output {@link #parse} reads. */
  public static List<String> command() {
    return List.of(NAME, "--version");
  }

  /**
   * Reads {@code slurm-wlm 22.05.8}; lines around it, as a login shell prints, are passed over.
   *
   * @throws UnreadableReply if no line names a version
   */
  public static SlurmVersion parse(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("slurm"))
        .flatMap(line -> find(line).stream())
        .findFirst()
        .orElseThrow(() -> new UnreadableReply(NAME, text, "no version such as slurm 22.05.8"));
  }

  /** Finds the version at the end of a text. */
  static Optional<SlurmVersion> find(String text) {
    Matcher m = VERSION.matcher(text);
    return m.find()
        ? Optional.of(
            new SlurmVersion(
                Integer.parseInt(m.group(2)),
                Integer.parseInt(m.group(3)),
                m.group(4) == null ? 0 : Integer.parseInt(m.group(4)),
                m.group(1)))
        : Optional.empty();
  }

  /** Whether it is this release or a later one. */
  public boolean isAtLeast(int year, int month) {
    return major > year || (major == year && minor >= month);
  }

  @Override
  public int compareTo(SlurmVersion other) {
    return Comparator.comparingInt(SlurmVersion::major)
        .thenComparingInt(SlurmVersion::minor)
        .thenComparingInt(SlurmVersion::micro)
        .thenComparing(SlurmVersion::text)
        .compare(this, other);
  }

  /** The text. */
  @Override
  public String toString() {
    return text;
  }
}
