package io.hpc4j.slurm.query;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a job or a task of an array, anybody's, asks of the account that it is charged to.
 *
 * @param account the account
 * @param isRunning whether it runs; otherwise it waits
 * @param cpus how many cpus it has or wants
 */
public record LoadRow(String account, boolean isRunning, int cpus) {
  private static final String NAME = "squeue";
  private static final int FIELDS = 3;
  private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

  /** The command whose output {@link #parse} reads: all that waits or runs in a partition. */
  public static List<String> command(String partition) {
    return List.of(
        NAME, "-h", "-r", "-t", "PENDING,RUNNING", "-p", partition, "-o", "%T|%C|%a");
  }

  /**
   * Reads a reply.
   *
   * @throws UnreadableReply if one line is not what was asked for
   */
  public static List<LoadRow> parse(String text) {
    return Reply.rows(NAME, text, FIELDS, LoadRow::of);
  }

  private static LoadRow of(Reply reply) {
    if (!COUNT.matcher(reply.text(1)).matches()) {
      throw reply.unreadable("no number of cpus: " + reply.text(1));
    }
    boolean running = reply.text(0).equals("RUNNING");
    return new LoadRow(reply.text(2).strip(), running, Integer.parseInt(reply.text(1)));
  }
}
