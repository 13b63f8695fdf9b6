package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.local.NaiveJob.Element;
import io.hpc4j.local.NaiveJob.State;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Resources;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must hold of every schedule, whatever the scheduler: from the log of starts and ends. */
final class ScheduleRules {
  private final NaiveScheduler naive;
  private final Map<String, Run> log = new LinkedHashMap<>();
  private final Set<Element> seenRunning = new HashSet<>();

  /** One attempt as the backend told it. */
  private record Run(Resources need, List<String> nodes, long start, long end) {
    boolean isThere(long instant) {
      return start <= instant && instant < end;
    }
  }

  ScheduleRules(NaiveScheduler naive) {
    this.naive = naive;
  }

  void see(JobId id, NaiveJob job, JobStatus status) {
    JobState state = status.state();
    if (!state.isWaiting() && status.startedAt().isPresent()) {
      long end = state.isEnded() ? Lockstep.seconds(status.endedAt()) : Long.MAX_VALUE;
      long start = Lockstep.seconds(status.startedAt());
      assertThat(new HashSet<>(status.nodes()))
          .as("nodes of %s", status)
          .hasSameSizeAs(status.nodes())
          .hasSize(job.need().nodes());
      // an end stands: who is cancelled while it waits to be repeated has ended long before
      log.merge(
          id + " " + start,
          new Run(job.need(), status.nodes(), start, end),
          (known, told) -> known.end() == Long.MAX_VALUE ? told : known);
    }
    if (state.isWaiting()) {
      // what a node failure ended and is to be repeated
      log.replaceAll(
          (key, run) ->
              key.startsWith(id + " ") && run.end() == Long.MAX_VALUE
                  ? new Run(run.need(), run.nodes(), run.start(), naive.now())
                  : run);
    }
  }

  /** At no instant do the sums over what runs exceed a node or a pool. */
  void checkCapacity(List<JobQueue> queues) {
    Set<ComputeEnvironment> environments = new HashSet<>();
    queues.forEach(queue -> environments.addAll(queue.environments()));
    for (Run started : log.values()) {
      List<Run> there = log.values().stream().filter(run -> run.isThere(started.start())).toList();
      for (ComputeEnvironment environment : environments) {
        environment.nodes().keySet().forEach(node -> checkNode(environment, node, there));
        List<Run> here =
            there.stream()
                .filter(run -> environment.nodes().containsKey(run.nodes().get(0)))
                .toList();
        environment
            .consumables()
            .forEach(
                (pool, amount) ->
                    assertThat(
                            here.stream()
                                .mapToLong(run -> run.need().consumables().getOrDefault(pool, 0L))
                                .sum())
                        .as("%s of %s at %s s", pool, environment, started.start())
                        .isLessThanOrEqualTo(amount));
      }
    }
  }

  private static void checkNode(ComputeEnvironment environment, String node, List<Run> all) {
    List<Run> there = all.stream().filter(run -> run.nodes().contains(node)).toList();
    var capacity = Optional.ofNullable(environment.nodes().get(node)).orElseThrow();
    int cpus = there.stream().mapToInt(run -> run.need().cpusPerNode()).sum();
    int gpus = there.stream().mapToInt(run -> run.need().gpusPerNode()).sum();
    long memory = there.stream().mapToLong(run -> run.need().memoryPerNode().bytes()).sum();
    assertThat(cpus).as("cpus of %s", node).isLessThanOrEqualTo(capacity.cpus());
    assertThat(gpus).as("GPUs of %s", node).isLessThanOrEqualTo(capacity.gpus());
    assertThat(memory).as("memory of %s", node).isLessThanOrEqualTo(capacity.memory().bytes());
    if (there.stream().anyMatch(run -> run.need().isExclusive())) {
      assertThat(there).as("what has %s for itself", node).hasSize(1);
    }
    assertThat(there)
        .as("features of %s", node)
        .allMatch(run -> capacity.features().containsAll(run.need().features()));
  }

  /** What must hold when the passes of an instant are over. */
  void checkInstant() {
    for (JobQueue queue : naive.queues.values()) {
      if (!queue.policy().isFairShare()) {
        List<NaiveJob> inOrder = inOrder(queue);
        if (!queue.policy().backfills()) {
          checkNobodyWasOvertaken(inOrder);
        }
        if (queue.enabled() && isAlone(queue)) {
          checkFirstDoesNotFit(queue, inOrder);
        }
      }
    }
    seenRunning.clear();
    naive.jobs.stream()
        .flatMap(job -> job.elements.stream())
        .filter(element -> element.state != State.WAITING)
        .forEach(seenRunning::add);
  }

  private List<NaiveJob> inOrder(JobQueue queue) {
    return naive.jobs.stream()
        .filter(job -> job.queue.equals(queue.name()))
        .sorted(NaiveJob.ORDER)
        .toList();
  }

  private void checkNobodyWasOvertaken(List<NaiveJob> inOrder) {
    boolean somebodyWaits = false;
    for (NaiveJob job : inOrder) {
      boolean started =
          job.elements.stream()
              .anyMatch(
                  element ->
                      element.state == State.RUNNING
                          && element.last().start == naive.now()
                          && !seenRunning.contains(element));
      assertThat(started && somebodyWaits)
          .as("job %s overtakes another at %s s", job.number, naive.now())
          .isFalse();
      somebodyWaits |= job.isReady() && !naive.isPassedOver(job);
    }
  }

  private boolean isAlone(JobQueue queue) {
    return naive.queues.values().stream()
        .filter(other -> !other.name().equals(queue.name()))
        .allMatch(other -> other.environments().stream().noneMatch(queue.environments()::contains));
  }

  /** Work conservation: capacity is idle only because it does not suffice for who goes next. */
  private void checkFirstDoesNotFit(JobQueue queue, List<NaiveJob> inOrder) {
    inOrder.stream()
        .filter(job -> job.isReady() && !naive.isPassedOver(job))
        .findFirst()
        .ifPresent(
            first ->
                assertThat(queue.environments())
                    .as("where job %s, the first, could start", first.number)
                    .noneMatch(environment -> naive.fits(first, environment)));
  }
}
