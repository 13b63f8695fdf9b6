package io.hpc4j.benchmarks;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Resources;
import java.nio.file.Path;

/** The cluster on which all suites run: one node that runs two jobs at a time. */
final class Cluster {
  static final int CPUS = 2;

  private Cluster() {}

  static LocalBackend in(Path folder) {
    return LocalBackend.builder().queue(queue()).workingDirectory(folder).build();
  }

  static LocalBackend withoutCgroups(Path folder) {
    return LocalBackend.builder().queue(queue()).workingDirectory(folder).onlyWatchMemory().build();
  }

  static LocalBackend inMemory() {
    return LocalBackend.builder().queue(queue()).build();
  }

  private static JobQueue queue() {
    return JobQueue.builder("two")
        .runsOn(ComputeEnvironment.fixed("node", 1, Capacity.cpus(CPUS).memoryGiB(8)))
        .build();
  }

  /** A Java task that does nothing. */
  @SuppressWarnings("NullAway") // Void has no other value
  static JobDefinition nothing() {
    return JobDefinition.builder("nothing").java(context -> null).build();
  }

  /** A Java task that takes the whole node until it is cancelled. */
  static JobDefinition blocker() {
    return JobDefinition.builder("blocker")
        .java(
            context -> {
              Thread.sleep(Long.MAX_VALUE);
              return "never";
            })
        .resources(Resources.cpus(CPUS))
        .build();
  }

  /** Fails unless a job has succeeded. */
  static void expectSuccess(JobStatus status) {
    if (status.state() != JobState.SUCCEEDED) {
      throw new IllegalStateException("a job did not succeed: " + status);
    }
  }
}
