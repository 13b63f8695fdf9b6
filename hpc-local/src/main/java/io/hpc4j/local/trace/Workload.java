package io.hpc4j.local.trace;

import java.util.ArrayList;
import java.util.List;

/**
 * Jobs, and the machine they are for: one pool of processors that are all alike.
 *
 * <p>They queue by the time of their submission, and then by their place in the list. Immutable.
 *
 * @param processors the processors of the machine
 * @param jobs the jobs
 */
public record Workload(int processors, List<TraceJob> jobs) {
  /**
   * Checks that each job fits.
   *
   * @throws IllegalArgumentException if there are no processors, or fewer than a job takes
   */
  public Workload {
    if (processors <= 0) {
      throw new IllegalArgumentException("a machine has processors, not " + processors);
    }
    jobs = List.copyOf(jobs);
    for (int i = 0; i < jobs.size(); i++) {
      if (jobs.get(i).processors() > processors) {
        throw new IllegalArgumentException(
            "the job at index %d takes %d processors, and there are %d"
                .formatted(i, jobs.get(i).processors(), processors));
      }
    }
  }

  /**
   * Returns these jobs so many times over, one copy after the other: each copy is submitted one
   * second and the time of the last submission after the one before it.
   *
   * @throws IllegalArgumentException if the count is less than 1
   * @throws ArithmeticException if times or jobs become too many to count
   */
  public Workload copies(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("there is no workload in " + count + " copies");
    }
    long period = 1 + jobs.stream().mapToLong(TraceJob::submitSeconds).max().orElse(0);
    List<TraceJob> all = new ArrayList<>(Math.multiplyExact(jobs.size(), count));
    for (int copy = 0; copy < count; copy++) {
      long shift = Math.multiplyExact(copy, period);
      for (TraceJob job : jobs) {
        all.add(
            new TraceJob(
                Math.addExact(job.submitSeconds(), shift),
                job.processors(),
                job.runSeconds(),
                job.estimateSeconds()));
      }
    }
    return new Workload(processors, all);
  }
}
