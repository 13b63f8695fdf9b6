package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.slurm.script.NativeJob;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class WindowProperties {
  /** No two neighbours fit into one, and a window from its first index on takes all it can. */
  private static int fewest(IndexSet indices, int limit) {
    int windows = 0;
    int end = -1;
    for (int index : indices.stream().toArray()) {
      if (index > end) {
        windows++;
        end = index + limit - 1;
      }
    }
    return windows;
  }

  @Property(tries = 200)
  void windows_are_disjoint_complete_few_and_below_the_limit(
      @ForAll @Size(min = 1, max = 60) Set<@IntRange(max = 3000) Integer> some,
      @ForAll @IntRange(min = 1, max = 1001) int limit) {
    IndexSet indices = IndexSet.of(some.stream().mapToInt(Integer::intValue).sorted().toArray());
    JobRequest request = JobRequest.builder(JobDefinition.command("true")).array(indices).build();
    SlurmJob job =
        new SlurmJob(JobId.create("slurm", "x"), request, indices, "n", "q", "/", Instant.EPOCH);

    List<NativeJob> windows = Sender.windows(job, limit);

    BitSet union = new BitSet();
    for (NativeJob window : windows) {
      window
          .indices()
          .forEach(
              index -> {
                assertThat(union.get(index)).isFalse();
                union.set(index);
                assertThat(index - window.offset()).isBetween(0, limit - 1);
              });
    }
    assertThat(IndexSet.of(union)).isEqualTo(indices);
    assertThat(windows).hasSizeLessThanOrEqualTo(fewest(indices, limit));
  }
}
