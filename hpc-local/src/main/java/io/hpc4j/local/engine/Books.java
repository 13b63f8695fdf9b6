package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Cluster;
import io.hpc4j.local.schedule.EnvironmentState;
import io.hpc4j.local.schedule.QueueState;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.NotFoundException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All jobs, queues and nodes. Owned by the loop. */
final class Books {
  final Cluster cluster = new Cluster();
  private final Map<String, QueueState<JobRecord>> queues = new LinkedHashMap<>();
  private final Map<JobId, JobRecord> jobs = new LinkedHashMap<>();
  private final boolean anyQueue;

  Books(Collection<JobQueue> queues, boolean anyQueue) {
    this.anyQueue = anyQueue;
    queues.forEach(queue -> apply(queue, Long.MIN_VALUE));
  }

  /**
   * Creates or changes a queue and its environments.
   *
   * @throws IllegalArgumentException if it would take away or change a node that jobs hold, or
   *     change whether the queue has shares
   */
  void apply(JobQueue queue, long now) {
    QueueState<JobRecord> before = queues.get(queue.name());
    if (before != null
        && before.definition().policy().isFairShare() != queue.policy().isFairShare()) {
      throw new IllegalArgumentException(
          "queue "
              + queue.name()
              + " cannot change between fair share and first in, first out: its jobs "
              + (queue.policy().isFairShare() ? "have no shares" : "have shares"));
    }
    List<EnvironmentState> environments =
        queue.environments().stream().map(cluster::apply).toList();
    if (before == null) {
      queues.put(queue.name(), new QueueState<>(queue, environments));
    } else {
      before.redefine(queue, environments, now);
    }
  }

  Collection<QueueState<JobRecord>> queues() {
    return queues.values();
  }

  QueueState<JobRecord> defaultQueue() {
    return queues.values().iterator().next();
  }

  /** The queue of this name; made like the default queue if any name will do. */
  Optional<QueueState<JobRecord>> queue(Optional<String> name) {
    if (name.isEmpty()) {
      return Optional.of(defaultQueue());
    }
    QueueState<JobRecord> queue = queues.get(name.get());
    return queue == null && anyQueue ? Optional.of(defaultQueue()) : Optional.ofNullable(queue);
  }

  /** The queue of this name, made now if any name will do. */
  QueueState<JobRecord> queueToUse(Optional<String> name) {
    if (anyQueue && name.isPresent() && !queues.containsKey(name.get())) {
      JobQueue.Builder like = JobQueue.builder(name.get());
      defaultQueue().definition().environments().forEach(like::runsOn);
      JobQueue model = defaultQueue().definition();
      model.defaultTimeout().ifPresent(like::defaultTimeout);
      apply(like.policy(model.policy()).build(), Long.MIN_VALUE);
    }
    return queue(name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "there is no queue " + name.orElse("") + "; there are " + queues.keySet()));
  }

  Collection<String> queueNames() {
    return queues.keySet();
  }

  /** The number of the main one of these nodes, or {@link Elements#NO_NODE} if it is not there. */
  int nodeNumber(List<String> names) {
    return names.isEmpty()
        ? Elements.NO_NODE
        : cluster.node(names.get(0)).map(node -> node.number()).orElse(Elements.NO_NODE);
  }

  /** Forgets all jobs. */
  void clear() {
    jobs.clear();
  }

  void add(JobRecord job) {
    jobs.put(job.id, job);
  }

  void remove(JobRecord job) {
    jobs.remove(job.id);
  }

  Collection<JobRecord> jobs() {
    return jobs.values();
  }

  Optional<JobRecord> find(JobId id) {
    return Optional.ofNullable(jobs.get(id.job()));
  }

  /** The job or array that an id belongs to. */
  JobRecord job(JobId id) {
    return find(id).orElseThrow(() -> new NotFoundException("job " + id + " is not known"));
  }

  /** The rank of the element that an id names, empty for a job or array as a whole. */
  static Optional<Integer> rank(JobRecord job, JobId id) {
    if (id.index().isEmpty()) {
      return Optional.empty();
    }
    int index = id.index().getAsInt();
    if (!job.isArray() || !job.indices.contains(index)) {
      throw new NotFoundException(
          "job " + job.number + " (" + job.id + ") has no element " + index);
    }
    return Optional.of(job.indices.rankOf(index).getAsInt());
  }
}
