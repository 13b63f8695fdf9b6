package io.hpc4j.slurm.query;

import io.hpc4j.model.Memory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A partition in scontrol's reply. A limit that is absent is none.
 *
 * @param name the partition
 * @param isDefault whether it is that of jobs that name none
 * @param state {@code UP}, {@code DOWN}, {@code DRAIN}, {@code INACTIVE}
 * @param maxTime the longest time limit of a job
 * @param defaultTime the time limit of a job that states none; absent: it is the longest
 * @param minNodes how many nodes a job needs at least
 * @param maxNodes how many nodes a job may have
 * @param maxCpusPerNode how many cpus a job may have on a node
 * @param maxMemoryPerNode how much memory a job may have on a node
 * @param nodes its nodes as a host list; empty without any
 * @param totalNodes how many nodes it has
 * @param totalCpus how many cpus it has
 * @param priorityTier which partitions go first: the higher
 * @param allowAccounts the accounts that may use it; absent: all
 * @param allowQos the QOS that may be used in it; absent: all
 */
public record PartitionRow(
    String name,
    boolean isDefault,
    String state,
    Optional<Duration> maxTime,
    Optional<Duration> defaultTime,
    int minNodes,
    OptionalInt maxNodes,
    OptionalInt maxCpusPerNode,
    Optional<Memory> maxMemoryPerNode,
    String nodes,
    int totalNodes,
    int totalCpus,
    int priorityTier,
    Optional<Set<String>> allowAccounts,
    Optional<Set<String>> allowQos) {
  private static final String NAME = "scontrol";
  private static final Set<String> NONE =
      Set.of("", "NONE", "UNLIMITED", "INFINITE", "N/A", "(null)", "ALL");
  private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

  /**
   * The command whose output {@link #parse} reads: all partitions, for hidden ones take jobs too.
   */
  public static List<String> command() {
    return List.of(NAME, "-a", "-o", "show", "partition");
  }

  /**
   * Reads a reply.
   *
   * @throws UnreadableReply if one line is not a partition
   */
  public static List<PartitionRow> parse(String text) {
    return Reply.lines(text).map(PartitionRow::of).toList();
  }

  private static PartitionRow of(String line) {
    Settings s = new Settings(line);
    return new PartitionRow(
        s.get("PartitionName").orElseThrow(() -> s.unreadable("PartitionName")),
        s.text("Default").equals("YES"),
        s.get("State").orElseThrow(() -> s.unreadable("State")),
        s.time("MaxTime"),
        s.time("DefaultTime"),
        s.count("MinNodes").orElse(0),
        s.count("MaxNodes"),
        s.count("MaxCPUsPerNode"),
        s.get("MaxMemPerNode")
            .map(m -> Times.size(m, 'M').orElseThrow(() -> s.unreadable("MaxMemPerNode"))),
        s.get("Nodes").orElse(""),
        s.count("TotalNodes").orElse(0),
        s.count("TotalCPUs").orElse(0),
        s.count("PriorityTier").orElse(0),
        s.names("AllowAccounts"),
        s.names("AllowQos"));
  }

  /** The time limit of a job that states none; absent: none. */
  public Optional<Duration> timeLimit() {
    return defaultTime.filter(time -> !time.isZero()).or(this::maxTime);
  }

  /** Whether it starts jobs. */
  public boolean isUp() {
    return state.equals("UP");
  }

  /** The settings of one line; no value of those read here holds a blank. */
  private static final class Settings {
    private final String line;
    private final Map<String, String> values = new TreeMap<>();

    Settings(String line) {
      this.line = line;
      for (String part : line.strip().split("\\s+", -1)) {
        int equals = part.indexOf('=');
        if (equals > 0) {
          values.putIfAbsent(part.substring(0, equals), part.substring(equals + 1));
        }
      }
    }

    String text(String key) {
      return values.getOrDefault(key, "");
    }

    Optional<String> get(String key) {
      return Optional.of(text(key)).filter(value -> !NONE.contains(value));
    }

    OptionalInt count(String key) {
      return get(key).stream().mapToInt(value -> number(key, value)).findFirst();
    }

    private int number(String key, String value) {
      if (!COUNT.matcher(value).matches()) {
        throw unreadable(key);
      }
      return Integer.parseInt(value);
    }

    Optional<Duration> time(String key) {
      return get(key).map(value -> Times.limit(value).orElseThrow(() -> unreadable(key)));
    }

    Optional<Set<String>> names(String key) {
      return get(key).map(value -> new TreeSet<>(List.of(value.split(","))));
    }

    UnreadableReply unreadable(String key) {
      return new UnreadableReply(NAME, line, "no " + key + " such as scontrol prints it");
    }
  }
}
