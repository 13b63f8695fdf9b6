package io.hpc4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The command line of {@link Benchmarks}.
 *
 * @param help whether only the usage is wanted
 * @param quick whether sizes are small: a look, not a measurement
 * @param statedRounds how often each contestant runs, if that is said
 * @param count how many jobs a contestant runs in a round, if that is said
 * @param histogram whether the classes that fill the heap are printed
 * @param traces the folder of the traces to schedule, if there are any
 * @param file where the Markdown table goes
 * @param suites the names of the suites to run
 */
record Options(
    boolean help,
    boolean quick,
    OptionalInt statedRounds,
    OptionalInt count,
    boolean histogram,
    Optional<Path> traces,
    Optional<Path> file,
    List<String> suites) {
  static final List<String> SUITES =
      List.of("launch", "tasks", "submit", "store", "schedule", "poll");
  private static final String ON_A_CLUSTER = "slurm";
  static final String USAGE =
      """
      usage: Benchmarks [--quick] [--rounds N] [--count N] [--histogram] [--traces DIR]
                        [--write FILE] [SUITE...]
        SUITE         launch, tasks, submit, store, schedule or poll; default all of these;
                      or slurm, on the cluster that this machine submits to
        --quick       one round of small sizes: a look, not a measurement
        --rounds N    how often each contestant runs; default 7
        --count N     jobs of a contestant in a round; default by suite
                      (submit and schedule: the shortest queue; store: commits; poll: open jobs)
        --histogram   shows which classes fill the heap while jobs are queued
        --traces DIR  schedules the traces in this folder (.swf or .swf.gz, from the Parallel
                      Workloads Archive); without it, a generated workload
        --write FILE  writes the tables as Markdown too
        --help        shows this
      """;
  private static final int MOST = 10_000_000;

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException naming the one that is wrong
   */
  static Options parse(String... args) {
    boolean help = false;
    boolean quick = false;
    boolean histogram = false;
    OptionalInt rounds = OptionalInt.empty();
    OptionalInt count = OptionalInt.empty();
    Optional<Path> traces = Optional.empty();
    Optional<Path> file = Optional.empty();
    List<String> suites = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--help" -> help = true;
        case "--quick" -> quick = true;
        case "--histogram" -> histogram = true;
        case "--rounds" -> rounds = OptionalInt.of(number(args, i++));
        case "--count" -> count = OptionalInt.of(number(args, i++));
        case "--traces" -> traces = Optional.of(Path.of(value(args, i++)));
        case "--write" -> file = Optional.of(Path.of(value(args, i++)));
        default -> suites.add(suite(args[i]));
      }
    }
    return new Options(
        help, quick, rounds, count, histogram, traces, file, suites.isEmpty() ? SUITES : suites);
  }

  int rounds() {
    return statedRounds.orElse(quick ? 1 : 7);
  }

  /** The number of jobs: as stated, or else by whether it has to be quick. */
  int jobs(int usual, int ifQuick) {
    return count.orElse(quick ? ifQuick : usual);
  }

  private static String suite(String name) {
    if (!SUITES.contains(name) && !name.equals(ON_A_CLUSTER)) {
      throw new IllegalArgumentException("there is no option or suite " + name);
    }
    return name;
  }

  private static String value(String[] args, int option) {
    if (option + 1 == args.length) {
      throw new IllegalArgumentException(args[option] + " needs a value");
    }
    return args[option + 1];
  }

  private static int number(String[] args, int option) {
    String text = value(args, option);
    if (!text.matches("[1-9]\\d{0,7}") || Integer.parseInt(text) > MOST) {
      throw new IllegalArgumentException(
          args[option] + " needs a number, 1 to " + MOST + ", not " + text);
    }
    return Integer.parseInt(text);
  }
}
