package io.hpc4j.local.trace;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random workloads in which jobs get in each other's way. */
final class Workloads {
  private Workloads() {}

  static Arbitrary<Workload> small() {
    return Arbitraries.integers()
        .between(1, 8)
        .flatMap(processors -> of(processors, processors, 20));
  }

  /** One-processor jobs whose estimates are right. */
  static Arbitrary<Workload> exactAndSerial() {
    return Arbitraries.integers().between(1, 8).flatMap(processors -> of(processors, 1, 0));
  }

  private static Arbitrary<Workload> of(int processors, int widest, long mostOver) {
    Arbitrary<TraceJob> job =
        Combinators.combine(
                Arbitraries.longs().between(0, 40),
                Arbitraries.integers().between(1, widest),
                Arbitraries.longs().between(1, 20),
                Arbitraries.longs().between(0, mostOver))
            .as((submit, width, run, over) -> new TraceJob(submit, width, run, run + over));
    return job.list().ofMaxSize(30).map(jobs -> new Workload(processors, jobs));
  }
}
