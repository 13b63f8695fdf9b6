package io.hpc4j.local;

import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The shares of one queue at one instant, each number worked out anew from all jobs there ever
 * were, in whole numbers: usage is counted in 1 / (2 D) cpu seconds, so that what is equal is
 * equal.
 */
final class NaiveShares {
  private final JobQueue queue;
  private final List<NaiveJob> jobs;
  private final Memory memory;
  private final long now;
  private final long window;

  /**
   * What changes of the window have left.
   *
   * @param usedFrom what was used before is forgotten
   * @param endedAfter shares whose last job ended until then are forgotten
   */
  record Memory(long usedFrom, long endedAfter) {
    static final Memory ALL = new Memory(Long.MIN_VALUE / 2, Long.MIN_VALUE / 2);

    /** The window changes: what lies in only one of both is lost. */
    Memory change(long now, long before, long after) {
      return new Memory(
          Math.max(usedFrom, now - Math.min(before, after)), Math.max(endedAfter, now - before));
    }
  }

  NaiveShares(JobQueue queue, List<NaiveJob> all, Memory memory, long now) {
    this.queue = queue;
    this.memory = memory;
    this.now = now;
    jobs = all.stream().filter(job -> job.queue.equals(queue.name())).toList();
    window = queue.policy().decayWindow().toSeconds();
  }

  /** Usage in cpu seconds. */
  double usage(String share) {
    return exactUsage(share) / (2.0 * window);
  }

  /** Usage times 2 D. */
  private long exactUsage(String share) {
    long sum = 0;
    for (NaiveJob job : jobs) {
      for (NaiveJob.Element element : job.elements) {
        for (NaiveJob.Attempt attempt : element.attempts) {
          if (job.share().equals(share)) {
            sum += attempt.cpus * used(attempt.start, Math.min(attempt.end, now));
            boolean runs =
                element.state == NaiveJob.State.RUNNING && attempt.equals(element.last());
            sum += runs ? 2L * attempt.cpus * window * charge(job.limit, attempt.start) : 0;
          }
        }
      }
    }
    return sum;
  }

  /** The integral over 1 - age / D, times 2 D. */
  private long used(long start, long end) {
    long from = Math.max(Math.max(start, memory.usedFrom()), now - window);
    if (end <= from) {
      return 0;
    }
    long oldest = now - from;
    long newest = now - end;
    return 2 * window * (end - from) - (oldest * oldest - newest * newest);
  }

  private long charge(long limit, long start) {
    return Math.max(0, Math.min(limit, window) - (now - start));
  }

  int cpusInUse(String share) {
    return cpusInUse(jobs.stream().filter(job -> job.share().equals(share)).toList());
  }

  int cpusInUse() {
    return cpusInUse(jobs);
  }

  private static int cpusInUse(List<NaiveJob> some) {
    return some.stream()
        .flatMap(job -> job.elements.stream())
        .filter(element -> element.state == NaiveJob.State.RUNNING)
        .mapToInt(element -> element.last().cpus)
        .sum();
  }

  double weight(String share) {
    return queue.policy().weightOf(share);
  }

  /** Who goes first. */
  Comparator<String> order() {
    return Comparator.comparing(this::weightedUsage)
        .thenComparing(share -> new Ratio(cpusInUse(share), weight(share)))
        .thenComparing(share -> share);
  }

  private Ratio weightedUsage(String share) {
    return new Ratio(exactUsage(share), weight(share));
  }

  private record Ratio(long amount, double weight) implements Comparable<Ratio> {
    @Override
    public int compareTo(Ratio other) {
      return times(amount, other.weight).compareTo(times(other.amount, weight));
    }

    private static BigDecimal times(long amount, double weight) {
      return BigDecimal.valueOf(amount).multiply(BigDecimal.valueOf(weight));
    }
  }

  /** All shares that have ever had a job, in the order in which they go. */
  List<String> all() {
    return new TreeSet<>(jobs.stream().map(NaiveJob::share).toList())
        .stream().sorted(order()).toList();
  }

  boolean isActive(String share) {
    return jobs.stream()
        .filter(job -> job.share().equals(share))
        .anyMatch(
            job ->
                !job.hasEnded()
                    || (job.endedAt() > memory.endedAfter() && now < job.endedAt() + window));
  }

  double entitlement(String share) {
    double active = all().stream().filter(this::isActive).mapToDouble(this::weight).sum();
    return isActive(share) ? weight(share) / active : 0;
  }

  long waiting(String share) {
    return jobs.stream()
        .filter(job -> job.share().equals(share))
        .mapToLong(job -> job.count(NaiveJob.State.WAITING))
        .sum();
  }

  /** How many cpus the jobs of the queue may hold together. */
  long allowed() {
    int percent = queue.policy().reservation();
    long cpus =
        queue.environments().stream()
            .map(ComputeEnvironment::nodes)
            .flatMap(nodes -> nodes.values().stream())
            .mapToLong(node -> node.cpus())
            .sum();
    if (!queue.policy().isFairShare() || percent == 0) {
      return cpus;
    }
    int active = (int) all().stream().filter(this::isActive).count();
    BigInteger whole = BigInteger.valueOf(100).pow(active);
    BigInteger kept = BigInteger.valueOf(percent).pow(active);
    return BigInteger.valueOf(cpus).multiply(whole.subtract(kept)).divide(whole).longValueExact();
  }
}
