package io.hpc4j.slurm.query;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Why one of Slurm's commands failed, with Slurm's own words.
 *
 * <p>The text decides: sbatch ends with status 1 for a wrong partition and for a lost reply alike.
 * Of a text that is not known, a submission may have succeeded; a question can be asked again.
 *
 * @param kind what to do about it
 * @param message what the command printed, without its name in front, printable and shortened
 */
public record SlurmError(Kind kind, String message) {
  /** What to do about a failed command. */
  public enum Kind {
    /** It did nothing and may do better later. */
    TRANSIENT,
    /** A limit on submitted jobs is reached; it did nothing and may do once jobs have ended. */
    BUSY,
    /** Refused; the same would be refused again. */
    REFUSED,
    /** It is not allowed to this user. */
    DENIED,
    /** There is no such job. */
    NOT_FOUND,
    /** The job has ended or is about to. */
    ENDED,
    /** What it would have asked is not in use at this site: accounting, fair share. */
    ABSENT,
    /**
     * Its text is not known, or a submission had no answer: it may have had its effect, so look
     * before doing it again.
     */
    OUTCOME_UNKNOWN
  }

  private record Rule(Kind kind, Pattern words) {
    static Rule of(Kind kind, String... words) {
      return new Rule(kind, Pattern.compile(String.join("|", words), Pattern.CASE_INSENSITIVE));
    }
  }

  private static final String SUBMIT = "sbatch";
  private static final int MOST_LINES = 5;
  private static final Pattern COMMAND = Pattern.compile("^[a-z]+: (?:(?:error|fatal): )?");

  /**
   * The request was sent, or may have been, and no answer came. The first rule that fits counts.
   */
  private static final Rule NO_ANSWER =
      Rule.of(
          Kind.OUTCOME_UNKNOWN,
          "Socket timed out",
          "Zero Bytes were transmitted",
          "Message receive failure",
          "Unexpected message received",
          "Insane message length",
          "Connection reset by peer",
          "Broken pipe",
          "Transport endpoint is not connected",
          "Resource temporarily unavailable");

  private static final List<Rule> RULES =
      List.of(
          Rule.of(
              Kind.BUSY,
              "(?:QOS|Assoc)(?:Max|Grp)Submit",
              "MaxSubmitJobs",
              "Unable to create job record, try again",
              "Slurm job queue full",
              "Slurm temporarily unable to accept job",
              "Job creation temporarily disabled"),
          Rule.of(
              Kind.TRANSIENT,
              "Unable to contact slurm controller",
              "Protocol authentication error",
              "Connection refused",
              "Connection timed out",
              "No route to host",
              "Network is unreachable",
              "Temporary failure in name resolution",
              "in standby mode"),
          Rule.of(
              Kind.ABSENT,
              "accounting storage is disabled",
              "not running a supported (?:accounting_storage|priority) plugin"),
          Rule.of(Kind.DENIED, "permission denied", "only permitted by"),
          Rule.of(Kind.NOT_FOUND, "Invalid job id", "Job \\S{1,99} not found"),
          Rule.of(Kind.ENDED, "already completing or completed", "already finished"),
          Rule.of(
              Kind.REFUSED,
              "Invalid ",
              "unrecognized option",
              "invalid option",
              "option .{1,99} requires an argument",
              "option .{1,99} is ambiguous",
              "Requested node configuration is not available",
              "Requested partition configuration not available",
              "Memory specification can not be satisfied",
              "Job violates accounting/QOS policy",
              "Job dependency problem",
              "not permitted to use this partition",
              "No cluster .{1,99} known",
              "does not look like a batch script",
              "Batch script (?:is empty|contains)",
              "(?:is|specification|request) invalid",
              "More processors requested than permitted",
              "Requested more tasks than available processors",
              "Requested nodes not in this partition",
              "Required (?:node|partition) not available",
              "Access denied to requested reservation",
              "Requested reservation",
              "No partition specified",
              "Job size specification needs",
              "Memory required by task is not available",
              "Time limit specification required",
              "breached requested QOS",
              "System submissions disabled",
              "Requested operation (?:not supported|is presently disabled)",
              "Requested GRES option unsupported",
              "Duplicate generic resource",
              "Multiple partition job request not supported",
              "Unable to open file",
              "parameter too long",
              "Job is pending execution",
              "Batch job submission failed: Unspecified error")); // a site's job_submit plugin

  /**
   * Classifies a command that did not end with exit status 0.
   *
   * @param command the command's name
   * @param exitStatus its exit status
   * @param stderr what it printed
   */
  public static SlurmError of(String command, int exitStatus, String stderr) {
    String message =
        Reply.lines(stderr)
            .limit(MOST_LINES)
            .map(line -> UnreadableReply.quote(COMMAND.matcher(line).replaceFirst("")))
            .collect(Collectors.joining("; "));
    return new SlurmError(
        kindOf(command.equals(SUBMIT), stderr),
        message.isEmpty() ? "exit status " + exitStatus + " without a word" : message);
  }

  private static Kind kindOf(boolean submits, String stderr) {
    if (NO_ANSWER.words().matcher(stderr).find()) {
      return submits ? Kind.OUTCOME_UNKNOWN : Kind.TRANSIENT;
    }
    Kind kind =
        RULES.stream()
            .filter(rule -> rule.words().matcher(stderr).find())
            .map(Rule::kind)
            .findFirst()
            .orElse(Kind.OUTCOME_UNKNOWN);
    return submits && (kind == Kind.NOT_FOUND || kind == Kind.ENDED) ? Kind.REFUSED : kind;
  }
}
