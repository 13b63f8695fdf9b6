package io.hpc4j.benchmarks;

import io.hpc4j.local.trace.TraceJob;
import io.hpc4j.local.trace.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Jobs of mixed widths and with poor estimates: all at once, the longest of queues, or in turn. */
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
    return new Workload(PROCESSORS, Stream.generate(() -> job(random, 0)).limit(jobs).toList());
  }

  /**
   * Returns so many of the same jobs one after the other, at random instants in whole seconds
   * (exponential gaps), such that the machine would be busy for this part of the time.
   */
  static Workload spread(int jobs, double load, long seed) {
    Random random = new Random(seed);
    double meanWidth = ((1 << WIDTHS) - 1) / (double) WIDTHS;
    double meanRun = (1 + LONGEST_RUN) / 2.0;
    double meanGap = meanWidth * meanRun / PROCESSORS / load;
    List<TraceJob> all = new ArrayList<>(jobs);
    double at = 0;
    for (int i = 0; i < jobs; i++) {
      at -= meanGap * Math.log(1 - random.nextDouble());
      all.add(job(random, (long) at));
    }
    return new Workload(PROCESSORS, all);
  }

  private static TraceJob job(Random random, long submit) {
    int width = 1 << random.nextInt(WIDTHS);
    int run = 1 + random.nextInt(LONGEST_RUN);
    double times = ESTIMATES[random.nextInt(ESTIMATES.length)];
    return new TraceJob(submit, width, run, (long) Math.ceil(run * times));
  }
}
