package io.hpc4j.slurm;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A program with a store that submits numbered jobs of six kinds and waits for them. Killed and
 * started again, it goes on where it was.
 */
final class LastingProgram {
  private static final String ACCEPTED = "accepted";
  private static final String ENDED = "ended";

  private LastingProgram() {}

  // ---- the jobs

  /** A job of a kind that its number decides, whose script is at least so long. */
  private static JobRequest request(
      int number, int length, Path directory, Map<Integer, JobId> of) {
    return switch (number % 6) {
      case 0 -> request(number, length, directory, "exit 0").build();
      case 1 -> request(number, length, directory, "exit 3").build();
      case 2 -> request(number, length, directory, "exit $HPC4J_ARRAY_INDEX").array(3).build();
      case 3 ->
          request(number, length, directory, "[ $HPC4J_ATTEMPT = 2 ] || exit 5")
              .retry(RetryPolicy.attempts(2).retryOn(Reason.NON_ZERO_EXIT))
              .build();
      case 4 ->
          request(number, length, directory, "exit 0")
              .after(Objects.requireNonNull(of.get(number - 1)))
              .build();
      default ->
          request(number, length, directory, "exit $((HPC4J_ARRAY_INDEX % 10))")
              .array(IndexSet.of(0, 1, 2000, 2001)) // two of Slurm's arrays
              .build();
    };
  }

  private static JobRequest.Builder request(int number, int length, Path directory, String script) {
    JobDefinition work =
        Ledger.work(directory, "[ ${#FILLER} = " + length + " ] || exit 9\n" + script)
            .environment("FILLER", "x".repeat(length))
            .build();
    return JobRequest.builder(work.toBuilder().name(work.name() + "-" + number).build());
  }

  /** Expects of Slurm what such a job should make it do. */
  private static void expect(Ledger ledger, int number, JobId id) {
    switch (number % 6) {
      case 1 -> ledger.expect(id, 3);
      case 2 -> {
        for (int i = 0; i < 3; i++) {
          ledger.expect(id, i, i);
        }
      }
      case 3 -> {
        ledger.expect(id, 5);
        ledger.expect(id, "-", 2, Ledger.ending(0));
      }
      case 5 -> {
        for (int i : new int[] {0, 1, 2000, 2001}) {
          ledger.expect(id, i, i % 10);
        }
      }
      default -> ledger.expect(id, 0);
    }
  }

  /** How such a job should end. */
  static JobState end(int number) {
    return List.of(1, 2, 5).contains(number % 6) ? JobState.FAILED : JobState.SUCCEEDED;
  }

  // ---- seen from outside

  /** Starts the program for this many jobs, with scripts of at least this length. */
  static Process start(ClusterCases test, int jobs, int length, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder =
        ClientProgram.java(
            LastingProgram.class,
            List.of(
                test.cluster.configuration().toString(),
                test.directory.toString(),
                String.valueOf(jobs),
                String.valueOf(length)));
    builder.environment().putAll(environment);
    return builder.redirectError(test.directory.resolve("errors").toFile()).start();
  }

  /**
   * Listens to a program for some lines and then kills it, unless it is done before.
   *
   * @return whether it was done
   */
  static boolean killAfter(Process program, int lines) throws IOException, InterruptedException {
    boolean done = false;
    try (BufferedReader said = program.inputReader(StandardCharsets.UTF_8)) {
      String line = said.readLine();
      for (int heard = 1; line != null && heard < lines; heard++) {
        done |= line.equals("done");
        line = said.readLine();
      }
      boolean unused = program.toHandle().destroyForcibly(); // and leave its output open
      for (; line != null; line = said.readLine()) {
        done |= line.equals("done");
      }
    }
    int unused = program.waitFor();
    return done;
  }

  /** Expects what all jobs that a program knows of should come to. */
  static void expectAll(Ledger ledger, Path directory) {
    accepted(directory).forEach((number, id) -> expect(ledger, number, id));
  }

  /** The jobs that programs know of. */
  static Map<Integer, JobId> accepted(Path directory) {
    Map<Integer, JobId> all = new TreeMap<>();
    lines(directory, ACCEPTED)
        .forEach(words -> all.put(Integer.parseInt(words[0]), JobId.parse(words[1])));
    return all;
  }

  /** The ends that programs were told of: number and state. */
  static List<String[]> ended(Path directory) {
    return lines(directory, ENDED);
  }

  private static List<String[]> lines(Path directory, String file) {
    try {
      Path path = directory.resolve(file);
      return Files.exists(path)
          ? Files.readAllLines(path).stream().map(line -> line.split(" ", -1)).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- the program

  private static void note(Path directory, String file, String line) {
    try {
      Files.writeString(directory.resolve(file), line + "\n", CREATE, APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    say(file + " " + line);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static int number(JobStatus status) {
    String name = status.name().orElseThrow();
    return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
  }

  /** Takes Slurm's configuration, a folder, the number of jobs and the length of their scripts. */
  public static void main(String[] args) {
    Path directory = Path.of(args[1]);
    SlurmBackend backend =
        ClusterCases.backend(Path.of(args[0]), directory, CommandRunner.local(), "records");
    JobStore store = JobStore.file(directory.resolve("store"));
    try (JobClient hpc = JobClient.builder(backend).store(store).build()) {
      hpc.onEvent(
          event -> {
            if (event instanceof JobEvent.StateChanged change
                && change.status().state().isEnded()
                && change.status().id().index().isEmpty()) {
              note(directory, ENDED, number(change.status()) + " " + change.status().state());
            }
          });
      Map<Integer, JobId> known = accepted(directory);
      List<Job> open = new ArrayList<>(hpc.resume());
      for (Job job : open) {
        accept(directory, known, number(job.status()), job);
      }
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        if (!known.containsKey(i)) {
          say("sends " + i);
          Job job = hpc.submit(request(i, Integer.parseInt(args[3]), directory, known));
          accept(directory, known, i, job);
          open.add(job);
        }
      }
      hpc.awaitAll(open);
    }
    say("done");
  }

  private static void accept(Path directory, Map<Integer, JobId> known, int number, Job job) {
    if (known.putIfAbsent(number, job.id()) == null) {
      note(directory, ACCEPTED, number + " " + job.id().text());
    }
  }
}
