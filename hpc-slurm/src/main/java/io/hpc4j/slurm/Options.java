package io.hpc4j.slurm;

import io.hpc4j.model.JobRequest;
import java.util.List;

/** The arguments of sbatch that a request's own options ask for. Pure. */
final class Options {
  private Options() {}

  static List<String> arguments(JobRequest request) {
    return List.of();
  }
}
