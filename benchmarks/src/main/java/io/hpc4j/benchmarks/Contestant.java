package io.hpc4j.benchmarks;

import java.util.concurrent.Callable;

/**
 * One way to do the work.
 *
 * @param name what the table calls it
 * @param once does all the work once and tells what it took
 */
record Contestant(String name, Callable<Sample> once) {

  /**
   * What one run took.
   *
   * @param jobs how many jobs were run
   * @param nanos the time from the first submit until the last has ended
   * @param cpuNanos the CPU time of this JVM meanwhile, without that of its child processes
   */
  record Sample(int jobs, long nanos, long cpuNanos) {
    double jobsPerSecond() {
      return jobs * 1e9 / nanos;
    }

    double cpuMicrosPerJob() {
      return cpuNanos / 1e3 / jobs;
    }
  }

  /** Some work that may fail. */
  interface Work {
    void run() throws Exception;
  }

  /** Times work that runs this many jobs. */
  static Sample time(int jobs, Work work) throws Exception {
    long cpu = Machine.cpuNanos();
    long start = System.nanoTime();
    work.run();
    long nanos = System.nanoTime() - start;
    return new Sample(jobs, nanos, Machine.cpuNanos() - cpu);
  }
}
