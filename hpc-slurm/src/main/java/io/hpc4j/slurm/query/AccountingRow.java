package io.hpc4j.slurm.query;

import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One record of a job in Slurm's accounting: an attempt, with what its steps used.
 *
 * <p>A job that was requeued has a record for each attempt. Accounting comes late: it may say that
 * a job has ended before it says when, and its exit code then is not yet the right one.
 *
 * @param id the job, task or waiting tasks
 * @param rawId the id under which the controller kept it
 * @param state the word for its state, with who cancelled it
 * @param exitCode the script's exit code and signal as accounting writes them, {@code 9:0} for 137
 * @param derivedExitCode the highest exit code of its steps, in the same form
 * @param submitted when it was submitted, or requeued
 * @param started when it got its nodes; absent if it never did
 * @param ended when it ended; absent while it has not, and while that is not known
 * @param user whose it is
 * @param nodes its nodes as a host list; empty without any
 * @param partition its partition
 * @param reason the word for why it last waited
 * @param usage what it used; the peak memory is that of the largest task of all steps
 */
public record AccountingRow(
    TaskSet id,
    String rawId,
    String state,
    String exitCode,
    String derivedExitCode,
    Instant submitted,
    Optional<Instant> started,
    Optional<Instant> ended,
    String user,
    String nodes,
    String partition,
    String reason,
    Usage usage) {
  private static final String NAME = "sacct";
  private static final String FORMAT =
      "JobID,JobIDRaw,State,ExitCode,DerivedExitCode,Submit,Start,End,User,NodeList,Partition,"
          + "ElapsedRaw,TotalCPU,MaxRSS,Reason";
  private static final int FIELDS = 15;
  private static final Pattern JOB_ID = Pattern.compile("[1-9]\\d*(?:[_+]\\d+)?");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,12}");

  /**
   * The command whose output {@link #parse} reads, for these jobs.
   *
   * @param ids ids of jobs, arrays or tasks
   * @param submitted when the first of them was submitted
   * @throws IllegalArgumentException without an id, since sacct would then list every job
   */
  public static List<String> command(Collection<String> ids, Instant submitted) {
    if (ids.isEmpty() || !ids.stream().allMatch(id -> JOB_ID.matcher(id).matches())) {
      throw new IllegalArgumentException("not a list of job ids: " + ids);
    }
    return command(submitted, "-j", String.join(",", ids));
  }

  /**
   * The command whose output {@link #parse} reads, for the user's jobs of exactly this name.
   *
   * @throws IllegalArgumentException if it is not a name that we give: a comma would be two names
   */
  public static List<String> find(String name, Instant submitted) {
    return command(submitted, "--name", NameRow.checked(name));
  }

  private static List<String> command(Instant submitted, String... which) {
    // a day without a zone: one earlier is early enough in any
    LocalDate day = submitted.atZone(ZoneOffset.UTC).toLocalDate().minusDays(1);
    return Stream.of(
            Stream.of(NAME, "-n", "-P", "-D", "-S", day.toString()),
            Stream.of(which),
            Stream.of("-o", FORMAT))
        .flatMap(part -> part)
        .toList();
  }

  /**
   * Reads a reply: one row for each record of a job, in the order of submission.
   *
   * @throws UnreadableReply if one line is not what was asked for, or two do not agree
   */
  public static List<AccountingRow> parse(String text) {
    List<AccountingRow> rows = new ArrayList<>();
    for (Reply reply : Reply.rows(NAME, text, FIELDS, line -> line)) {
      String id = reply.text(0);
      int dot = id.indexOf('.');
      if (dot < 0 || id.contains("[")) {
        rows.add(of(reply));
      } else if (!rows.isEmpty()) {
        int last = rows.size() - 1;
        if (id.substring(0, dot).equals(rows.get(last).id().toString())) {
          rows.set(last, rows.get(last).withStep(reply));
        }
      }
    }
    checkAgreement(rows);
    rows.sort(Comparator.comparing(AccountingRow::submitted));
    return List.copyOf(rows);
  }

  /** All attempts of a job or task have one raw id. */
  private static void checkAgreement(List<AccountingRow> rows) {
    Map<TaskSet, String> seen = new HashMap<>();
    for (AccountingRow row : rows) {
      String other = seen.putIfAbsent(row.id, row.rawId);
      if (other != null && !other.equals(row.rawId)) {
        throw new UnreadableReply(NAME, row.id + " " + row.rawId, "its raw id is also " + other);
      }
    }
  }

  private static AccountingRow of(Reply reply) {
    if (reply.text(2).isBlank()) {
      throw reply.unreadable("it has no state");
    }
    if (reply.text(FIELDS - 1).indexOf('|') >= 0) {
      throw reply.unreadable("it has more fields than " + FIELDS);
    }
    if (ExitStatus.ofAccounting(reply.text(3)).isEmpty()) {
      throw reply.unreadable("no exit code: " + reply.text(3));
    }
    TaskSet id = reply.tasks(0);
    String nodes = reply.text(9).equals("None assigned") ? "" : reply.text(9);
    return new AccountingRow(
        id,
        reply.rawId(1, id),
        reply.text(2),
        reply.text(3),
        reply.text(4),
        Times.instant(reply, 5).orElseThrow(() -> reply.unreadable("no time of submission")),
        nodes.isEmpty() ? Optional.empty() : Times.instant(reply, 6),
        Times.instant(reply, 7),
        reply.text(8),
        nodes,
        reply.text(10),
        reply.text(14),
        new Usage(
            SECONDS.matcher(reply.text(11)).matches()
                ? Optional.of(Duration.ofSeconds(Long.parseLong(reply.text(11))))
                : Optional.empty(),
            Times.elapsed(reply.text(12)),
            Times.size(reply.text(13), ' ')));
  }

  private AccountingRow withStep(Reply step) {
    Optional<Memory> peak =
        Stream.concat(usage.peakMemory().stream(), Times.size(step.text(13), ' ').stream())
            .max(Comparator.naturalOrder());
    return new AccountingRow(
        id,
        rawId,
        state,
        exitCode,
        derivedExitCode,
        submitted,
        started,
        ended,
        user,
        nodes,
        partition,
        reason,
        new Usage(usage.elapsed(), usage.cpuTime(), peak));
  }

  /**
   * What the record says of the job. A record of an end whose time is not known says nothing yet.
   */
  public Verdict verdict() {
    Verdict verdict =
        JobStates.ofAccounting(
            state, reason, exitCode, wasCancelledBySlurm() && reason.startsWith("Dependency"));
    return verdict.isEnded() && ended.isEmpty()
        ? Verdict.unknown(verdict.nativeText() + ", its end is not recorded yet")
        : verdict;
  }

  /** Whether Slurm has started the job again after this, as a further record then tells. */
  public boolean wasStartedAgain() {
    return StateWord.find(state)
        .filter(
            EnumSet.of(
                    StateWord.REQUEUED,
                    StateWord.PREEMPTED,
                    StateWord.NODE_FAIL,
                    StateWord.BOOT_FAIL)
                ::contains)
        .isPresent();
  }

  /**
   * Whether it was cancelled before it had nodes, and by nobody: that is how a job ends whose
   * dependency can never be met. The reason does not always say so.
   */
  public boolean wasCancelledBySlurm() {
    return state.equals("CANCELLED") && nodes.isEmpty();
  }

  /**
   * What the record says of an attempt that another one followed: one that was requeued by somebody
   * was cancelled.
   */
  public Verdict verdictOfEarlierAttempt() {
    Verdict verdict = verdict();
    return verdict.isEnded()
        ? verdict
        : Verdict.ended(
            JobState.CANCELLED, Reason.CANCELLED, Optional.empty(), verdict.nativeText());
  }
}
