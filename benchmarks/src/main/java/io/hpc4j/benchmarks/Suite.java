package io.hpc4j.benchmarks;

/** Measures one thing. */
interface Suite {
  Report run(Options options) throws Exception;

  /** Returns the suite of this name. */
  static Suite of(String name) {
    return switch (name) {
      case "launch" -> new LaunchBenchmark();
      case "tasks" -> new TasksBenchmark();
      case "submit" -> new SubmitBenchmark();
      case "store" -> new StoreBenchmark();
      case "schedule" -> new ScheduleBenchmark();
      case "poll" -> new PollBenchmark();
      case "slurm" -> new SlurmBenchmark();
      default -> throw new IllegalArgumentException("there is no suite " + name);
    };
  }
}
