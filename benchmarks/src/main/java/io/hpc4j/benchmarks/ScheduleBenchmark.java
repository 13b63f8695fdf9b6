package io.hpc4j.benchmarks;

import io.hpc4j.local.trace.ScheduleMetrics;
import io.hpc4j.local.trace.Simulation;
import io.hpc4j.local.trace.Workload;
import io.hpc4j.model.SchedulingPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Schedules workloads in virtual time, by the engine that runs real jobs: what all of the engine
 * and its scheduler cost for each job, next to a loop that can do nothing but schedule.
 *
 * <p>A schedule that differs from that of the loop in the start of a single job ends the suite;
 * only for the longest of queues the loop, which walks all of it, would take too long.
 */
final class ScheduleBenchmark implements Suite {
  private static final SchedulingPolicy EASY = SchedulingPolicy.fifo().easyBackfill();
  private static final SchedulingPolicy SHARES = SchedulingPolicy.fairShare().build();
  private static final long SEED = 1;
  private static final double LOAD = 0.95;
  private static final int LONGER = 10;
  private static final int LONGEST = 100;
  private static final int WARM_UPS = 25; // until nothing more is compiled
  private static final int FEW_SHARES = 5;
  private static final int MANY_SHARES = 500;

  private final Table table =
      new Table("", "jobs", "jobs/s", "range", "to the yardstick", "CPU, µs/job");
  private final List<Goal> goals = new ArrayList<>();

  @Override
  public Report run(Options options) throws Exception {
    int few = options.jobs(10_000, 200);
    Map<String, Workload> workloads = new LinkedHashMap<>();
    if (options.traces().isPresent()) {
      workloads.putAll(Traces.in(options.traces().get()));
    } else {
      workloads.put("generated", Burst.spread(few, LOAD, SEED));
    }
    for (Map.Entry<String, Workload> each : workloads.entrySet()) {
      Pair pair = new Pair(each.getKey(), each.getValue());
      Rounds rounds = measure(options, options.quick() ? 1 : WARM_UPS, pair.contestants());
      double ratio = rounds.ratio(pair.ours(), pair.yardstick());
      goals.add(Goal.atLeast(each.getKey() + ", to the yardstick", ratio, 0.1));
      goals.add(Goal.atLeast(each.getKey() + ", to the yardstick, stretch", ratio, 0.25));
    }
    many(options, workloads.entrySet().iterator().next(), few * LONGEST);
    bursts(options, few);
    shares(options, few * LONGER);
    heap(options, few * LONGEST);
    return new Report(
        "Schedule: workloads in virtual time, with EASY backfill or by fair share",
        table,
        goals,
        List.of());
  }

  private Rounds measure(Options options, List<Contestant> contestants) throws Exception {
    return measure(options, 1, contestants);
  }

  private Rounds measure(Options options, int warmUps, List<Contestant> contestants)
      throws Exception {
    Rounds rounds = Rounds.run(warmUps, options.rounds(), contestants);
    for (Contestant contestant : contestants) {
      String name = contestant.name();
      String yardstick = Pair.yardstickOf(name);
      table.row(
          name,
          "%,.0f".formatted(rounds.median(name, Contestant.Sample::jobs)),
          Numbers.of(rounds.median(name, Contestant.Sample::jobsPerSecond)),
          rounds.range(name),
          rounds.has(yardstick) ? Numbers.of(rounds.ratio(name, yardstick)) + "x" : "",
          Numbers.of(rounds.median(name, Contestant.Sample::cpuMicrosPerJob)));
    }
    return rounds;
  }

  /** So many jobs in a row: one workload over and over. */
  private void many(Options options, Map.Entry<String, Workload> of, int jobs) throws Exception {
    Workload once = of.getValue();
    int copies = (jobs + once.jobs().size() - 1) / once.jobs().size();
    Pair pair = new Pair(of.getKey() + " x " + copies, once.copies(copies));
    Rounds rounds = measure(options, pair.contestants());
    double seconds = rounds.median(pair.ours(), Contestant.Sample::nanos) / 1e9;
    goals.add(Goal.atMost(pair.ours() + ", s", seconds, 4));
    goals.add(Goal.atMost(pair.ours() + ", s, stretch", seconds, 1.2));
  }

