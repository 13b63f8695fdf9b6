package io.hpc4j;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Node;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.WaitReason;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Queues, nodes and shares as text, in the form that users of {@code squeue}, {@code sinfo} and
 * {@code sshare} know.
 */
public final class Tables {
  private Tables() {}

  /**
   * Returns what waits and runs, one row for each running job or element and one for all waiting
   * elements of an array: {@code 20_[40-64] PENDING (Resources)}.
   */
  public static String queue(JobClient client) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "JOBID", "PARTITION", "NAME", "USER", "STATE", "TIME", "NODES", "NODELIST(REASON)"));
    Instant now = client.backend().time().instant();
    for (JobStatus job : client.list(JobFilter.open())) {
      if (job.counts().isEmpty()) {
        rows.add(row(client, job, job, now));
      } else {
        addArray(rows, client, job, now);
      }
    }
    return format(rows, "rllllrrl");
  }

  private static void addArray(
      List<List<String>> rows, JobClient client, JobStatus array, Instant now) {
    JobId id = array.id();
    IndexSet seenWaiting =
        client
            .backend(id)
            .indices(id, EnumSet.of(JobState.SUBMITTED, JobState.PENDING, JobState.RUNNABLE));
    IndexSet active =
        client.backend(id).indices(id, EnumSet.of(JobState.STARTING, JobState.RUNNING));
    IndexSet waiting = without(seenWaiting, active); // some may have started in between
    if (!waiting.isEmpty()) {
      List<String> row =
          new ArrayList<>(
              row(client, array, array.toBuilder().state(JobState.PENDING).build(), now));
      row.set(0, nativeId(array) + "_" + bracketed(waiting));
      rows.add(row);
    }
    List<JobId> elements = active.stream().mapToObj(id::element).toList();
    Map<JobId, JobStatus> answer = client.describe(elements);
    for (JobId element : elements) {
      JobStatus status = answer.get(element);
      if (status != null) {
        rows.add(row(client, array, status, now));
      }
    }
  }

  private static IndexSet without(IndexSet some, IndexSet others) {
    BitSet left = new BitSet();
    some.forEach(left::set);
    others.forEach(left::clear);
    return IndexSet.of(left);
  }

  private static String bracketed(IndexSet indices) {
    return indices.size() == 1 ? indices.toString() : "[" + indices + "]";
  }

  private static List<String> row(JobClient client, JobStatus job, JobStatus status, Instant now) {
    boolean waits = status.state().isWaiting();
    return List.of(
        nativeId(status),
        job.queue().orElse(""),
        job.name().orElse(""),
        System.getProperty("user.name", ""),
        waits ? "PENDING" : status.state().name(),
        time(status, now),
        String.valueOf(Math.max(1, status.nodes().size())),
        waits
            ? "("
                + client.backend(job.id()).explain(job.id()).map(Tables::word).orElse("None")
                + ")"
            : HostList.format(status.nodes()));
  }

  private static String nativeId(JobStatus status) {
    return status.nativeId().orElse(status.id().token());
  }

  private static String time(JobStatus status, Instant now) {
    return status.state().isWaiting()
        ? "0:00"
        : status.startedAt().map(start -> clock(Duration.between(start, now))).orElse("0:00");
  }

  /** The way Slurm writes a duration: {@code 0:07}, {@code 1:02:03}, {@code 2-00:00:00}. */
  private static String clock(Duration elapsed) {
    Duration d = elapsed.isNegative() ? Duration.ZERO : elapsed;
    if (d.toDays() > 0) {
      return String.format(
          "%d-%02d:%02d:%02d", d.toDays(), d.toHoursPart(), d.toMinutesPart(), d.toSecondsPart());
    }
    return d.toHours() > 0
        ? String.format("%d:%02d:%02d", d.toHours(), d.toMinutesPart(), d.toSecondsPart())
        : String.format("%d:%02d", d.toMinutes(), d.toSecondsPart());
  }

  /** The word that squeue has for a reason. */
  static String word(WaitReason reason) {
    return switch (reason.kind()) {
      case DEPENDENCY, DEPENDENCY_LOST -> "Dependency";
      case HELD -> "JobHeldUser";
      case BEGIN_TIME, RETRY_DELAY -> "BeginTime";
      case THROTTLE -> "JobArrayTaskLimit";
      case PRIORITY, SHARE, RESERVED -> "Priority";
      case RESOURCES, CPUS, MEMORY, GPUS, NODES -> "Resources";
      case CONSUMABLES -> "Licenses";
      case NODES_UNAVAILABLE -> "ReqNodeNotAvail";
      case NEVER_FITS -> "BadConstraints";
      case QUEUE_DISABLED -> "PartitionDown";
      case SUSPENDED -> "None";
      case OTHER -> reason.detail();
    };
  }

  /** Returns the nodes of each queue, one row for each state that some of them are in. */
  public static String nodes(JobClient client) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("PARTITION", "AVAIL", "NODES", "STATE", "NODELIST"));
    List<Node> nodes = client.nodes();
    String defaultQueue = client.defaultQueue().orElse("");
    for (JobQueue queue : client.queues()) {
      String name = queue.name() + (queue.name().equals(defaultQueue) ? "*" : "");
      byState(queue, nodes)
          .forEach(
              (state, names) ->
                  rows.add(
                      List.of(
                          name,
                          queue.enabled() ? "up" : "down",
                          String.valueOf(names.size()),
                          word(state),
                          HostList.format(names))));
    }
    return format(rows, "llrll");
  }

  private static Map<Node.State, List<String>> byState(JobQueue queue, List<Node> nodes) {
    return nodes.stream()
        .filter(
            node ->
                queue.environments().stream().anyMatch(e -> e.name().equals(node.environment())))
        .collect(
            Collectors.groupingBy(
                Node::state, TreeMap::new, Collectors.mapping(Node::name, Collectors.toList())));
  }

  private static String word(Node.State state) {
    return switch (state) {
      case IDLE -> "idle";
      case MIXED -> "mix";
      case ALLOCATED -> "alloc";
      case DRAINING -> "drng";
      case DRAINED -> "drain";
      case DOWN -> "down";
    };
  }

  /**
   * Returns the shares of a queue, one row for each, in the order given.
   *
   * <p>The columns are those of {@code sshare}: RawShares is the weight, NormShares the
   * entitlement, RawUsage the usage in cpu seconds and EffectvUsage its part of the usage of all;
   * FairShare falls from 1 for the share that goes next in equal steps, as in Slurm's Fair Tree.
   * Two more tell how many cpus are in use and how many jobs and elements wait.
   *
   * @param shares all shares of one queue, as {@link JobClient#shares} returns them
   */
  public static String shares(List<ShareStatus> shares) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "Account",
            "RawShares",
            "NormShares",
            "RawUsage",
            "EffectvUsage",
            "FairShare",
            "CPUs",
            "Waiting"));
    double total = shares.stream().mapToDouble(ShareStatus::usage).sum();
    for (ShareStatus share : shares) {
      rows.add(
          List.of(
              share.name(),
              BigDecimal.valueOf(share.weight()).stripTrailingZeros().toPlainString(),
              fraction(share.entitlement()),
              String.valueOf(Math.round(share.usage())),
              fraction(total > 0 ? share.usage() / total : 0),
              fraction(1 - (share.position() - 1) / (double) shares.size()),
              String.valueOf(share.cpusInUse()),
              String.valueOf(share.waiting())));
    }
    rows.add(1, IntStream.of(widths(rows)).mapToObj("-"::repeat).toList());
    return format(rows, "lrrrrrrr");
  }

  private static String fraction(double value) {
    return String.format(Locale.ROOT, "%.6f", value);
  }

  /** Aligns columns, each {@code l}eft or {@code r}ight, and ends each row with a newline. */
  private static String format(List<List<String>> rows, String alignment) {
    int[] widths = widths(rows);
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String cell = row.get(c);
        String padding = " ".repeat(widths[c] - cell.length());
        line.append(c == 0 ? "" : " ");
        line.append(alignment.charAt(c) == 'r' ? padding + cell : cell + padding);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private static int[] widths(List<List<String>> rows) {
    return IntStream.range(0, rows.get(0).size())
        .map(c -> rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0))
        .toArray();
  }
}
