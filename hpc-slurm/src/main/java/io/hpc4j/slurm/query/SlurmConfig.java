package io.hpc4j.slurm.query;

import io.hpc4j.model.Memory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The cluster's configuration, as {@code scontrol show config} prints it. What a site does not say,
 * or says in a form that is not known, is absent.
 *
 * @param version the controller's release
 * @param values all settings by name
 */
public record SlurmConfig(SlurmVersion version, Map<String, String> values) {
  private static final String NAME = "scontrol";
  private static final Pattern SETTING = Pattern.compile("\\s*([A-Za-z0-9_\\[\\]]+)\\s*=(.*)");
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,9}) sec");
  private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

  /** Copies the settings. */
  public SlurmConfig {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** The command whose output {@link #parse} reads. */
  public static List<String> command() {
    return List.of(NAME, "show", "config");
  }

  /**
   * Reads a reply. Lines that are no settings, headings and the controller's state, are passed
   * over.
   *
   * @throws UnreadableReply if it does not say which release it is
   */
  public static SlurmConfig parse(String text) {
    Map<String, String> values = new TreeMap<>();
    text.lines()
        .map(SETTING::matcher)
        .filter(Matcher::matches)
        .forEach(m -> values.putIfAbsent(m.group(1), m.group(2).strip()));
    SlurmVersion version =
        Optional.ofNullable(values.get("SLURM_VERSION"))
            .flatMap(SlurmVersion::find)
            .orElseThrow(() -> new UnreadableReply(NAME, text, "no SLURM_VERSION"));
    return new SlurmConfig(version, values);
  }

  /** A setting; absent too if it is empty or {@code (null)}. */
  public Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name))
        .filter(value -> !value.isEmpty() && !value.equals("(null)") && !value.equals("N/A"));
  }

  /** The cluster's name. */
  public Optional<String> clusterName() {
    return value("ClusterName");
  }

  /** Whether ended jobs are recorded where sacct finds them. */
  public boolean accounting() {
    return value("AccountingStorageType").filter(type -> !type.endsWith("/none")).isPresent();
  }

  /** How long the controller remembers an ended job at least. */
  public Optional<Duration> minJobAge() {
    return seconds("MinJobAge");
  }

  /** How long a command waits for the controller's answer. */
  public Optional<Duration> messageTimeout() {
    return seconds("MessageTimeout");
  }

  /** How long a job has between SIGTERM and SIGKILL. */
  public Optional<Duration> killWait() {
    return seconds("KillWait");
  }

  /** One more than the largest index of an array, and than the most tasks of one. */
  public OptionalInt maxArraySize() {
    return count("MaxArraySize");
  }

  /** How many jobs the controller holds at most. */
  public OptionalInt maxJobCount() {
    return count("MaxJobCount");
  }

  /** Whether jobs that do not say so are requeued. */
  public boolean jobRequeue() {
    return value("JobRequeue").filter("1"::equals).isPresent();
  }

  /** The memory of a job that asks for none, for each cpu. */
  public Optional<Memory> defaultMemoryPerCpu() {
    return value("DefMemPerCPU").flatMap(text -> Times.size(text, 'M'));
  }

  /** The memory of a job that asks for none, on each node. */
  public Optional<Memory> defaultMemoryPerNode() {
    return value("DefMemPerNode").flatMap(text -> Times.size(text, 'M'));
  }

  /** The longest batch script in bytes, where the site sets one. */
  public OptionalInt maxScriptSize() {
    return parameters()
        .filter(p -> p.startsWith("max_script_size="))
        .map(p -> p.substring(p.indexOf('=') + 1))
        .filter(p -> COUNT.matcher(p).matches())
        .mapToInt(Integer::parseInt)
        .findFirst();
  }

  /** Whether a job is cancelled whose dependency can never be met. */
  public boolean killsInvalidDependencies() {
    return Stream.of(value("DependencyParameters"), value("SchedulerParameters"))
        .flatMap(Optional::stream)
        .flatMap(text -> Stream.of(text.split(",")))
        .anyMatch("kill_invalid_depend"::equals);
  }

  private Stream<String> parameters() {
    return value("SchedulerParameters").stream().flatMap(text -> Stream.of(text.split(",")));
  }

  private Optional<Duration> seconds(String name) {
    return value(name)
        .map(SECONDS::matcher)
        .filter(Matcher::matches)
        .map(m -> Duration.ofSeconds(Long.parseLong(m.group(1))));
  }

  private OptionalInt count(String name) {
    return value(name).stream()
        .filter(text -> COUNT.matcher(text).matches())
        .mapToInt(Integer::parseInt)
        .findFirst();
  }
}
