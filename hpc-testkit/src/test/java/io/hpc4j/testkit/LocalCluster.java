package io.hpc4j.testkit;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import java.nio.file.Path;

/** The contract's standard cluster on the local backend. */
final class LocalCluster {
  private LocalCluster() {}

  static LocalBackend.Builder builder(Path directory) {
    ComputeEnvironment nodes =
        ComputeEnvironment.builder("cluster")
            .nodes("node-", 4, Capacity.cpus(2).memoryGiB(4).gpus(1).features("ib"))
            .consumable("licence", 2)
            .build();
    return LocalBackend.builder()
        .workingDirectory(directory)
        .queue(JobQueue.builder("normal").runsOn(nodes).build())
        .queue(JobQueue.builder("other").runsOn(nodes).build())
        .queue(
            JobQueue.builder("fair")
                .runsOn(nodes)
                .policy(SchedulingPolicy.fairShare().build())
                .build());
  }
}
