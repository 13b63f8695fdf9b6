package io.hpc4j.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;
import io.hpc4j.time.*;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailingNodeTest {
  VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  ComputeEnvironment nodes = ComputeEnvironment.fixed("node", 2, Capacity.cpus(8));
  LocalBackend cluster =
      LocalBackend.builder()
          .time(time)
          .simulate((definition, index, attempt) -> Simulated.success(Duration.ofHours(10)))
          .queue(JobQueue.builder("normal").runsOn(nodes).build())
          .build();

  @Test
  void forecast_starts_again_on_another_node() {
    JobDefinition forecast =
        JobDefinition.builder("forecast")
            .command("./forecast.sh")
            .resources(Resources.cpus(8))
            .retry(RetryPolicy.attempts(2).retryOn(Reason.NODE_FAILURE))
            .build();

    try (JobClient hpc = JobClient.on(cluster)) {
      Job job = hpc.submit(forecast);
      time.schedule(Duration.ofHours(3), Phase.END, () -> cluster.failNode("node-1"));
      job.await().orThrow();

      assertEquals("node-1", job.attempts().get(0).nodes().get(0));
      assertEquals("node-2", job.attempts().get(1).nodes().get(0));
      assertEquals("2026-01-01T13:00:00Z", time.instant().toString());
    }
  }
}
