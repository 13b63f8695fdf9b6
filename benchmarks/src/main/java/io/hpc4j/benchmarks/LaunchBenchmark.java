package io.hpc4j.benchmarks;

import io.hpc4j.JobClient;
import io.hpc4j.model.JobDefinition;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Launches {@code /bin/true} many times, two at a time, the output of each in a file of its own.
 */
final class LaunchBenchmark implements Suite {
  private static final String LAUNCHER = "hpc4j.launcher";
  private static final String HPC4J = "hpc4j";
  private static final String WATCHED = "hpc4j, no cgroups";
  private static final String FALLBACK = "hpc4j, fallback launcher";
  private static final String JAVA = "ProcessBuilder, 2 threads";
  private static final String PARALLEL = "GNU parallel -j2";
  private static final String XARGS = "xargs -P2";
  private static final String POSIX_SPAWN = "C posix_spawn, 2 threads";
  private static final String TRUE = "/bin/true";
  private static final int WARM_UP = 6000; // by then next to nothing is compiled any more

  @Override
  public Report run(Options options) throws Exception {
    int jobs = options.jobs(1000, 200);
    List<String> notes = new ArrayList<>();
    List<Contestant> contestants = new ArrayList<>();
    double cold = hpc4j(jobs).cpuMicrosPerJob();
    int warm = options.quick() ? 0 : WARM_UP;
    if (warm > 0) {
      Contestant.Sample unused = hpc4j(warm);
      unused = fallback(warm / 4);
      unused = processBuilder(warm / 4);
    }
    notes.add(
        "The first %d processes took %s µs of our JVM's CPU each, most of it compilation; %,d more came before the rounds."
            .formatted(jobs, Numbers.of(cold), warm));
    contestants.add(new Contestant(HPC4J, () -> hpc4j(jobs)));
    contestants.add(new Contestant(WATCHED, () -> watched(jobs)));
    contestants.add(new Contestant(FALLBACK, () -> fallback(jobs)));
    contestants.add(new Contestant(JAVA, () -> processBuilder(jobs)));
    try (Folder tools = new Folder()) {
      Path names = tools.path().resolve("names");
      Files.write(names, IntStream.range(0, jobs).mapToObj(Integer::toString).toList());
      if (isGnuParallel()) {
        contestants.add(
            external(
                PARALLEL,
                jobs,
                names,
                List.of("parallel", "--will-cite", "-j2", TRUE + " > {}.out 2>&1")));
      } else {
        notes.add("GNU parallel is not installed and did not take part.");
      }
      if (Machine.find("xargs").isPresent()) {
        contestants.add(
            external(
                XARGS,
                jobs,
                names,
                List.of("xargs", "-P2", "-n1", "sh", "-c", TRUE + " > \"$0.out\" 2>&1")));
      } else {
        notes.add("xargs is not installed and did not take part.");
      }
      Optional<Path> spawner = compile(tools.path());
      if (spawner.isPresent()) {
        contestants.add(
            external(
                POSIX_SPAWN,
                jobs,
                names,
                List.of(spawner.get().toString(), Integer.toString(jobs))));
      } else {
        notes.add("There is no C compiler, cc; posix_spawn did not take part.");
      }
      return report(jobs, Rounds.run(options.rounds(), contestants), contestants, notes);
    }
  }

  private static Report report(
      int jobs, Rounds rounds, List<Contestant> contestants, List<String> notes) {
    Table table = new Table("", "jobs/s", "range", "hpc4j is faster by", "CPU of our JVM, µs/job");
    List<String> ours = List.of(HPC4J, WATCHED, FALLBACK, JAVA);
    for (Contestant contestant : contestants) {
      String name = contestant.name();
      table.row(
          name,
          Numbers.of(rounds.median(name, Contestant.Sample::jobsPerSecond)),
          rounds.range(name),
          name.equals(HPC4J) ? "" : Numbers.of(rounds.ratio(HPC4J, name)) + "x",
          ours.contains(name)
              ? Numbers.of(rounds.median(name, Contestant.Sample::cpuMicrosPerJob))
              : "");
    }
    List<Goal> goals = new ArrayList<>();
    goals.add(Goal.atLeast("hpc4j to ProcessBuilder", rounds.ratio(HPC4J, JAVA), 1.5));
    if (rounds.has(PARALLEL)) {
      goals.add(Goal.atLeast("hpc4j to GNU parallel", rounds.ratio(HPC4J, PARALLEL), 4));
    }
    if (rounds.has(POSIX_SPAWN)) {
      goals.add(Goal.atLeast("hpc4j to C posix_spawn", rounds.ratio(HPC4J, POSIX_SPAWN), 0.7));
    }
    goals.add(Goal.atLeast("fallback to ProcessBuilder", rounds.ratio(FALLBACK, JAVA), 0.9));
    goals.add(
        Goal.atMost(
            "CPU of our JVM, µs/job",
            rounds.median(HPC4J, Contestant.Sample::cpuMicrosPerJob),
            100));
    return new Report("Launch: " + jobs + " x " + TRUE + ", two at a time", table, goals, notes);
  }

