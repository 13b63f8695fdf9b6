package io.hpc4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.testkit.HpcExtension;
import io.hpc4j.time.Phase;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pipeline of {@link ArrayPipeline} on four nodes, in virtual time. */
class PipelineTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @RegisterExtension
  final HpcExtension extension =
      HpcExtension.builder()
          .queue(
              JobQueue.builder("normal")
                  .runsOn(ComputeEnvironment.fixed("node", 4, Capacity.cpus(1)))
                  .build())
          .simulate(this::simulate)
          .virtualTime()
          .build();

  private int partThatFails = -1;

  private Simulated simulate(JobDefinition step, int index, int attempt) {
    return switch (step.name()) {
      case "split" -> Simulated.success(Duration.ofMinutes(1));
      case "count" -> Simulated.exit(index == partThatFails ? 1 : 0, Duration.ofMinutes(10));
      case "merge" -> Simulated.success(Duration.ofMinutes(2));
      default -> throw new IllegalArgumentException(step.name());
    };
  }

  @Test
  void steps_follow_each_other_in_waves_of_four(JobClient hpc) {
    KmerPipeline pipeline = KmerPipeline.submit(hpc, 8);

    pipeline.merge().await().orThrow();

    assertThat(minutesOfStart(pipeline.split())).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
    assertThat(minutesOfStart(pipeline.count())).containsExactly(2, 2, 2, 2, 12, 12, 12, 12);
    assertThat(endOf(pipeline)).isEqualTo(24);
  }

  @Test
  void part_is_counted_while_others_are_still_split(JobClient hpc, VirtualTime time) {
    KmerPipeline pipeline = KmerPipeline.submit(hpc, 6);

    time.advance(Duration.ofMinutes(1));

    assertThat(pipeline.split().indices(JobState.RUNNING)).hasToString("4-5");
    assertThat(pipeline.count().indices(JobState.RUNNING)).hasToString("0-1");
    pipeline.merge().await().orThrow();
  }

  @Test
  void part_on_a_failing_node_is_counted_again(
      JobClient hpc, LocalBackend cluster, VirtualTime time) {
    KmerPipeline pipeline = KmerPipeline.submit(hpc, 8);
    atMinute(time, 5, () -> cluster.failNode("node-2"));

    pipeline.merge().await().orThrow();

    List<Attempt> attempts = pipeline.count().element(1).attempts();
    assertThat(attempts).extracting(Attempt::number).containsExactly(1, 2);
    assertThat(attempts)
        .extracting(attempt -> attempt.reason().orElseThrow())
        .containsExactly(Reason.NODE_FAILURE, Reason.SUCCESS);
    assertThat(attempts.get(0).nodes()).containsExactly("node-2");
    assertThat(attempts.get(1).nodes()).doesNotContain("node-2");
    assertThat(attempts.get(0).endedAt()).contains(minute(5));
    assertThat(attempts.get(1).startedAt()).contains(minute(12));
  }

  @Test
  void pipeline_takes_longer_on_three_nodes(JobClient hpc, LocalBackend cluster, VirtualTime time) {
    KmerPipeline pipeline = KmerPipeline.submit(hpc, 8);
    atMinute(time, 5, () -> cluster.failNode("node-2"));

    pipeline.merge().await().orThrow();

    assertThat(minutesOfStart(pipeline.count())).containsExactly(2, 12, 2, 2, 12, 12, 22, 22);
    assertThat(endOf(pipeline)).isEqualTo(34);
  }

  @Test
  void node_that_comes_back_takes_up_its_part_again(
      JobClient hpc, LocalBackend cluster, VirtualTime time) {
    KmerPipeline pipeline = KmerPipeline.submit(hpc, 8);
    atMinute(time, 5, () -> cluster.failNode("node-2"));
    atMinute(time, 7, () -> cluster.restoreNode("node-2"));

    pipeline.merge().await().orThrow();

    assertThat(minutesOfStart(pipeline.count())).containsExactly(2, 7, 2, 2, 12, 12, 12, 17);
    assertThat(endOf(pipeline)).isEqualTo(29);
  }

  @Test
  void part_that_fails_by_itself_is_not_repeated_and_stops_the_merge(JobClient hpc) {
    partThatFails = 3;
    KmerPipeline pipeline = KmerPipeline.submit(hpc, 8);

    pipeline.merge().await();

    assertThat(pipeline.count().indices(JobState.FAILED)).hasToString("3");
    assertThat(pipeline.count().element(3).attempts()).hasSize(1);
    assertThat(pipeline.merge().status().reason()).contains(Reason.DEPENDENCY_FAILED);
  }

  private static void atMinute(VirtualTime time, int minute, Runnable event) {
    time.schedule(minute(minute), Phase.END, event);
  }

  private static Instant minute(int minute) {
    return START.plus(Duration.ofMinutes(minute));
  }

  /** When the last attempt of each element started. */
  private static List<Integer> minutesOfStart(Job array) {
    return array.elements().stream()
        .map(element -> minuteOf(element.status().startedAt().orElseThrow()))
        .toList();
  }

  private static int endOf(KmerPipeline pipeline) {
    return minuteOf(pipeline.merge().status().endedAt().orElseThrow());
  }

  private static int minuteOf(Instant instant) {
    return (int) Duration.between(START, instant).toMinutes();
  }
}
