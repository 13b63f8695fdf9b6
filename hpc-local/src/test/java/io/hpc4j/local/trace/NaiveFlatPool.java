package io.hpc4j.local.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The rules by which jobs are scheduled on one pool of processors, as plainly as they can be
 * written: what faster schedulers are compared with. It takes time with the square of the queue.
 *
 * <ol>
 *   <li>Jobs queue by submission, then by their place in the workload.
 *   <li>At each instant all ends are applied, then all submissions, then there is one pass.
 *   <li>A pass starts the head of the queue while it fits.
 *   <li>With EASY it then looks for the shadow time: the first instant at which, if all that runs
 *       ends by its estimate, the head fits. What is free then beyond its need is extra. The rest
 *       of the queue is walked once in order; a job starts if it fits now and either ends by the
 *       shadow time or takes no more than the extra, which it then uses up.
 * </ol>
 */
final class NaiveFlatPool {
  enum Policy {
    FCFS,
    EASY
  }

  private record Waiting(int index, TraceJob job) {}

  private record Running(TraceJob job, long start) {
    long end() {
      return start + job.runSeconds();
    }

    long estimatedEnd() {
      return start + job.estimateSeconds();
    }
  }

  private final int processors;
  private final Policy policy;
  private final List<Waiting> toCome = new ArrayList<>();
  private final List<Waiting> queue = new ArrayList<>();
  private final List<Running> running = new ArrayList<>();
  private final long[] starts;

  private NaiveFlatPool(Workload workload, Policy policy) {
    this.processors = workload.processors();
    this.policy = policy;
    starts = new long[workload.jobs().size()];
    IntStream.range(0, starts.length)
        .mapToObj(index -> new Waiting(index, workload.jobs().get(index)))
        .sorted(Comparator.comparingLong(waiting -> waiting.job().submitSeconds()))
        .forEach(toCome::add);
  }

  /** When each job starts, in the order of the workload. */
  static long[] starts(Workload workload, Policy policy) {
    NaiveFlatPool pool = new NaiveFlatPool(workload, policy);
    while (!pool.toCome.isEmpty() || !pool.running.isEmpty()) {
      pool.instant();
    }
    return pool.starts;
  }

  private void instant() {
    long now =
        LongStream.concat(
                running.stream().mapToLong(Running::end),
                toCome.stream().limit(1).mapToLong(first -> first.job().submitSeconds()))
            .min()
            .orElseThrow();
    running.removeIf(ended -> ended.end() == now);
    while (!toCome.isEmpty() && toCome.get(0).job().submitSeconds() == now) {
      queue.add(toCome.remove(0));
    }
    while (!queue.isEmpty() && queue.get(0).job().processors() <= free()) {
      start(queue.remove(0), now);
    }
    if (policy == Policy.EASY && !queue.isEmpty()) {
      backfill(now);
    }
  }

  private void backfill(long now) {
    int need = queue.get(0).job().processors();
    long shadow =
        running.stream()
            .mapToLong(Running::estimatedEnd)
            .filter(instant -> freeAt(instant) >= need)
            .min()
            .orElseThrow();
    int extra = freeAt(shadow) - need;
    Iterator<Waiting> rest = queue.iterator();
    rest.next();
    while (rest.hasNext()) {
      Waiting candidate = rest.next();
      TraceJob job = candidate.job();
      boolean fits = job.processors() <= free();
      boolean endsInTime = now + job.estimateSeconds() <= shadow;
      if (fits && endsInTime) {
        rest.remove();
        start(candidate, now);
      } else if (fits && job.processors() <= extra) {
        extra -= job.processors();
        rest.remove();
        start(candidate, now);
      }
    }
  }

  private void start(Waiting waiting, long now) {
    starts[waiting.index()] = now;
    running.add(new Running(waiting.job(), now));
  }

  private int free() {
    return processors - running.stream().mapToInt(r -> r.job().processors()).sum();
  }

  private int freeAt(long instant) {
    return free()
        + running.stream()
            .filter(r -> r.estimatedEnd() <= instant)
            .mapToInt(r -> r.job().processors())
            .sum();
  }
}
