package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;
import io.hpc4j.time.*;
import java.time.Duration;

public class TwoGroups {
  public static void main(String[] args) {
    SchedulingPolicy policy =
        SchedulingPolicy.fairShare()
            .share("climate", 1)
            .share("genomics", 3) // three times as much
            .easyBackfill()
            .build();
    VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
    LocalBackend cluster =
        LocalBackend.builder()
            .time(time)
            .simulate((definition, index, attempt) -> Simulated.success(Duration.ofMinutes(10)))
            .queue(
                JobQueue.builder("lab")
                    .runsOn(ComputeEnvironment.fixed("node", 2, Capacity.cpus(8)))
                    .policy(policy)
                    .defaultTimeout(Duration.ofMinutes(15)) // the limit that backfill needs
                    .build())
            .build();

    try (JobClient hpc = JobClient.on(cluster)) {
      JobDefinition task = JobDefinition.command("./task");
      Job climate = hpc.submit(task, r -> r.share("climate").array(1000));
      hpc.submit(task, r -> r.share("genomics").array(1000));
      time.advance(Duration.ofHours(5));

      for (ShareStatus share : hpc.shares("lab")) {
        System.out.printf("%s %d cpus%n", share.name(), share.cpusInUse());
      } // climate 4 cpus, genomics 12 cpus
      System.out.println(climate.element(999).explain().orElseThrow().kind()); // CPUS
      climate.cancel();
    }
  }
}
