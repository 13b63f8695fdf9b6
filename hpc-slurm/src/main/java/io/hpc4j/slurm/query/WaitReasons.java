package io.hpc4j.slurm.query;

import static io.hpc4j.model.WaitReason.Kind;

import io.hpc4j.model.WaitReason;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a job waits: Slurm's words as a cause to match on and a sentence for people. A word that is
 * not known is the sentence.
 *
 * <p>The words are those of squeue(1) and of <a
 * href="https://slurm.schedmd.com/resource_limits.html">resource limits</a>.
 */
public final class WaitReasons {
  static final WaitReason REQUEUED =
      new WaitReason(Kind.RETRY_DELAY, "Slurm took it back into the queue and will start it again");
  static final WaitReason HELD_BY_SLURM =
      new WaitReason(Kind.HELD, "Slurm took it back into the queue and holds it; release it");
  static final WaitReason SUSPENDED = new WaitReason(Kind.SUSPENDED, "it is suspended");

  private static final Pattern LIMIT =
      Pattern.compile("(QOS|Assoc(?:iation)?|MaxBB|Max)([A-Za-z]+)");

  /** Limits on what one job may ask for: no end of other jobs makes room for it. */
  private static final Pattern TOO_MUCH =
      Pattern.compile("(QOS|Assoc)Max[A-Za-z]+Per(?:Job(?:Limit)?|Node(?:Limit)?)");

  private static final Pattern TOO_LITTLE = Pattern.compile("(QOS|Assoc)Min[A-Za-z]+");

  private static final Map<String, WaitReason> WORDS =
      Map.ofEntries(
          word("None", Kind.OTHER, "the scheduler has not looked at it yet"),
          word("WaitingForScheduling", Kind.OTHER, "the scheduler has not looked at it yet"),
          word("Resources", Kind.RESOURCES, "not enough is free"),
          word("Priority", Kind.PRIORITY, "jobs with a higher priority go first"),
          word("Dependency", Kind.DEPENDENCY, "a job that it depends on has not ended"),
          word(
              "DependencyNeverSatisfied",
              Kind.DEPENDENCY,
              "a job that it depends on did not end as required; it will never start"),
          word("BeginTime", Kind.BEGIN_TIME, "its start time has not come"),
          word("JobHeldUser", Kind.HELD, "its user holds it; release it"),
          word("JobHeldAdmin", Kind.HELD, "an administrator holds it; only they can release it"),
          word("job requeued in held state", Kind.HELD, "it was requeued and is held; release it"),
          word("launch failed requeued held", Kind.HELD, "it could not be launched and is held"),
          word("JobHoldMaxRequeue", Kind.HELD, "it was requeued too often and is held"),
          word("ReservationDeleted", Kind.HELD, "its reservation was deleted"),
          word("JobArrayTaskLimit", Kind.THROTTLE, "as many tasks run as its array allows"),
          word("PartitionDown", Kind.QUEUE_DISABLED, "its partition is down"),
          word("PartitionInactive", Kind.QUEUE_DISABLED, "its partition starts no jobs"),
          word(
              "PartitionConfig",
              Kind.NEVER_FITS,
              "no set of nodes in its partition could ever hold it"),
          word(
              "PartitionTimeLimit",
              Kind.NEVER_FITS,
              "its time limit is beyond that of its partition"),
          word(
              "PartitionNodeLimit",
              Kind.NEVER_FITS,
              "it needs more nodes than its partition allows or has in service"),
          word(
              "MaxMemPerLimit",
              Kind.NEVER_FITS,
              "it asks for more memory on a node, or for a cpu, than its partition or the cluster"
                  + " allows"),
          word(
              "MaxPoweredUpNodes",
              Kind.NODES,
              "as many nodes are powered up as its partition or the cluster allows"),
          word("BadConstraints", Kind.NEVER_FITS, "no node has the features that it asks for"),
          word("AccountNotAllowed", Kind.NEVER_FITS, "its account may not use its partition"),
          word("QOSNotAllowed", Kind.NEVER_FITS, "its QOS may not be used in its partition"),
          word("InvalidAccount", Kind.NEVER_FITS, "its account is not valid"),
          word("InvalidQOS", Kind.NEVER_FITS, "its QOS is not valid"),
          word("Licenses", Kind.CONSUMABLES, "not enough licences are free"),
          word("Reservation", Kind.RESERVED, "its reservation has not begun"),
          word("ReqNodeNotAvail", Kind.NODES_UNAVAILABLE, "nodes that it needs are not available"),
          word("NodeDown", Kind.NODES_UNAVAILABLE, "a node that it needs is down"),
          word("FrontEndDown", Kind.NODES_UNAVAILABLE, "no front end node is up"),
          word("Cleaning", Kind.RETRY_DELAY, "Slurm cleans up after its earlier run"),
          word("Prolog", Kind.OTHER, "the cluster's prolog is running"));

  private WaitReasons() {}

  private static Map.Entry<String, WaitReason> word(String word, Kind kind, String detail) {
    return Map.entry(word, new WaitReason(kind, detail + " (" + word + ")"));
  }

  /** Says what a reason means; it may be any text. */
  public static WaitReason of(String reason) {
    WaitReason known = WORDS.get(reason);
    if (known != null) {
      return known;
    }
    String text = UnreadableReply.quote(reason);
    if (reason.isBlank() || reason.equals("(null)")) {
      return of("None");
    }
    if (reason.startsWith("ReqNodeNotAvail")
        || reason.startsWith("Nodes required for job are DOWN")) {
      return new WaitReason(
          Kind.NODES_UNAVAILABLE, "nodes that it needs are not available: " + text);
    }
    if (reason.startsWith("Job's account not permitted to use this partition")) {
      return new WaitReason(Kind.NEVER_FITS, "its account may not use its partition: " + text);
    }
    Matcher much = TOO_MUCH.matcher(reason);
    if (much.matches()) {
      return new WaitReason(
          Kind.NEVER_FITS, "it asks for more than " + limitOf(much.group(1)) + " allows: " + text);
    }
    Matcher little = TOO_LITTLE.matcher(reason);
    if (little.matches()) {
      return new WaitReason(
          Kind.NEVER_FITS,
          "it asks for less than " + limitOf(little.group(1)) + " allows: " + text);
    }
    Matcher limit = LIMIT.matcher(reason);
    return limit.matches()
        ? new WaitReason(
            kindOfLimit(limit.group(2)), limitOf(limit.group(1)) + " is reached: " + text)
        : new WaitReason(Kind.OTHER, text);
  }

  private static String limitOf(String start) {
    return switch (start) {
      case "QOS" -> "a limit of its QOS";
      case "Assoc", "Association" -> "a limit of its account or user";
      default -> "a limit of its account";
    };
  }

  private static Kind kindOfLimit(String what) {
    if (what.contains("Cpu") || what.contains("CPU")) {
      return Kind.CPUS;
    }
    if (what.contains("Mem")) {
      return Kind.MEMORY;
    }
    if (what.contains("GRES")) {
      return Kind.GPUS;
    }
    if (what.contains("Node")) {
      return Kind.NODES;
    }
    return what.contains("License") ? Kind.CONSUMABLES : Kind.OTHER;
  }
}
