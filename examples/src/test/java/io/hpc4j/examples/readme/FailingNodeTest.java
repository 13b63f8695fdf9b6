package io.hpc4j.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;
import io.hpc4j.testkit.*;
import io.hpc4j.time.*;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FailingNodeTest {
  @RegisterExtension
  static final HpcExtension HPC =
      HpcExtension.builder()
          .queue(
              JobQueue.builder("normal")
                  .runsOn(ComputeEnvironment.fixed("node", 2, Capacity.cpus(8)))
                  .build())
          .simulate((definition, index, attempt) -> Simulated.success(Duration.ofHours(10)))
          .build();

  @Test
  void forecast_starts_again_elsewhere(JobClient hpc, LocalBackend cluster, VirtualTime time) {
    JobDefinition forecast =
        JobDefinition.builder("forecast")
            .command("./forecast.sh")
            .resources(Resources.cpus(8))
            .retry(RetryPolicy.attempts(2).retryOn(Reason.NODE_FAILURE))
            .build();
    Job job = hpc.submit(forecast);
    time.schedule(Duration.ofHours(3), Phase.END, () -> cluster.failNode("node-1"));

    job.await().orThrow();

    assertEquals("node-1", job.attempts().get(0).nodes().get(0));
    assertEquals("node-2", job.attempts().get(1).nodes().get(0));
    assertEquals("2026-01-01T13:00:00Z", time.instant().toString());
  }
}
