package io.hpc4j.slurm;

import io.hpc4j.model.BackendException;
import io.hpc4j.slurm.query.LicenceRow;
import io.hpc4j.slurm.query.NodeRow;
import io.hpc4j.slurm.query.PartitionRow;
import io.hpc4j.slurm.query.ShareRow;
import io.hpc4j.slurm.query.SlurmConfig;
import io.hpc4j.slurm.query.SlurmError;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the cluster says of itself, asked when first needed: the configuration once, partitions and
 * nodes again when they have become old. Thread-safe.
 */
final class Site {
  private static final Logger LOG = LoggerFactory.getLogger(Site.class);
  private static final Duration OLD = Duration.ofMinutes(1);
  private static final Duration DEFAULT_MEMORY = Duration.ofMinutes(5);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** The first that knows all the options of squeue that are used, {@code --me} among them. */
  private static final int OLDEST_YEAR = 20;

  private static final int OLDEST_MONTH = 2;
  private static final int DEFAULT_MAX_ARRAY_SIZE = 1001;
  private static final int DEFAULT_MAX_SCRIPT_SIZE = 4 << 20;

  private final Commands commands;
  private final InstantSource time;
  private volatile @Nullable SlurmConfig config;
  private @Nullable List<PartitionRow> partitions;
  private @Nullable List<NodeRow> nodes;
  private Instant partitionsAt = Instant.MIN;
  private Instant nodesAt = Instant.MIN;

  Site(Commands commands, InstantSource time) {
    this.commands = commands;
    this.time = time;
  }

  /**
   * The configuration.
   *
   * @throws BackendException if the cluster cannot be asked
   */
  synchronized SlurmConfig config() {
    SlurmConfig known = config;
    if (known == null) {
      known = commands.ask(SlurmConfig.command(), SlurmConfig::parse);
      if (!known.version().isAtLeast(OLDEST_YEAR, OLDEST_MONTH)) {
        throw new BackendException(
            "Slurm " + known.version() + " is too old: 20.02 or later is needed", null);
      }
      config = known;
      Duration patience = known.messageTimeout().orElse(Duration.ofSeconds(10));
      commands.limit(patience.multipliedBy(2).plusSeconds(20));
    }
    return known;
  }

  /** How long the controller remembers what has ended; with 0 it never forgets. */
  Duration memory() {
    return memory(config());
  }

  private static Duration memory(SlurmConfig config) {
    Duration memory = config.minJobAge().orElse(DEFAULT_MEMORY);
    return memory.isZero() ? FOR_EVER : memory;
  }

  /**
   * How often to ask at least: where there are no accounts, what has ended is to be seen before the
   * controller forgets it. Asks nothing; empty while the configuration is not known.
   */
  Optional<Duration> longestPause() {
    return Optional.ofNullable(config)
        .filter(known -> !known.accounting())
        .map(known -> memory(known).dividedBy(3));
  }

  /** How long a command whose reply was lost may still be on its way to the controller. */
  Duration settling() {
    return config().messageTimeout().orElse(Duration.ofSeconds(10));
  }

  /** One more than the largest index that Slurm takes. */
  int maxArraySize() {
    return config().maxArraySize().orElse(DEFAULT_MAX_ARRAY_SIZE);
  }

  /** The longest script that Slurm takes, in bytes. */
  int maxScriptSize() {
    return config().maxScriptSize().orElse(DEFAULT_MAX_SCRIPT_SIZE);
  }

  /** The partitions; none if they are not known. */
  synchronized List<PartitionRow> partitions() {
    List<PartitionRow> known = partitions;
    if (known == null || isOld(partitionsAt)) {
      known =
          ifTold(() -> commands.ask(PartitionRow.command(), PartitionRow::parse)).orElse(List.of());
      partitions = known;
      partitionsAt = time.instant();
    }
    return known;
  }

  Optional<PartitionRow> partition(String name) {
    return partitions().stream().filter(row -> row.name().equals(name)).findFirst();
  }

  /** Whether the partitions are known, and this is none of them. */
  boolean lacks(String partition) {
    return !partitions().isEmpty() && partition(partition).isEmpty();
  }

  /** The nodes, once for each of their partitions; none if they are not known. */
  synchronized List<NodeRow> nodes() {
    List<NodeRow> known = nodes;
    return known == null || isOld(nodesAt) ? nodesNow() : known;
  }

  /** The nodes, asked now. */
  synchronized List<NodeRow> nodesNow() {
    List<NodeRow> known =
        ifTold(() -> commands.ask(NodeRow.command(), NodeRow::parse)).orElse(List.of());
    nodes = known;
    nodesAt = time.instant();
    return known;
  }

  /** Makes the next question about partitions and nodes a fresh one. */
  synchronized void forget() {
    partitions = null;
    nodes = null;
  }

  /** How accounts and their users share; absent if it is not known. */
  Optional<List<ShareRow>> shares() {
    return ifTold(() -> commands.ask(ShareRow.command(), ShareRow::parse));
  }

  /** The cluster's licences; absent if they are not known. */
  Optional<Map<String, Long>> licences() {
    return ifTold(() -> commands.ask(LicenceRow.command(), LicenceRow::parse))
        .map(
            rows -> {
              Map<String, Long> all = new TreeMap<>();
              rows.forEach(row -> all.put(row.name(), row.total()));
              return all;
            });
  }

  private boolean isOld(Instant since) {
    return time.instant().isAfter(since.plus(OLD));
  }

  /**
   * What a site forbids to ask, or answers in a way of its own, only takes away what it would have
   * told; a controller that cannot be reached can take no job either.
   */
  private static <T> Optional<List<T>> ifTold(Supplier<List<T>> question) {
    try {
      return Optional.of(question.get());
    } catch (BackendException e) {
      if (e instanceof Commands.Refused refused && refused.kind() == SlurmError.Kind.TRANSIENT) {
        throw e;
      }
      LOG.debug("a part of the catalogue cannot be read", e);
      return Optional.empty();
    }
  }
}
