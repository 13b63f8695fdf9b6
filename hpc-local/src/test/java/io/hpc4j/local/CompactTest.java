package io.hpc4j.local;

import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class CompactTest {
  private final VirtualTime time = VirtualTime.startingAt(Bench.START);
  private final LocalBackend backend =
      LocalBackend.builder()
          .time(time)
          .queue(Bench.queue("q", Bench.environment("c", 100, 100)))
          .build();

  private JobId submit(int size, UnaryOperator<JobRequest.Builder> options) {
    JobId id = JobId.create(backend.name(), backend.scope());
    JobRequest request = options.apply(JobRequest.builder(work(10).build()).array(size)).build();
    backend.submit(new Submission(id, request, part -> {}));
    return id;
  }

  private JobStatus status(JobId id) {
    return Objects.requireNonNull(backend.describe(List.of(id)).get(id));
  }

  private static long heapInUse() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least =
          Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }

  @Test
  void a_million_waiting_elements_cost_no_more_than_a_thousand() {
    long before = heapInUse();
    submit(1_000, r -> r.hold());
    long thousand = heapInUse();
    JobId million = submit(1_000_000, r -> r.hold());
    long both = heapInUse();

    assertThat(both - thousand).isLessThan(thousand - before + 1_000_000);
    assertThat(status(million).count(JobState.PENDING)).isEqualTo(1_000_000);
    backend.close();
  }

  @Test
  void elements_that_ended_well_cost_at_most_32_bytes_and_can_still_be_asked_for() {
    long before = heapInUse();
    JobId id = submit(1_000_000, r -> r);

    time.advance(Duration.ofHours(1));

    long after = heapInUse();
    JobStatus array = status(id);
    assertThat(array.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat((after - before) / 1e6).as("bytes per element").isLessThan(32);
    JobStatus element = status(id.element(777_777));
    assertThat(element.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(element.nodes()).hasSize(1);
    assertThat(element.startedAt()).isPresent();
    assertThat(Duration.between(element.startedAt().orElseThrow(), element.endedAt().orElseThrow()))
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(backend.indices(id, EnumSet.of(JobState.SUCCEEDED)).toString())
        .isEqualTo("0-999999");
    backend.close();
  }

  @Test
  void a_cancelled_million_costs_little() {
    long before = heapInUse();
    JobId id = submit(1_000_000, r -> r.hold());
    backend.cancel(id, "enough");

    assertThat(heapInUse() - before).isLessThan(1_000_000);
    assertThat(status(id).count(JobState.CANCELLED)).isEqualTo(1_000_000);
    backend.close();
  }
}
