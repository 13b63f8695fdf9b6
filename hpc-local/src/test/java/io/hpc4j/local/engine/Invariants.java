package io.hpc4j.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.local.schedule.Allocation;
import io.hpc4j.local.schedule.EnvironmentState;
import io.hpc4j.local.schedule.NodeState;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold of an engine's books after every event, counted anew from the jobs themselves. */
final class Invariants {
  private Invariants() {}

  static void check(Engine engine) {
    Books books = engine.books();
    List<Allocation> allocations =
        books.jobs().stream()
            .flatMap(job -> job.live.values().stream())
            .filter(Live::isActive)
            .map(live -> live.allocation)
            .toList();
    for (EnvironmentState environment : books.cluster.environments()) {
      environment.nodes().forEach(node -> checkNode(node, allocations));
      environment
          .definition()
          .consumables()
          .forEach((name, all) -> checkPool(environment, name, all, allocations));
    }
    books.jobs().forEach(Invariants::checkJob);
  }

  private static void checkNode(NodeState node, List<Allocation> allocations) {
    int cpus = 0;
    Memory memory = Memory.ofBytes(0);
    Set<Integer> gpus = new HashSet<>();
    int gpuCount = 0;
    for (Allocation allocation : allocations) {
      int place = allocation.nodes().indexOf(node);
      if (place >= 0) {
        cpus +=
            allocation.demand().exclusive() ? node.capacity().cpus() : allocation.demand().cpus();
        memory = memory.plus(allocation.demand().memory());
        gpus.addAll(allocation.gpus().get(place));
        gpuCount += allocation.gpus().get(place).size();
      }
    }
    Node view = node.view();
    assertThat(view.cpusInUse()).as("cpus of %s", node).isEqualTo(cpus);
    assertThat(view.memoryInUse()).as("memory of %s", node).isEqualTo(memory);
    assertThat(gpus).as("GPUs of %s are disjoint", node).hasSize(gpuCount);
    assertThat(view.gpusInUse()).isEqualTo(gpuCount);
    assertThat(cpus).isLessThanOrEqualTo(node.capacity().cpus());
    assertThat(memory).isLessThanOrEqualTo(node.capacity().memory());
    assertThat(gpuCount).isLessThanOrEqualTo(node.capacity().gpus());
  }

  private static void checkPool(
      EnvironmentState environment, String name, long all, List<Allocation> allocations) {
    long used =
        allocations.stream()
            .filter(a -> a.environment() == environment)
            .mapToLong(a -> a.demand().consumables().getOrDefault(name, 0L))
            .sum();
    assertThat(environment.inUse(name)).as("pool %s", name).isEqualTo(used);
    assertThat(used).isLessThanOrEqualTo(all);
  }

  private static void checkJob(JobRecord job) {
    long active = job.live.values().stream().filter(Live::isActive).count();
    assertThat(job.active).as("active of %s", job).isEqualTo((int) active);
    int known = job.elements.counts().values().stream().mapToInt(Integer::intValue).sum();
    assertThat(known + job.elements.untouched())
        .as("counts of %s", job)
        .isEqualTo(job.elements.size());
    assertThat(job.elements.count(JobState.RUNNING) + job.elements.count(JobState.STARTING))
        .as("running of %s", job)
        .isEqualTo(job.active);
    assertThat(job.isWaiting())
        .as("%s waits in its queue exactly when it could start", job)
        .isEqualTo(job.canStart());
    assertThat(job.hasEnded())
        .as("%s has ended exactly when nothing is left of it", job)
        .isEqualTo(job.elements.untouched() == 0 && job.live.isEmpty());
    job.request
        .throttle()
        .ifPresent(limit -> assertThat(job.active).as("throttle").isLessThanOrEqualTo(limit));
    for (Live live : job.live.values()) {
      if (live.isActive() && live.allocation != null) {
        assertThat(new HashSet<>(live.allocation.nodes()))
            .as("a gang has all its nodes, all different")
            .hasSize(job.definition.resources().nodes());
      }
    }
  }
}
