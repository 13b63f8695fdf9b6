package io.hpc4j.slurm;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Node;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.slurm.query.LoadRow;
import io.hpc4j.slurm.query.NodeRow;
import io.hpc4j.slurm.query.PartitionRow;
import io.hpc4j.slurm.query.ShareRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The cluster in the words of the model: partitions are queues, and what they run on. */
final class Catalogue {
  private final Commands commands;
  private final Site site;

  Catalogue(Commands commands, Site site) {
    this.commands = commands;
    this.site = site;
  }

  Optional<String> defaultQueue() {
    return site.partitions().stream()
        .filter(PartitionRow::isDefault)
        .map(PartitionRow::name)
        .findFirst();
  }

  List<JobQueue> queues() {
    SchedulingPolicy policy = policy();
    Map<String, Long> licences = site.licences().orElse(Map.of());
    return site.partitions().stream()
        .flatMap(row -> environment(row, licences).map(e -> queue(row, e, policy)).stream())
        .toList();
  }

  private static JobQueue queue(
      PartitionRow partition, ComputeEnvironment environment, SchedulingPolicy policy) {
    JobQueue.Builder queue =
        JobQueue.builder(partition.name())
            .priority(partition.priorityTier())
            .enabled(partition.isUp())
            .policy(policy)
            .runsOn(environment);
    partition.defaultTime().filter(time -> !time.isZero()).ifPresent(queue::defaultTimeout);
    return queue.build();
  }

  /** Slurm shares among accounts, where it keeps any; those that the model can name are told. */
  private SchedulingPolicy policy() {
    List<ShareRow> accounts = accounts().orElse(List.of());
    if (accounts.isEmpty()) {
      return SchedulingPolicy.fifo();
    }
    SchedulingPolicy.Builder shares = SchedulingPolicy.fairShare();
    accounts.stream()
        .filter(row -> isValid(() -> share(SchedulingPolicy.fairShare(), row).build()))
        .forEach(row -> share(shares, row));
    return shares.build();
  }

  private static SchedulingPolicy.Builder share(SchedulingPolicy.Builder shares, ShareRow row) {
    return shares.share(row.account(), row.rawShares().orElse(1));
  }

  /** Whether the model takes a value; what it takes is its own business. */
  private static boolean isValid(Supplier<?> value) {
    try {
      Object unused = value.get();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The accounts that have users, as this user sees them; absent if they are not known. */
  Optional<List<ShareRow>> accounts() {
    return site.config().accounting()
        ? site.shares().map(Catalogue::withUsers)
        : Optional.of(List.of());
  }

  private static List<ShareRow> withUsers(List<ShareRow> rows) {
    Set<String> used =
        rows.stream()
            .filter(row -> row.user().isPresent())
            .map(ShareRow::account)
            .collect(Collectors.toSet());
    return rows.stream()
        .filter(row -> row.user().isEmpty() && used.contains(row.account()))
        .toList();
  }

  /** How the accounts stand: Slurm lets go first those of the largest shares over use. */
  List<ShareStatus> shares(String queue) {
    if (site.lacks(queue)) {
      throw new NotFoundException("there is no partition " + queue);
    }
    List<ShareRow> accounts = new ArrayList<>(accounts().orElse(List.of()));
    accounts.sort(
        Comparator.comparing((ShareRow row) -> row.levelFairShare().orElse(0)).reversed());
    List<LoadRow> load =
        accounts.isEmpty() ? List.of() : commands.ask(LoadRow.command(queue), LoadRow::parse);
    List<ShareStatus> shares = new ArrayList<>();
    for (ShareRow row : accounts) {
      List<LoadRow> own = load.stream().filter(l -> l.account().equals(row.account())).toList();
      shares.add(
          new ShareStatus(
              row.account(),
              Math.max(1, row.rawShares().orElse(1)),
              row.rawUsage().orElse(0),
              Math.min(1, row.normShares().orElse(0)),
              own.stream().filter(LoadRow::isRunning).mapToInt(LoadRow::cpus).sum(),
              own.stream().filter(l -> !l.isRunning()).count(),
              shares.size() + 1,
              !own.isEmpty() || row.rawUsage().orElse(0) > 0));
    }
    return shares;
  }

  List<ComputeEnvironment> environments() {
    Map<String, Long> licences = site.licences().orElse(Map.of());
    return site.partitions().stream().flatMap(row -> environment(row, licences).stream()).toList();
  }

  /** What a partition runs on; absent if it has no nodes, or none that are known. */
  private Optional<ComputeEnvironment> environment(
      PartitionRow partition, Map<String, Long> licences) {
    List<NodeRow> nodes =
        site.nodes().stream().filter(row -> row.partition().equals(partition.name())).toList();
    if (nodes.isEmpty()) {
      return Optional.empty();
    }
    ComputeEnvironment.Builder b = ComputeEnvironment.builder(partition.name());
    nodes.forEach(row -> b.node(row.name(), capacity(row)));
    licences.forEach(b::consumable);
    return Optional.of(b.build());
  }

  /** What a node has, with those of its features that the model can name. */
  private static Capacity capacity(NodeRow row) {
    Capacity bare = new Capacity(row.cpus(), row.memory(), row.gpus());
    return bare.features(
        row.features().stream()
            .filter(name -> isValid(() -> bare.features(name)))
            .toArray(String[]::new));
  }

  /** The nodes as they are now, each once: in the first of its partitions. */
  List<Node> nodes() {
    Map<String, Node> nodes = new LinkedHashMap<>();
    for (NodeRow row : site.nodesNow()) {
      nodes.putIfAbsent(
          row.name(),
          new Node(
              row.name(),
              row.partition(),
              capacity(row),
              row.cpusInUse(),
              row.memoryInUse(),
              row.gpusInUse(),
              row.nodeState(),
              row.reason()));
    }
    return List.copyOf(nodes.values());
  }
}
