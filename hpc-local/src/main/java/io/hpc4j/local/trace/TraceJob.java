package io.hpc4j.local.trace;

/**
 * What a scheduler needs to know of a job, and what it must not know: how long the job really runs.
 *
 * @param submitSeconds when it is submitted, in whole seconds from the start of the workload
 * @param processors how many processors it takes
 * @param runSeconds how long it runs
 * @param estimateSeconds how long it may run, which the scheduler is told
 */
public record TraceJob(long submitSeconds, int processors, long runSeconds, long estimateSeconds) {
  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if it is submitted before 0, takes no processor or no time, or
   *     runs for longer than its estimate
   */
  public TraceJob {
    if (submitSeconds < 0 || processors <= 0 || runSeconds <= 0 || runSeconds > estimateSeconds) {
      throw new IllegalArgumentException(
          "a job is submitted at 0 or later, takes at least 1 processor and 1 s, and runs no longer"
              + " than its estimate; not so: submitted at %d s, %d processors, %d s of %d s"
                  .formatted(submitSeconds, processors, runSeconds, estimateSeconds));
    }
  }
}
