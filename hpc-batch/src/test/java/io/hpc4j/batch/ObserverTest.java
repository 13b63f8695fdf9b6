package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.BatchClient;

class ObserverTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int MANY = 100;

  /** Nothing can be asked of it. */
  private static final BatchClient NOBODY =
      new BatchClient() {
        @Override
        public String serviceName() {
          return "batch";
        }

        @Override
        public void close() {}
      };

  private final Observer observer =
      new Observer(
          new Calls(NOBODY, VirtualTime.startingAt(NOW.toString()), 1, 1), Duration.ofMinutes(5));

  /** Ids that count how often one of them is looked at. */
  private static final class Counting extends AbstractList<JobId> {
    final AtomicInteger looks = new AtomicInteger();
    private final List<JobId> ids;

    Counting(List<JobId> ids) {
      this.ids = ids;
    }

    @Override
    public JobId get(int index) {
      looks.incrementAndGet();
      return ids.get(index);
    }

    @Override
    public int size() {
      return ids.size();
    }
  }

  @Test
  void what_is_asked_for_is_gone_through_once_however_many_jobs_there_are() {
    List<JobId> ids =
        IntStream.range(0, MANY).mapToObj(i -> JobId.create("batch", "scope")).toList();
    List<BatchJob> jobs =
        ids.stream()
            .map(id -> new BatchJob(id, null, null, IndexSet.empty(), "job", "queue", NOW))
            .toList();
    Counting asked = new Counting(ids);

    observer.observe(jobs, asked, NOW);

    assertThat(asked.looks.get()).isEqualTo(MANY);
  }
}
