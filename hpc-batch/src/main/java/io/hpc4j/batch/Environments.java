package io.hpc4j.batch;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import java.util.List;
import java.util.Locale;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;

/** What AWS Batch's compute environments are in our words. Pure. */
final class Environments {
  /** What is not known is not a limit. */
  private static final int UNLIMITED = 1_000_000;

  private Environments() {}

  /** The most that the environments of a queue can have, each by itself. */
  static Capacity most(Site.Queue queue) {
    int cpus = queue.environments().stream().mapToInt(Environments::cpus).max().orElse(UNLIMITED);
    return Capacity.cpus(cpus);
  }

  private static int cpus(ComputeEnvironmentDetail environment) {
    return environment.computeResources() == null
            || environment.computeResources().maxvCpus() == null
        ? UNLIMITED
        : environment.computeResources().maxvCpus();
  }

  /** Whether one may have GPUs, by the letters that AWS gives to such instances. */
  static boolean mayHaveGpus(Site.Queue queue) {
    return queue.environments().stream().anyMatch(Environments::mayHaveGpus);
  }

  private static boolean mayHaveGpus(ComputeEnvironmentDetail environment) {
    if (environment.computeResources() == null) {
      return true;
    }
    return environment.computeResources().instanceTypes().stream()
        .map(type -> type.toLowerCase(Locale.ROOT))
        .anyMatch(type -> type.startsWith("p") || type.startsWith("g"));
  }

  static boolean isSpot(ComputeEnvironmentDetail environment) {
    return environment.computeResources() != null
        && "SPOT".equals(environment.computeResources().typeAsString());
  }

  /**
   * An environment. AWS adds and removes instances, so one stands for all that there may be; of its
   * memory nothing is known.
   */
  static ComputeEnvironment of(ComputeEnvironmentDetail detail) {
    String name = detail.computeEnvironmentName();
    return ComputeEnvironment.fixed(name, 1, Capacity.cpus(Math.max(1, cpus(detail))));
  }

  static List<ComputeEnvironment> of(List<ComputeEnvironmentDetail> details) {
    return details.stream().map(Environments::of).toList();
  }
}
