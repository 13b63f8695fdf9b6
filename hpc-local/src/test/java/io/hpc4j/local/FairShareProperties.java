package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.Work;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** In the long run shares that always have jobs waiting get what they are entitled to. */
class FairShareProperties {
  private static final int PASSES = 1000;

  @Property(tries = 8)
  void backlogged_shares_come_to_within_2_percent_of_their_entitlement(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int shares) {
    Random random = new Random(seed);
    SchedulingPolicy.Builder policy = SchedulingPolicy.fairShare().decay(Duration.ofDays(7));
    List<Double> weights = new ArrayList<>();
    for (int i = 0; i < shares; i++) {
      weights.add(0.5 + 7.5 * random.nextDouble());
      policy.share("s" + i, weights.get(i));
    }
    double sum = weights.stream().mapToDouble(w -> w).sum();
    // so many cpus that after all passes each share has had some 1,000 jobs or more
    double least = weights.stream().mapToDouble(w -> w).min().orElseThrow() / sum;
    int cpus = Math.max(shares, (int) Math.ceil(1.1 / least));
    JobQueue queue =
        JobQueue.builder("q")
            .runsOn(Bench.environment("c", 1, cpus))
            .policy(policy.build())
            .build();
    VirtualTime time = VirtualTime.startingAt(Bench.START);
    try (LocalBackend backend = LocalBackend.builder().time(time).queue(queue).build()) {
      List<JobId> arrays = new ArrayList<>();
      for (int i = 0; i < shares; i++) {
        arrays.add(submit(backend, "s" + i, cpus * (PASSES + 1)));
      }

      time.advance(Duration.ofSeconds(10L * PASSES));

      for (int i = 0; i < shares; i++) {
        int done =
            backend
                .describe(List.of(arrays.get(i)))
                .values()
                .iterator()
                .next()
                .count(JobState.SUCCEEDED);
        assertThat(done).isGreaterThanOrEqualTo(1000);
        double part = done / (double) (cpus * PASSES);
        assertThat(part / (weights.get(i) / sum)).as("part of s%s", i).isBetween(0.98, 1.02);
      }
    }
  }

  private static JobId submit(LocalBackend backend, String share, int size) {
    JobDefinition job =
        JobDefinition.builder("j")
            .work(Work.simulated(Duration.ofSeconds(10)))
            .timeout(Duration.ofSeconds(10))
            .build();
    JobRequest request = JobRequest.builder(job).share(share).array(size).build();
    JobId id = JobId.create(backend.name(), backend.scope());
    backend.submit(new Submission(id, request, part -> {}));
    return id;
  }
}
