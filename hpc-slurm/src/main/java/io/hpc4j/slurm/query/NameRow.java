package io.hpc4j.slurm.query;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A job and its native name, in the listing of all names.
 *
 * <p>Other jobs of the user may have any name, line breaks included; what such a name leaves in the
 * reply is passed over. A name made to look like a row of its own cannot be told from one, so the
 * listing is for showing; whether a submission arrived is asked by {@link #find}.
 *
 * @param id the job or tasks
 * @param state the word for its state
 * @param name its native name, of letters, digits, {@code _} and {@code -}
 * @param submitted when it was submitted, as the accounts tell; absent in squeue's listing
 */
public record NameRow(TaskSet id, String state, String name, Optional<Instant> submitted) {
  private static final String NAME = "squeue";
  private static final Pattern OUR_NAME = Pattern.compile("[A-Za-z0-9_-]+");

  /** The id stands on both sides, so that a piece of a name is hardly ever a row. */
  private static final Pattern ROW =
      Pattern.compile(
          "([^|]+)\\|([A-Z_]+)(?: by \\d+)?\\|([A-Za-z0-9_-]+)\\|\\1(?:\\|(\\d{1,12}))?");

  /** The command whose output {@link #parse} reads: all the user's jobs. */
  public static List<String> command() {
    return List.of(NAME, "-h", "-t", "all", "--me", "-o", "%i|%T|%j|%i");
  }

  /**
   * The command whose output {@link #ids} reads: the user's jobs of exactly this name.
   *
   * @throws IllegalArgumentException if it is not a name that we give: a comma would be two names
   */
  public static List<String> find(String name) {
    return List.of(NAME, "-h", "-t", "all", "--me", "-n", checked(name), "-o", "%i");
  }

  /**
   * The command whose output {@link #parse} reads: some jobs and their tasks, from the accounts.
   *
   * @throws IllegalArgumentException if they are no ids: sacct would then list every job
   */
  public static List<String> accounted(Collection<String> ids) {
    if (ids.isEmpty() || !ids.stream().allMatch(id -> TaskSet.parse(id).isPresent())) {
      throw new IllegalArgumentException("no job ids: " + ids);
    }
    String all = String.join(",", ids);
    return List.of(
        "sacct", "-n", "-P", "-X", "-D", "-j", all, "-o", "JobID,State,JobName,JobID,Submit");
  }

  static String checked(String name) {
    if (!OUR_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a native name is of A-Z a-z 0-9 _ -: " + name);
    }
    return name;
  }

  /** Reads a listing; what is not a row of a job with a name like ours is passed over. */
  public static List<NameRow> parse(String text) {
    return text.lines().map(ROW::matcher).filter(Matcher::matches).flatMap(NameRow::of).toList();
  }

  private static Stream<NameRow> of(Matcher row) {
    return TaskSet.parse(row.group(1)).stream()
        .map(id -> new NameRow(id, row.group(2), row.group(3), instant(row.group(4))));
  }

  private static Optional<Instant> instant(@Nullable String epoch) {
    return Optional.ofNullable(epoch).map(Long::parseLong).map(Instant::ofEpochSecond);
  }

  /**
   * Reads the ids of the jobs of one name.
   *
   * @throws UnreadableReply if one is no id
   */
  public static List<TaskSet> ids(String text) {
    return Reply.rows(NAME, text, 1, reply -> reply.tasks(0));
  }
}