  /** All jobs wait from the start. The yardstick goes through all that wait, in each pass. */
  private void bursts(Options options, int few) throws Exception {
    Pair shortest = burst(few);
    Pair longer = burst(few * LONGER);
    Contestant longest =
        anySchedule(
            nameOf(few * LONGEST),
            few * LONGEST,
            Simulation.of(Burst.of(few * LONGEST, SEED)).policy(EASY));
    List<Contestant> all = new ArrayList<>(shortest.contestants());
    all.add(longer.contestants().get(0));
    all.add(longest);
    Rounds rounds = measure(options, all);
    goals.add(atLeast(longer.ours(), shortest.ours(), rounds, 0.5));
    goals.add(atLeast(longest.name(), shortest.ours(), rounds, 0.25));
  }

  private static Pair burst(int jobs) {
    return new Pair(nameOf(jobs), Burst.of(jobs, SEED));
  }

  private static String nameOf(int jobs) {
    return "burst of %,d".formatted(jobs);
  }

  private static Goal atLeast(String ours, String other, Rounds rounds, double ratio) {
    return Goal.atLeast(ours + ", to " + other, rounds.ratio(ours, other), ratio);
  }

  private void shares(Options options, int jobs) throws Exception {
    Workload burst = Burst.of(jobs, SEED);
    Rounds unused =
        measure(options, List.of(shares(burst, FEW_SHARES), shares(burst, MANY_SHARES)));
  }

  private static Contestant shares(Workload burst, int shares) {
    return anySchedule(
        "%s, %d shares".formatted(nameOf(burst.jobs().size()), shares),
        burst.jobs().size(),
        Simulation.of(burst).policy(SHARES).shares(job -> "share" + job % shares));
  }

  /** What is too slow for the yardstick, or has rules that it does not know. */
  private static Contestant anySchedule(String name, int jobs, Simulation simulation) {
    return new Contestant(
        name,
        () ->
            Contestant.time(
                jobs,
                () -> {
                  if (simulation.run().metrics().jobs() != jobs) {
                    throw new IllegalStateException("not all jobs of " + name + " have run");
                  }
                }));
  }

  private void heap(Options options, int jobs) throws Exception {
    double megabytes = SubmitBenchmark.backendAlone(jobs, options) * jobs / 1e6;
    String what = "heap of %,d queued jobs, MB".formatted(jobs);
    goals.add(Goal.atMost(what, megabytes, 400));
  }

  /** The engine and the yardstick on one workload. */
  private static final class Pair {
    private static final String YARDSTICK = ", yardstick";

    private final String name;
    private final Workload workload;
    private final String hash;

    Pair(String name, Workload workload) {
      this.name = name;
      this.workload = workload;
      hash = hash(Yardstick.of(workload).easy());
    }

    static String yardstickOf(String ours) {
      return ours + YARDSTICK;
    }

    String ours() {
      return name;
    }

    String yardstick() {
      return yardstickOf(name);
    }

    List<Contestant> contestants() {
      return List.of(
          new Contestant(ours(), this::simulate), new Contestant(yardstick(), this::measure));
    }

    private Contestant.Sample simulate() throws Exception {
      Simulation simulation = Simulation.of(workload).policy(EASY);
      return time(() -> expectSame(simulation.run().metrics().startsHash()));
    }

    private Contestant.Sample measure() throws Exception {
      return time(() -> expectSame(hash(Yardstick.of(workload).easy())));
    }

    private Contestant.Sample time(Contestant.Work work) throws Exception {
      return Contestant.time(workload.jobs().size(), work);
    }

    private String hash(long[] starts) {
      return ScheduleMetrics.of(workload, starts).startsHash();
    }

    private void expectSame(String found) {
      if (!found.equals(hash)) {
        throw new IllegalStateException(
            "%s is not scheduled by the rules: the starts hash to %s, not %s"
                .formatted(name, found, hash));
      }
    }
  }
}
