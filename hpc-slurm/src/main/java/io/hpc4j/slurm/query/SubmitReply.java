package io.hpc4j.slurm.query;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code sbatch --parsable} prints: the id of the job it submitted.
 *
 * @param jobId the job's id
 * @param cluster the cluster, where sbatch names it
 */
public record SubmitReply(String jobId, Optional<String> cluster) {
  private static final Pattern ID = Pattern.compile("([1-9]\\d{0,9})(?:;([A-Za-z0-9_.-]+))?");

  /**
   * Reads a reply. Whatever a site's wrapper or a login shell prints around the id is passed over.
   *
   * @throws UnreadableReply if there is no line with an id, or if there are two: then a job may
   *     have been submitted, and which one is not guessed
   */
  public static SubmitReply parse(String text) {
    List<SubmitReply> found =
        text.lines()
            .map(String::strip)
            .map(ID::matcher)
            .filter(Matcher::matches)
            .map(m -> new SubmitReply(m.group(1), Optional.ofNullable(m.group(2))))
            .distinct()
            .toList();
    if (found.size() != 1) {
      throw new UnreadableReply(
          "sbatch", text, found.isEmpty() ? "no job id" : "more than one job id");
    }
    return found.get(0);
  }
}
