package io.hpc4j.slurm;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Node;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.slurm.query.NodeRow;
import io.hpc4j.slurm.query.PartitionRow;
import io.hpc4j.slurm.query.ShareRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    List<JobQueue> queues = new ArrayList<>();
    for (PartitionRow partition : site.partitions()) {
      JobQueue.Builder queue =
          JobQueue.builder(partition.name())
              .priority(partition.priorityTier())
              .enabled(partition.isUp())
              .policy(policy)
              .runsOn(environment(partition));
      partition.defaultTime().filter(time -> !time.isZero()).ifPresent(queue::defaultTimeout);
      queues.add(queue.build());
    }
    return queues;
  }

  /** Slurm shares among accounts, where it keeps any. */
  private SchedulingPolicy policy() {
    List<ShareRow> accounts = accounts();
    if (accounts.isEmpty()) {
      return SchedulingPolicy.fifo();
    }
    SchedulingPolicy.Builder shares = SchedulingPolicy.fairShare();
    accounts.forEach(row -> shares.share(row.account(), row.rawShares().orElse(1)));
    return shares.build();
  }

  /** The accounts that have users, as this user sees them; none where none are kept. */
  List<ShareRow> accounts() {
    if (!site.config().accounting()) {
      return List.of();
    }
    List<ShareRow> rows = site.shares();
    Set<String> used =
        rows.stream()
            .filter(row -> row.user().isPresent())
            .map(ShareRow::account)
            .collect(Collectors.toSet());
    return rows.stream()
        .filter(row -> row.user().isEmpty() && used.contains(row.account()))
        .toList();
  }

  List<ShareStatus> shares(String queue) {
    return List.of();
  }

  List<ComputeEnvironment> environments() {
    return site.partitions().stream().map(this::environment).toList();
  }

  private ComputeEnvironment environment(PartitionRow partition) {
    ComputeEnvironment.Builder b = ComputeEnvironment.builder(partition.name());
    site.nodes().stream()
        .filter(row -> row.partition().equals(partition.name()))
        .forEach(row -> b.node(row.name(), capacity(row)));
    return b.build();
  }

  static Capacity capacity(NodeRow row) {
    return new Capacity(row.cpus(), row.memory(), row.gpus(), row.features());
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
