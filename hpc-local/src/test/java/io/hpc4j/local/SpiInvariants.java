package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Node;
import io.hpc4j.model.Resources;
import io.hpc4j.model.WaitReason;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold after every step of every schedule, as far as the backend itself tells. */
final class SpiInvariants {
  private SpiInvariants() {}

  static void check(Bench bench) {
    bench.sink.check();
    Map<String, Integer> cpus = new HashMap<>();
    Map<String, Integer> gpus = new HashMap<>();
    for (Bench.Submitted job : bench.jobs) {
      JobStatus status = bench.status(job.id());
      if (job.request().isArray()) {
        checkArray(bench, job, status);
      }
      for (JobStatus active : active(bench, job, status)) {
        checkGang(job, active);
        Resources need = job.request().effective().resources();
        active.nodes().forEach(node -> cpus.merge(node, cpusOn(bench, node, need), Integer::sum));
        active.nodes().forEach(node -> gpus.merge(node, need.gpusPerNode(), Integer::sum));
      }
    }
    for (Node node : bench.backend.nodes()) {
      assertThat(node.cpusInUse())
          .as("cpus in use on %s", node)
          .isEqualTo(cpus.getOrDefault(node.name(), 0))
          .isLessThanOrEqualTo(node.capacity().cpus());
      assertThat(node.gpusInUse())
          .isEqualTo(gpus.getOrDefault(node.name(), 0))
          .isLessThanOrEqualTo(node.capacity().gpus());
      assertThat(node.memoryInUse()).isLessThanOrEqualTo(node.capacity().memory());
      assertThat(node.memoryInUse().bytes()).isGreaterThanOrEqualTo(0);
      if (node.state() == Node.State.DOWN) {
        assertThat(node.cpusInUse()).as("in use on a node that is down").isZero();
      }
    }
  }

  private static void checkGang(Bench.Submitted job, JobStatus active) {
    assertThat(new HashSet<>(active.nodes()))
        .as("nodes of %s", active)
        .hasSameSizeAs(active.nodes())
        .hasSize(job.request().effective().resources().nodes());
  }

  private static List<JobStatus> active(Bench bench, Bench.Submitted job, JobStatus status) {
    if (!job.request().isArray()) {
      return status.state().isActive() ? List.of(status) : List.of();
    }
    IndexSet active =
        bench.backend.indices(job.id(), EnumSet.of(JobState.STARTING, JobState.RUNNING));
    List<JobId> ids = active.stream().mapToObj(job.id()::element).toList();
    return List.copyOf(bench.backend.describe(ids).values());
  }

  private static void checkArray(Bench bench, Bench.Submitted job, JobStatus status) {
    int size = job.request().size();
    assertThat(status.counts().values().stream().mapToInt(Integer::intValue).sum())
        .as("counts of %s", status)
        .isEqualTo(size);
    if (size <= 100) {
      for (JobState state : JobState.values()) {
        assertThat(bench.backend.indices(job.id(), EnumSet.of(state)).size())
            .as("%s of %s", state, status)
            .isEqualTo(status.count(state));
      }
    }
    int active = status.count(JobState.RUNNING) + status.count(JobState.STARTING);
    OptionalInt throttle = job.request().throttle();
    assertThat(active).isLessThanOrEqualTo(throttle.orElse(Integer.MAX_VALUE));
    int ended = 0;
    for (JobState state : JobState.values()) {
      ended += state.isEnded() ? status.count(state) : 0;
    }
    assertThat(status.state().isEnded()).as("%s has ended", status).isEqualTo(ended == size);
    if (status.state() == JobState.SUCCEEDED) {
      assertThat(status.count(JobState.SUCCEEDED)).isEqualTo(size);
    }
    assertThat(status.exit()).isEmpty();
  }

  /** An exclusive job has all cpus of its nodes. */
  private static int cpusOn(Bench bench, String name, Resources need) {
    return need.isExclusive()
        ? bench.backend.nodes().stream()
            .filter(node -> node.name().equals(name))
            .mapToInt(node -> node.capacity().cpus())
            .sum()
        : need.cpusPerNode();
  }

  private static String waiting(Bench bench) {
    return bench.jobs.stream()
        .filter(job -> !bench.status(job.id()).state().isEnded())
        .map(job -> "\n  " + bench.status(job.id()) + " " + bench.backend.explain(job.id()))
        .collect(Collectors.joining("", "", "\n  " + bench.backend.nodes()));
  }

  private static final Set<WaitReason.Kind> SHORTAGES =
      EnumSet.of(
          WaitReason.Kind.CPUS,
          WaitReason.Kind.MEMORY,
          WaitReason.Kind.GPUS,
          WaitReason.Kind.NODES,
          WaitReason.Kind.CONSUMABLES,
          WaitReason.Kind.RESERVED);

  /**
   * When an instant is over, whatever waits for its turn waits for somebody, not for a wake-up. An
   * exclusive job may wait for the next pass: what it takes depends on which nodes are empty.
   */
  static void checkNothingIsForgotten(Bench bench) {
    boolean resources = false;
    boolean priority = false;
    for (Bench.Submitted job : bench.jobs) {
      WaitReason.Kind why = bench.backend.explain(job.id()).map(WaitReason::kind).orElse(null);
      resources |= why != null && SHORTAGES.contains(why);
      priority |= why == WaitReason.Kind.PRIORITY;
    }
    boolean exclusive =
        bench.jobs.stream().anyMatch(job -> job.request().effective().resources().isExclusive());
    assertThat(priority && !resources && !exclusive)
        .as(
            "jobs wait for others to go first, and no other waits for resources: %s",
            waiting(bench))
        .isFalse();
  }
}
