package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Very many jobs and elements: few calls, short arguments, little memory. */
class ScaleTest extends SlurmCases {
  private static final long MIB = 1 << 20;

  /** Indices that can hardly be said in a shorter way than one by one. */
  private static IndexSet irregular(int size, int below) {
    Random random = new Random(1);
    BitSet bits = new BitSet();
    while (bits.cardinality() < size) {
      bits.set(random.nextInt(below));
    }
    return IndexSet.of(bits);
  }

  private List<JobId> submit(int count) {
    return Stream.generate(() -> submit(r -> r)).limit(count).toList();
  }

  @Nested
  class Of_long_lists {
    @Test
    void a_list_of_ids_is_cut_and_every_id_is_in_it_once_and_in_order() {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 50_000; i++) {
        ids.add("1" + i);
      }

      List<List<String>> cut = Arguments.split(ids);

      assertThat(cut.stream().flatMap(List::stream)).containsExactlyElementsOf(ids);
      assertThat(cut)
          .hasSize(4)
          .allMatch(some -> String.join(",", some).length() < Arguments.LONGEST);
      assertThat(Arguments.split(List.of())).isEmpty();
    }

    @Test
    void sacct_is_asked_in_as_few_calls_as_it_takes() {
      slurm.nextId = 100_000_000;
      List<JobId> ids = submit(11_000);
      slurm.all().forEach(task -> slurm.succeed(task.id()));
      slurm.purgeAll();
      seconds(1);

      assertThat(backend.describe(ids).values())
          .hasSize(11_000)
          .allMatch(status -> status.state() == JobState.SUCCEEDED);

      assertThat(slurm.calls("squeue")).isEqualTo(1);
      assertThat(slurm.calls("sacct")).isEqualTo(2);
    }

    @Test
    void an_array_with_holes_is_sent_and_cancelled_in_pieces() {
      slurm.maxArraySize = 1_000_000;
      IndexSet indices = irregular(30_000, 900_000);
      JobId id = submit(r -> r.array(indices).maxFailures(0));

      BitSet sent = new BitSet();
      slurm.sent.forEach(one -> indices(one).forEach(sent::set));
      assertThat(IndexSet.of(sent)).isEqualTo(indices);
      assertThat(slurm.sent)
          .hasSize(4)
          .allMatch(one -> one.value("--array").length() < Arguments.LONGEST);

      slurm.fail("100_" + indices.first(), 1);
      assertThat(state(id)).isEqualTo(JobState.RUNNING);

      assertThat(state(id)).isEqualTo(JobState.FAILED);
      assertThat(status(id).count(JobState.CANCELLED)).isEqualTo(29_999);
    }
  }

  @Nested
  class Of_one_array {
    @Test
    void a_hundred_thousand_elements_take_as_few_calls_as_slurm_allows_and_little_memory() {
      long before = used();
      JobId id = submit(r -> r.array(100_000));
      assertThat(slurm.sent).hasSize(100); // 1001 each, as Slurm is set up by itself
      for (int i = 0; i < 100_000; i += 2) {
        slurm.start((100 + i / 1001) + "_" + i % 1001);
      }
      seconds(1);
      JobStatus status = status(id);
      assertThat(status.count(JobState.RUNNING)).isEqualTo(50_000);
      assertThat(slurm.calls("squeue")).isEqualTo(1);
      slurm.clear();

      assertThat(used() - before).isLessThan(100 * MIB);

      assertThat(backend.toString()).isNotEmpty(); // it is reachable until here
    }

    private static long used() {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 4; i++) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
      }
      return least;
    }
  }

  @Nested
  class Of_many_jobs {
    @Test
    void ten_thousand_open_ones_are_one_question_and_so_are_their_ends() {
      List<JobId> ids = submit(10_000);
      slurm.startAll();
      seconds(1);
      assertThat(backend.describe(ids)).hasSize(10_000);
      slurm.all().forEach(task -> slurm.succeed(task.id()));
      seconds(1);

      assertThat(backend.describe(ids).values())
          .allMatch(status -> status.state() == JobState.SUCCEEDED);
      assertThat(slurm.calls("squeue")).isEqualTo(2);
      assertThat(slurm.calls("sacct")).isZero();
      assertThat(backend.indices(submit(r -> r.array(1)), Set.of(JobState.SUCCEEDED)).isEmpty())
          .isTrue();
    }
  }
}
