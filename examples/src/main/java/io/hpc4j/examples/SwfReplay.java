package io.hpc4j.examples;

import io.hpc4j.local.trace.ScheduleMetrics;
import io.hpc4j.local.trace.Simulation;
import io.hpc4j.local.trace.SwfTrace;
import io.hpc4j.local.trace.Workload;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.SchedulingPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Replays a trace of the Parallel Workloads Archive on the scheduler, in virtual time, and prints
 * one line of JSON with the figures of the schedule.
 */
public final class SwfReplay {
  private static final String USAGE =
      """
      usage: SwfReplay FILE PROCESSORS fcfs|easy [--copies N] [--starts FILE]
        FILE          a trace in the Standard Workload Format, plain or compressed by gzip
        PROCESSORS    how many processors the machine has
        fcfs|easy     first come, first served; or that with EASY backfill
        --copies N    replays the trace N times, one copy after the other; default 1
        --starts FILE writes when each job starts, in seconds, one line each
      """;

  private SwfReplay() {}

  private record Options(
      Path trace, int processors, SchedulingPolicy policy, int copies, Optional<Path> starts) {}

  /** Replays; ends with exit code 2 if the arguments are wrong, 1 if the trace is. */
  public static void main(String[] args) throws IOException {
    Options options;
    try {
      options = parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
      return;
    }
    try {
      System.out.println(replay(options));
    } catch (HpcException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static String replay(Options options) throws IOException {
    Workload workload =
        SwfTrace.read(options.trace())
            .cleaned(options.processors())
            .workload()
            .copies(options.copies());
    long begin = System.nanoTime();
    Simulation.Result result = Simulation.of(workload).policy(options.policy()).run();
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (options.starts().isPresent()) {
      Files.write(
          options.starts().get(), Arrays.stream(result.starts()).mapToObj(Long::toString).toList());
    }
    return json(options.policy().backfills() ? "easy" : "fcfs", result.metrics(), seconds);
  }

  private static String json(String policy, ScheduleMetrics metrics, double seconds) {
    return String.format(
        Locale.ROOT,
        "{\"policy\": \"%s\", \"jobs\": %d, \"meanWaitSeconds\": %.3f, \"maxWaitSeconds\": %d,"
            + " \"boundedSlowdown\": %.4f, \"utilisation\": %.6f, \"makespanSeconds\": %d,"
            + " \"startsHash\": \"%s\", \"simulatedInSeconds\": %.3f, \"jobsPerSecond\": %.0f}",
        policy,
        metrics.jobs(),
        metrics.meanWaitSeconds(),
        metrics.maxWaitSeconds(),
        metrics.meanBoundedSlowdown(),
        metrics.utilisation(),
        metrics.makespanSeconds(),
        metrics.startsHash(),
        seconds,
        metrics.jobs() / seconds);
  }

  private static Options parse(String[] args) {
    if (args.length < 3) {
      throw new IllegalArgumentException("a trace, processors and a policy are needed");
    }
    int copies = 1;
    Optional<Path> starts = Optional.empty();
    for (int i = 3; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value");
      }
      switch (args[i]) {
        case "--copies" -> copies = number(args[i], args[i + 1]);
        case "--starts" -> starts = Optional.of(Path.of(args[i + 1]));
        default -> throw new IllegalArgumentException("there is no option " + args[i]);
      }
    }
    return new Options(
        Path.of(args[0]), number("PROCESSORS", args[1]), policy(args[2]), copies, starts);
  }

  private static SchedulingPolicy policy(String name) {
    return switch (name) {
      case "fcfs" -> SchedulingPolicy.fifo();
      case "easy" -> SchedulingPolicy.fifo().easyBackfill();
      default -> throw new IllegalArgumentException("a policy is fcfs or easy, not " + name);
    };
  }

  private static int number(String what, String text) {
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException(what + " is a whole number from 1, not " + text);
    }
    return Integer.parseInt(text);
  }
}