  private static Contestant.Sample hpc4j(int jobs) throws Exception {
    try (Folder folder = new Folder();
        JobClient hpc = JobClient.on(Cluster.in(folder.path()))) {
      return array(hpc, folder, jobs);
    }
  }

  private static Contestant.Sample watched(int jobs) throws Exception {
    try (Folder folder = new Folder();
        JobClient hpc = JobClient.on(Cluster.withoutCgroups(folder.path()))) {
      return array(hpc, folder, jobs);
    }
  }

  /** The property is read when the first process is started. */
  private static Contestant.Sample fallback(int jobs) throws Exception {
    @Nullable String before = System.getProperty(LAUNCHER);
    System.setProperty(LAUNCHER, "processbuilder");
    try {
      return hpc4j(jobs);
    } finally {
      if (before == null) {
        System.clearProperty(LAUNCHER);
      } else {
        System.setProperty(LAUNCHER, before);
      }
    }
  }

  private static Contestant.Sample array(JobClient hpc, Folder folder, int jobs) throws Exception {
    JobDefinition definition = JobDefinition.command(TRUE);
    Contestant.Sample sample =
        Contestant.time(
            jobs,
            () ->
                Cluster.expectSuccess(hpc.submit(definition, r -> r.array(jobs)).await().status()));
    folder.expect(jobs);
    return sample;
  }

  private static Contestant.Sample processBuilder(int jobs) throws Exception {
    try (Folder folder = new Folder()) {
      AtomicInteger next = new AtomicInteger();
      Contestant.Sample sample =
          Contestant.time(
              jobs, () -> inTwoThreads(() -> startAll(folder.path().toFile(), next, jobs)));
      folder.expect(jobs);
      return sample;
    }
  }

  private static void startAll(File folder, AtomicInteger next, int jobs) throws Exception {
    for (int i = next.getAndIncrement(); i < jobs; i = next.getAndIncrement()) {
      Process process =
          new ProcessBuilder(TRUE)
              .directory(folder)
              .redirectErrorStream(true)
              .redirectOutput(new File(folder, i + ".out"))
              .start();
      process.getOutputStream().close();
      expectZero(TRUE, process.waitFor());
    }
  }

  private static void inTwoThreads(Contestant.Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> halves = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        halves.add(
            threads.submit(
                () -> {
                  work.run();
                  return true;
                }));
      }
      for (Future<?> half : halves) {
        half.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdown();
    }
  }

  /** A program that launches everything by itself, in a folder of its own, names on its input. */
  private static Contestant external(String name, int jobs, Path names, List<String> command) {
    return new Contestant(
        name,
        () -> {
          try (Folder folder = new Folder()) {
            ProcessBuilder builder =
                new ProcessBuilder(command)
                    .directory(folder.path().toFile())
                    .redirectInput(names.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("PARALLEL_SHELL", "/bin/sh"); // it likes slower ones
            Contestant.Sample sample =
                Contestant.time(jobs, () -> expectZero(name, builder.start().waitFor()));
            folder.expect(jobs);
            return sample;
          }
        });
  }

  private static void expectZero(String program, int exitCode) {
    if (exitCode != 0) {
      throw new IllegalStateException(program + " ended with " + exitCode);
    }
  }

  /** There is another program of this name. */
  private static boolean isGnuParallel() throws IOException, InterruptedException {
    return Machine.find("parallel").isPresent()
        && run("parallel", "--version").startsWith("GNU parallel");
  }

  private static Optional<Path> compile(Path folder) throws IOException, InterruptedException {
    if (Machine.find("cc").isEmpty()) {
      return Optional.empty();
    }
    Path source = folder.resolve("spawn.c");
    try (@Nullable InputStream resource = LaunchBenchmark.class.getResourceAsStream("spawn.c")) {
      if (resource == null) {
        throw new IllegalStateException("spawn.c is missing among the resources");
      }
      Files.copy(resource, source);
    }
    Path program = folder.resolve("spawn");
    String said = run("cc", "-O2", "-pthread", "-o", program.toString(), source.toString());
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException("cc cannot compile spawn.c: " + said);
    }
    return Optional.of(program);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var lines = process.inputReader()) {
      String output = lines.lines().collect(Collectors.joining("\n"));
      process.waitFor();
      return output;
    } catch (IOException e) {
      throw new IOException("cannot read what " + Arrays.toString(command) + " says", e);
    }
  }
}
