package io.hpc4j.slurm.query;

import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node as one of its partitions has it, in sinfo's reply.
 *
 * @param name the node
 * @param partition the partition
 * @param isDefaultPartition whether that is the partition of jobs that name none
 * @param state the word for the node's state, without its flags
 * @param flags what the state's suffix says
 * @param cpusInUse how many cpus jobs hold
 * @param cpus how many cpus it has
 * @param memory its memory
 * @param memoryInUse how much of it jobs hold
 * @param gres its generic resources
 * @param gresInUse how many of them jobs hold
 * @param features its features
 * @param reason why it is down or drained; empty otherwise
 */
public record NodeRow(
    String name,
    String partition,
    boolean isDefaultPartition,
    String state,
    Set<Flag> flags,
    int cpusInUse,
    int cpus,
    Memory memory,
    Memory memoryInUse,
    List<Gres> gres,
    List<Gres> gresInUse,
    Set<String> features,
    String reason) {
  /** What the suffix of a node's state says. */
  public enum Flag {
    /** It does not answer. */
    NOT_RESPONDING('*'),
    /** It is powered off and starts when a job needs it. */
    POWERED_DOWN('~'),
    /** It is starting. */
    POWERING_UP('#'),
    /** It is about to be powered down. */
    POWER_DOWN_PENDING('!'),
    /** It is being powered down. */
    POWERING_DOWN('%'),
    /** It is reserved for maintenance. */
    MAINTENANCE('$'),
    /** It is to be rebooted. */
    REBOOT_PENDING('@'),
    /** It is rebooting. */
    REBOOTING('^'),
    /** It is kept free for a job with a higher priority. */
    PLANNED('-'),
    /** Some of its jobs are completing. */
    COMPLETING('+');

    private final char suffix;

    Flag(char suffix) {
      this.suffix = suffix;
    }
  }

  private static final String NAME = "sinfo";
  private static final String FORMAT =
      "NodeList:|,Partition:|,StateLong:|,CPUsState:|,Memory:|,AllocMem:|,Gres:|,GresUsed:|,"
          + "Features:|,Reason:";
  private static final int FIELDS = 10;
  private static final Pattern CPUS = Pattern.compile("(\\d{1,9})/\\d{1,9}/\\d{1,9}/(\\d{1,9})");
  private static final Pattern MEGABYTES = Pattern.compile("\\d{1,12}");

  /** Copies the sets. */
  public NodeRow {
    flags = Set.copyOf(flags);
    gres = List.copyOf(gres);
    gresInUse = List.copyOf(gresInUse);
    features = Set.copyOf(features);
  }

  /**
   * The command whose output {@link #parse} reads: a line for each node and partition, hidden ones
   * too.
   */
  public static List<String> command() {
    return List.of(NAME, "-a", "-h", "-N", "-O", FORMAT);
  }

  /**
   * Reads a reply.
   *
   * @throws UnreadableReply if one line is not what was asked for
   */
  public static List<NodeRow> parse(String text) {
    return Reply.rows(NAME, text, FIELDS, NodeRow::of);
  }

  private static NodeRow of(Reply reply) {
    Matcher cpus = CPUS.matcher(reply.text(3));
    if (reply.text(0).isBlank() || !cpus.matches()) {
      throw reply.unreadable("no node with cpus, allocated/idle/other/total");
    }
    String partition = reply.text(1);
    boolean isDefault = partition.endsWith("*");
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    String reason = reply.text(9).strip();
    return new NodeRow(
        reply.text(0),
        isDefault ? partition.substring(0, partition.length() - 1) : partition,
        isDefault,
        stripped(reply.text(2), flags),
        flags,
        Integer.parseInt(cpus.group(1)),
        Integer.parseInt(cpus.group(2)),
        megabytes(reply, 4),
        megabytes(reply, 5),
        Gres.parse(reply.text(6)),
        Gres.parse(reply.text(7)),
        features(reply.text(8)),
        reason.equals("none") ? "" : reason);
  }

  private static Memory megabytes(Reply reply, int field) {
    if (!MEGABYTES.matcher(reply.text(field)).matches()) {
      throw reply.unreadable("no megabytes of memory: " + reply.text(field));
    }
    return Memory.ofMiB(Long.parseLong(reply.text(field)));
  }

  private static String stripped(String state, Set<Flag> flags) {
    String word = state;
    for (boolean found = true; found && !word.isEmpty(); ) {
      char suffix = word.charAt(word.length() - 1);
      found = false;
      for (Flag flag : Flag.values()) {
        if (flag.suffix == suffix) {
          flags.add(flag);
          found = true;
        }
      }
      word = found ? word.substring(0, word.length() - 1) : word;
    }
    return word.toLowerCase(Locale.ROOT);
  }

  private static Set<String> features(String text) {
    return text.equals("(null)") || text.isBlank()
        ? Set.of()
        : new TreeSet<>(List.of(text.strip().split(",")));
  }

  /** Whether jobs can start on it. A word that is not known counts as down. */
  public Node.State nodeState() {
    if (flags.contains(Flag.NOT_RESPONDING) || flags.contains(Flag.REBOOTING)) {
      return Node.State.DOWN;
    }
    return switch (state) {
      case "idle", "planned" -> Node.State.IDLE;
      case "mixed", "mix" -> Node.State.MIXED;
      case "allocated", "alloc" -> Node.State.ALLOCATED;
      case "completing", "comp" -> cpusInUse < cpus ? Node.State.MIXED : Node.State.ALLOCATED;
      case "draining", "drng", "failing", "failg" -> Node.State.DRAINING;
      case "drained", "drain", "fail", "maint", "reserved", "resv" -> Node.State.DRAINED;
      default -> Node.State.DOWN;
    };
  }

  /** How many GPUs it has. */
  public int gpus() {
    return Gres.gpus(gres);
  }

  /** How many of its GPUs jobs hold. */
  public int gpusInUse() {
    return Gres.gpus(gresInUse);
  }
}
