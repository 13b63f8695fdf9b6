package io.hpc4j.benchmarks;

import io.hpc4j.local.trace.TraceJob;
import io.hpc4j.local.trace.Workload;
import java.util.Random;
import java.util.stream.Stream;

/** Jobs that all come at once, of mixed widths and with poor estimates: the longest of queues. */
final class Burst {
  private static final int PROCESSORS = 1024;
  private static final int WIDTHS = 7; // 1, 2, 4 ... 64
  private static final int LONGEST_RUN = 3600;
  private static final double[] ESTIMATES = {1, 1.5, 3, 10};

  private Burst() {}

  /**
   * Returns so many jobs at 0: widths that are powers of two, each as likely, whole run times from
   * 1 to 3600 s, each as likely, and estimates of 1, 1.5, 3 or 10 times that, rounded up.
   */
  static Workload of(int jobs, long seed) {
    Random random = new Random(seed);
    return new Workload(PROCESSORS, Stream.generate(() -> job(random)).limit(jobs).toList());
  }

  private static TraceJob job(Random random) {
    int width = 1 << random.nextInt(WIDTHS);
    int run = 1 + random.nextInt(LONGEST_RUN);
    double times = ESTIMATES[random.nextInt(ESTIMATES.length)];
    return new TraceJob(0, width, run, (long) Math.ceil(run * times));
  }
}
