package io.hpc4j.benchmarks;

import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Submits plain jobs behind a job that takes the whole node: how long a submit takes behind a short
 * and behind a long queue, and how much heap a queued job needs.
 */
final class SubmitBenchmark implements Suite {
  private static final String HEAP_BACKEND = "heap of a queued job, backend alone, bytes";
  private static final String HEAP_BOTH = "heap of a queued job, backend and client, bytes";
  private static final int LONGER = 100;
  private static final int PROBES = 2000;
  private static final int CLASSES = 25;
  private static final JobDefinition DEFINITION = JobDefinition.command("/bin/true");

  @Override
  public Report run(Options options) throws Exception {
    int few = options.jobs(10_000, 1_000);
    int many = few * LONGER;
    double backendBytes = backendAlone(many, options);
    long before = Machine.usedHeap();
    try (JobClient longQueue = JobClient.on(blocked())) {
      fill(longQueue, many);
      double clientBytes = (double) (Machine.usedHeap() - before) / many;
      show(options, "through the client", many);
      try (JobClient shortQueue = JobClient.on(blocked())) {
        fill(shortQueue, few);
        Latencies behindFew = new Latencies();
        Latencies behindMany = new Latencies();
        probe(options.rounds(), few, List.of(shortQueue, longQueue), behindFew, behindMany);
        return report(few, many, behindFew, behindMany, clientBytes, backendBytes);
      }
    }
  }

  private static Report report(
      int few,
      int many,
      Latencies behindFew,
      Latencies behindMany,
      double clientBytes,
      double backendBytes) {
    double ratio =
        Numbers.median(
            IntStream.range(0, behindFew.rounds.size())
                .mapToDouble(i -> behindMany.median(i) / behindFew.median(i)));
    Table table =
        new Table("", "median", "p99")
            .row(
                "submit behind %,d jobs, µs".formatted(few),
                Numbers.of(behindFew.median()),
                Numbers.of(behindFew.p99()))
            .row(
                "submit behind %,d jobs, µs".formatted(many),
                Numbers.of(behindMany.median()),
                Numbers.of(behindMany.p99()))
            .row(HEAP_BACKEND, Numbers.of(backendBytes), "")
            .row(HEAP_BOTH, Numbers.of(clientBytes), "");
    return new Report(
        "Submit: plain jobs of one definition that wait behind another",
        table,
        List.of(
            Goal.atMost("median behind the long queue to the short one", ratio, 4),
            Goal.atMost(HEAP_BACKEND, backendBytes, 400),
            Goal.atMost(HEAP_BOTH, clientBytes, 400)),
        List.of());
  }

  /** A backend whose node is taken. */
  private static LocalBackend blocked() {
    LocalBackend backend = Cluster.inMemory();
    JobId blocker = submit(backend, Cluster.blocker());
    long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!isRunning(backend, blocker)) {
      if (System.nanoTime() > giveUp) {
        throw new IllegalStateException("the blocker does not run");
      }
      Thread.onSpinWait();
    }
    return backend;
  }

  private static boolean isRunning(LocalBackend backend, JobId job) {
    JobStatus status = backend.describe(List.of(job)).get(job);
    return status != null && status.state() == JobState.RUNNING;
  }

  private static JobId submit(LocalBackend backend, JobDefinition definition) {
    JobId id = JobId.create(backend.name(), backend.scope());
    backend.submit(new Submission(id, JobRequest.of(definition), part -> {}));
    return id;
  }

  private static void fill(JobClient hpc, int jobs) {
    for (int i = 0; i < jobs; i++) {
      hpc.submit(DEFINITION);
    }
  }

  /** The heap for each queued job where no client follows them. */
  static double backendAlone(int jobs, Options options) throws Exception {
    long before = Machine.usedHeap();
    try (LocalBackend backend = blocked()) {
      for (int i = 0; i < jobs; i++) {
        submit(backend, DEFINITION);
      }
      double bytes = (double) (Machine.usedHeap() - before) / jobs;
      show(options, "backend alone", jobs);
      return bytes;
    }
  }

  private static void show(Options options, String what, int jobs) throws Exception {
    if (options.histogram()) {
      System.out.printf("%nHeap with %,d jobs queued, %s:%n", jobs, what);
      System.out.print(Machine.histogram(CLASSES));
    }
  }

  private static void probe(
      int rounds, int few, List<JobClient> clients, Latencies behindFew, Latencies behindMany) {
    int each = Math.max(1, Math.min(PROBES, few) / rounds);
    List<Latencies> latencies = List.of(behindFew, behindMany);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < clients.size(); i++) {
        int turn = (i + round) % clients.size();
        latencies.get(turn).add(measure(clients.get(turn), each));
      }
    }
  }

  private static double[] measure(JobClient hpc, int submits) {
    double[] micros = new double[submits];
    for (int i = 0; i < submits; i++) {
      long start = System.nanoTime();
      hpc.submit(DEFINITION);
      micros[i] = (System.nanoTime() - start) / 1e3;
    }
    return micros;
  }

  /** The latencies of the submits behind one queue, round by round, in microseconds. */
  private static final class Latencies {
    private final List<double[]> rounds = new ArrayList<>();

    void add(double[] micros) {
      rounds.add(micros);
    }

    double median(int round) {
      return Numbers.median(DoubleStream.of(rounds.get(round)));
    }

    double median() {
      return Numbers.median(all());
    }

    double p99() {
      return Numbers.quantile(all(), 0.99);
    }

    private DoubleStream all() {
      return rounds.stream().flatMapToDouble(DoubleStream::of);
    }
  }
}
