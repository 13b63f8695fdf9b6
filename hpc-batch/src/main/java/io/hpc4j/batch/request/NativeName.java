package io.hpc4j.batch.request;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of one of AWS Batch's jobs that carry a job of ours. The mark in it is there only where
 * several may carry one: {@code h4j<token>-<name>}, {@code h4j<token>_<part>_<attempt>-<name>}.
 *
 * @param token the token of the submission
 * @param part which of its parts, from 0
 * @param attempt the first attempt that it makes
 * @param rest the user's name, as far as it can be said
 */
public record NativeName(String token, int part, int attempt, String rest) {
  private static final Pattern TEXT =
      Pattern.compile("h4j([0-9a-z]+)(?:_(\\d{1,6})_(\\d{1,6}))?-(.*)");
  private static final int LONGEST = 128;

  /** Takes a name apart; empty if it is none of ours. */
  public static Optional<NativeName> parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    boolean plain = m.group(2) == null;
    return Optional.of(
        new NativeName(
            m.group(1),
            plain ? 0 : Integer.parseInt(m.group(2)),
            plain ? 1 : Integer.parseInt(m.group(3)),
            m.group(4)));
  }

  /** What the names of all jobs begin with that carry the job of a token. */
  public static String prefix(String token) {
    return "h4j" + token;
  }

  /** What the names of jobs begin with that only gather what the job of a token waits for. */
  public static String barriers(String token) {
    return prefix(token) + "_b";
  }

  /** The name of one that waits for these of AWS's jobs, the same whenever they are the same. */
  public static String barrier(String token, List<String> on) {
    return barriers(token) + Digest.of(String.join(" ", on)) + "-barrier";
  }

  /** The name. */
  public String text() {
    String mark = part == 0 && attempt == 1 ? "" : "_" + part + "_" + attempt;
    String text = prefix(token) + mark + "-" + rest.replaceAll("[^A-Za-z0-9_-]", "_");
    return text.substring(0, Math.min(text.length(), LONGEST));
  }
}
