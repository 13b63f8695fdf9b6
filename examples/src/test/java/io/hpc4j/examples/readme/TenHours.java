package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;
import io.hpc4j.time.*;
import java.time.Duration;

public class TenHours {
  public static void main(String[] args) {
    VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
    ComputeEnvironment nodes = ComputeEnvironment.fixed("node", 2, Capacity.cpus(5));
    LocalBackend cluster =
        LocalBackend.builder()
            .time(time)
            .simulate((definition, index, attempt) -> Simulated.success(Duration.ofHours(1)))
            .queue(JobQueue.builder("normal").runsOn(nodes).build())
            .build();

    try (JobClient hpc = JobClient.on(cluster)) {
      Job job = hpc.submit(JobDefinition.command("simulate-weather"), r -> r.array(100));
      time.advance(Duration.ofMinutes(90));
      System.out.print(Tables.queue(hpc)); // 10 elements run, 1_[20-99] waits
      job.await(); // drives the clock
      System.out.println(time.instant()); // 2026-01-01T10:00:00Z
    }
  }
}
