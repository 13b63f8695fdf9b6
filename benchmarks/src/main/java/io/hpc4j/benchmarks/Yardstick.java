package io.hpc4j.benchmarks;

import io.hpc4j.local.trace.TraceJob;
import io.hpc4j.local.trace.Workload;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A loop over arrays that schedules jobs on one pool of processors: what a scheduler costs that can
 * do nothing else.
 *
 * <p>At each instant at which something happens all ends come first, then all submissions, then one
 * pass. It starts jobs from the head of the queue while they fit. With backfill (EASY: D. Lifka,
 * "The ANL/IBM SP Scheduling System", JSSPP 1995) it then works out when, by the estimates, the
 * first job that does not fit can start, and walks the rest of the queue once to start what does
 * not delay that.
 */
final class Yardstick {
  private static final int NONE = -1;

  private final int processors;
  private final long[] submit;
  private final int[] procs;
  private final long[] run;
  private final long[] estimate;

  /** Takes the arrays over; each has one value for each job. */
  Yardstick(int processors, long[] submit, int[] procs, long[] run, long[] estimate) {
    this.processors = processors;
    this.submit = submit;
    this.procs = procs;
    this.run = run;
    this.estimate = estimate;
  }

  static Yardstick of(Workload workload) {
    return new Yardstick(
        workload.processors(),
        workload.jobs().stream().mapToLong(TraceJob::submitSeconds).toArray(),
        workload.jobs().stream().mapToInt(TraceJob::processors).toArray(),
        workload.jobs().stream().mapToLong(TraceJob::runSeconds).toArray(),
        workload.jobs().stream().mapToLong(TraceJob::estimateSeconds).toArray());
  }

  /** When each job starts, first come, first served. */
  long[] fcfs() {
    return new Pool(false).starts();
  }

  /** When each job starts with EASY backfill. */
  long[] easy() {
    return new Pool(true).starts();
  }

  /** The jobs in the order in which they queue. */
  private int[] order() {
    int[] order = new int[submit.length];
    boolean sorted = true;
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
      sorted &= i == 0 || submit[i - 1] <= submit[i];
    }
    return sorted
        ? order
        : IntStream.of(order)
            .boxed()
            .sorted((a, b) -> Long.compare(submit[a], submit[b]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /** The state of one run. */
  private final class Pool {
    private final boolean backfill;
    private final long[] starts = new long[submit.length];
    private final int[] next = new int[submit.length]; // a linked list of those that wait
    private int head = NONE;
    private int tail = NONE;
    private int free = processors;
    private final Running running = new Running();
    private final Profile profile = new Profile();
    private long now;

    Pool(boolean backfill) {
      this.backfill = backfill;
    }

    long[] starts() {
      int[] order = order();
      int arrived = 0;
      while (arrived < order.length || running.count > 0) {
        long arrival = arrived < order.length ? submit[order[arrived]] : Long.MAX_VALUE;
        now = Math.min(arrival, running.firstEnd());
        while (running.firstEnd() == now) {
          end(running.poll());
        }
        while (arrived < order.length && submit[order[arrived]] == now) {
          enqueue(order[arrived++]);
        }
        pass();
      }
      return starts;
    }

    private void end(int job) {
      free += procs[job];
      if (backfill) {
        profile.remove(starts[job] + estimate[job], procs[job]);
      }
    }

    private void enqueue(int job) {
      next[job] = NONE;
      if (head == NONE) {
        head = job;
      } else {
        next[tail] = job;
      }
      tail = job;
    }

    private void pass() {
      while (head != NONE && procs[head] <= free) {
        start(head);
        head = next[head];
      }
      if (backfill && head != NONE && free > 0) {
        backfill();
      }
    }

    private void backfill() {
      int entry = 0;
      int atShadow = free;
      while (atShadow < procs[head]) {
        atShadow += profile.procs[entry++];
      }
      long shadow = profile.ends[entry - 1];
      int extra = atShadow - procs[head];
      long spare = shadow - now;
      int previous = head;
      for (int job = next[head]; job != NONE && free > 0; job = next[job]) {
        boolean fits = procs[job] <= free;
        if (fits && (estimate[job] <= spare || procs[job] <= extra)) {
          extra -= estimate[job] <= spare ? 0 : procs[job];
          start(job);
          next[previous] = next[job];
          tail = tail == job ? previous : tail;
        } else {
          previous = job;
        }
      }
    }

    private void start(int job) {
      starts[job] = now;
      free -= procs[job];
      running.add(job, now + run[job]);
      if (backfill) {
        profile.add(now + estimate[job], procs[job]);
      }
    }
  }

  /** A binary heap of what runs, the first to end on top. */
  private static final class Running {
    private long[] ends = new long[16];
    private int[] jobs = new int[16];
    private int count;

    long firstEnd() {
      return count == 0 ? Long.MAX_VALUE : ends[0];
    }

    void add(int job, long end) {
      if (count == jobs.length) {
        ends = Arrays.copyOf(ends, 2 * count);
        jobs = Arrays.copyOf(jobs, 2 * count);
      }
      int i = count++;
      for (int parent = (i - 1) / 2; i > 0 && ends[parent] > end; parent = (i - 1) / 2) {
        ends[i] = ends[parent];
        jobs[i] = jobs[parent];
        i = parent;
      }
      ends[i] = end;
      jobs[i] = job;
    }

    int poll() {
      int first = jobs[0];
      count--;
      long end = ends[count];
      int i = 0;
      for (int child = smallerChild(i); child < count && ends[child] < end; ) {
        ends[i] = ends[child];
        jobs[i] = jobs[child];
        i = child;
        child = smallerChild(i);
      }
      ends[i] = end;
      jobs[i] = jobs[count];
      return first;
    }

    private int smallerChild(int i) {
      int left = 2 * i + 1;
      return left + 1 < count && ends[left + 1] < ends[left] ? left + 1 : left;
    }
  }

  /** How many processors come free at which instant by the estimates, in order of time. */
  private static final class Profile {
    private long[] ends = new long[16];
    private int[] procs = new int[16];
    private int count;

    void add(long end, int released) {
      int at = Arrays.binarySearch(ends, 0, count, end);
      if (at >= 0) {
        procs[at] += released;
        return;
      }
      if (count == ends.length) {
        ends = Arrays.copyOf(ends, 2 * count);
        procs = Arrays.copyOf(procs, 2 * count);
      }
      int place = -at - 1;
      System.arraycopy(ends, place, ends, place + 1, count - place);
      System.arraycopy(procs, place, procs, place + 1, count - place);
      ends[place] = end;
      procs[place] = released;
      count++;
    }

    void remove(long end, int released) {
      int at = Arrays.binarySearch(ends, 0, count, end);
      procs[at] -= released;
      if (procs[at] == 0) {
        count--;
        System.arraycopy(ends, at + 1, ends, at, count - at);
        System.arraycopy(procs, at + 1, procs, at, count - at);
      }
    }
  }
}
