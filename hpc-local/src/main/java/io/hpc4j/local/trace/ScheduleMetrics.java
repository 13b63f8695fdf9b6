package io.hpc4j.local.trace;

import java.util.List;
import java.util.Locale;

/**
 * The figures by which schedules of a workload are compared; all 0 for a workload without jobs.
 *
 * <p>A job's wait is its start less its submission, its end its start plus its run time. Sources:
 * D. Feitelson, L. Rudolph, "Metrics and Benchmarking for Parallel Job Scheduling", JSSPP 1998; D.
 * Feitelson et al., "Theory and Practice in Parallel Job Scheduling", JSSPP 1997, for the bound of
 * the slowdown.
 *
 * @param jobs how many jobs there are
 * @param meanWaitSeconds the mean of their waits
 * @param maxWaitSeconds the longest wait
 * @param meanBoundedSlowdown the mean of {@code max(1, (wait + run) / max(run, 10 s))}: how many
 *     times longer a job took than on an empty machine, where 10 seconds keep tiny jobs from
 *     counting most
 * @param utilisation the processor time of all jobs, {@code sum(processors * run)}, over that of
 *     the machine in the makespan, {@code processors * makespan}
 * @param makespanSeconds the time from the first submission to the last end
 * @param startsHash a fold of all starts in the order of the workload, {@code h = h * 1000003 +
 *     start + 1} modulo 2<sup>64</sup> from 0, in 16 hexadecimal digits: equal for equal schedules
 */
public record ScheduleMetrics(
    int jobs,
    double meanWaitSeconds,
    long maxWaitSeconds,
    double meanBoundedSlowdown,
    double utilisation,
    long makespanSeconds,
    String startsHash) {
  private static final double SHORTEST_RUN = 10;
  private static final long HASH_FACTOR = 1_000_003;

  /**
   * Returns the figures of a schedule.
   *
   * @param workload the jobs
   * @param starts when each of them starts, in the order of the workload
   * @throws IllegalArgumentException if there are not as many starts as jobs, or a job starts
   *     before it is submitted
   */
  public static ScheduleMetrics of(Workload workload, long[] starts) {
    List<TraceJob> jobs = workload.jobs();
    if (starts.length != jobs.size()) {
      throw new IllegalArgumentException(
          "%d jobs have %d starts".formatted(jobs.size(), starts.length));
    }
    double waits = 0;
    long maxWait = 0;
    double slowdowns = 0;
    double work = 0;
    long firstSubmit = Long.MAX_VALUE;
    long lastEnd = 0;
    long hash = 0;
    for (int i = 0; i < starts.length; i++) {
      TraceJob job = jobs.get(i);
      long wait = starts[i] - job.submitSeconds();
      if (wait < 0) {
        throw new IllegalArgumentException(
            "the job at index %d starts at %d s, before its submission at %d s"
                .formatted(i, starts[i], job.submitSeconds()));
      }
      long run = job.runSeconds();
      waits += wait;
      maxWait = Math.max(maxWait, wait);
      slowdowns += Math.max(1, (wait + run) / Math.max((double) run, SHORTEST_RUN));
      work += (double) job.processors() * run;
      firstSubmit = Math.min(firstSubmit, job.submitSeconds());
      lastEnd = Math.max(lastEnd, starts[i] + run);
      hash = hash * HASH_FACTOR + starts[i] + 1;
    }
    int count = starts.length;
    long makespan = count == 0 ? 0 : lastEnd - firstSubmit;
    return new ScheduleMetrics(
        count,
        count == 0 ? 0 : waits / count,
        maxWait,
        count == 0 ? 0 : slowdowns / count,
        count == 0 ? 0 : work / workload.processors() / makespan,
        makespan,
        String.format(Locale.ROOT, "%016x", hash));
  }
}
