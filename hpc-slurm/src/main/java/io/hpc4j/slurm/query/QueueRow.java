package io.hpc4j.slurm.query;

import io.hpc4j.model.JobState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * One job, or the waiting tasks of an array, in squeue's reply.
 *
 * <p>It never asks for names or comments: those may hold anything, a line break included.
 *
 * @param id the job or tasks
 * @param rawId the id under which Slurm's controller keeps it; a started task has one of its own
 * @param state the word for its state
 * @param waitStatus how the script ended, as {@code wait} tells it; 0 too while it has not; absent
 *     if not known
 * @param restarts how often it was requeued
 * @param submitted when it was submitted; a requeue changes it
 * @param started when it got its nodes; absent while it waits, and if it never had any
 * @param ended when it ended; absent while it has not
 * @param expectedStart when a waiting job is expected to start
 * @param nodes its nodes as a host list; empty without any
 * @param partition its partition, or several separated by commas while it waits
 * @param reason why it waits or why it ended; free text
 */
public record QueueRow(
    TaskSet id,
    String rawId,
    String state,
    OptionalInt waitStatus,
    int restarts,
    Optional<Instant> submitted,
    Optional<Instant> started,
    Optional<Instant> ended,
    Optional<Instant> expectedStart,
    String nodes,
    String partition,
    String reason) {
  private static final String NAME = "squeue";
  private static final String FORMAT =
      "JobArrayID:|,JobID:|,State:|,exit_code:|,RestartCnt:|,SubmitTime:|,StartTime:|,EndTime:|,"
          + "NodeList:|,Partition:|,Reason:";
  private static final int FIELDS = 11;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

  private static final int LARGEST_STATUS = 0xffff;

  /** From it on Slurm's numbers mean that there is none. */
  private static final long NO_STATUS = 0xfffffffeL;

  /** The command whose output {@link #parse} reads: all the user's jobs in one call. */
  public static List<String> command() {
    return List.of(NAME, "-h", "-t", "all", "--me", "-O", FORMAT);
  }

  /**
   * Reads a reply.
   *
   * @throws UnreadableReply if one line is not what was asked for, or two do not agree
   */
  public static List<QueueRow> parse(String text) {
    List<QueueRow> rows = Reply.rows(NAME, text, FIELDS, QueueRow::of);
    checkAgreement(rows);
    return rows;
  }

  /** One snapshot has each task once. */
  private static void checkAgreement(List<QueueRow> rows) {
    Map<String, List<QueueRow>> waiting = new HashMap<>();
    Map<TaskSet, QueueRow> seen = new HashMap<>(2 * rows.size());
    for (QueueRow row : rows) {
      QueueRow other = seen.putIfAbsent(row.id, row);
      if (other != null && !other.equals(row)) {
        throw new UnreadableReply(NAME, row.id + " " + row.state, "it is also " + other.state);
      }
      if (row.id.tasks().size() > 1) {
        waiting.computeIfAbsent(row.id.jobId(), id -> new ArrayList<>()).add(row);
      }
    }
    for (QueueRow row : waiting.isEmpty() ? List.<QueueRow>of() : rows) {
      for (QueueRow set : waiting.getOrDefault(row.id.jobId(), List.of())) {
        if (row.id.tasks().size() == 1 && set.id.tasks().contains(row.id.tasks().first())) {
          throw new UnreadableReply(NAME, row.id + " " + row.state, "it is also in " + set.id);
        }
      }
    }
  }

  private static QueueRow of(Reply reply) {
    String state = reply.text(2);
    if (state.isBlank()) {
      throw reply.unreadable("it has no state");
    }
    TaskSet id = reply.tasks(0);
    String nodes = reply.text(8);
    Optional<Instant> start = Times.instant(reply, 6);
    Optional<JobState> known = StateWord.find(state).map(StateWord::state);
    boolean waits = known.filter(JobState::isWaiting).isPresent();
    return new QueueRow(
        id,
        reply.rawId(1, id),
        state,
        waitStatus(reply),
        restarts(reply),
        Times.instant(reply, 5),
        waits || nodes.isEmpty() ? Optional.empty() : start,
        known.filter(JobState::isEnded).flatMap(ended -> Times.instant(reply, 7)),
        waits ? start : Optional.empty(),
        nodes,
        reply.text(9),
        reply.text(10).strip());
  }

  private static OptionalInt waitStatus(Reply reply) {
    long status = number(reply, 3);
    if (status > LARGEST_STATUS && status < NO_STATUS) {
      throw reply.unreadable("no wait status: " + status);
    }
    return status < NO_STATUS ? OptionalInt.of((int) status) : OptionalInt.empty();
  }

  private static int restarts(Reply reply) {
    return (int) Math.min(number(reply, 4), Integer.MAX_VALUE);
  }

  private static long number(Reply reply, int field) {
    String text = reply.text(field);
    if (!NUMBER.matcher(text).matches()) {
      throw reply.unreadable("no number: " + text);
    }
    return Long.parseLong(text);
  }

  /** What the row says of the job. */
  public Verdict verdict() {
    return JobStates.ofQueue(state, reason, waitStatus);
  }
}
