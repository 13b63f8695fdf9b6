package io.hpc4j.benchmarks;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.slurm.SlurmBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Submits jobs one after the other to the Slurm cluster that this machine submits to, against a
 * loop of bare {@code sbatch}. The jobs are held, and cancelled when the time has been taken.
 */
final class SlurmBenchmark implements Suite {
  private static final String OURS = "hpc4j";
  private static final String BARE = "sbatch";
  private static final String NAME = "hpc4j-benchmark";

  @Override
  public Report run(Options options) throws Exception {
    int jobs = options.jobs(600, 5);
    Rounds rounds =
        Rounds.run(
            options.rounds(),
            List.of(
                new Contestant(OURS, () -> ours(jobs)), new Contestant(BARE, () -> bare(jobs))));
    Table table = new Table("", "jobs/s", "range", "CPU of our JVM, µs/job");
    for (String name : List.of(OURS, BARE)) {
      table.row(
          name,
          Numbers.of(rounds.median(name, Contestant.Sample::jobsPerSecond)),
          rounds.range(name),
          Numbers.of(rounds.median(name, Contestant.Sample::cpuMicrosPerJob)));
    }
    return new Report(
        "Slurm: " + jobs + " jobs submitted one after the other",
        table,
        List.of(Goal.atLeast("hpc4j to sbatch", rounds.ratio(OURS, BARE), 0.9)),
        List.of());
  }

  private static Contestant.Sample ours(int jobs) throws Exception {
    JobDefinition nothing = JobDefinition.builder("nothing").command("true").build();
    SlurmBackend backend = SlurmBackend.builder().cancelJobsOnClose().build();
    backend.probe();
    try (JobClient hpc = JobClient.on(backend)) {
      return Contestant.time(
          jobs,
          () -> {
            for (int i = 0; i < jobs; i++) {
              Job unused = hpc.submit(nothing, r -> r.hold());
            }
          });
    }
  }

  private static Contestant.Sample bare(int jobs) throws Exception {
    try {
      return Contestant.time(
          jobs,
          () -> {
            for (int i = 0; i < jobs; i++) {
              run(
                  "#!/bin/sh\ntrue\n",
                  "sbatch",
                  "--parsable",
                  "--hold",
                  "-o",
                  "/dev/null",
                  "-J",
                  NAME);
            }
          });
    } finally {
      run("", "scancel", "--name=" + NAME);
    }
  }

  private static void run(String input, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command[0] + " has failed; it said " + said);
    }
  }
}
