package io.hpc4j.batch;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.time.VirtualTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program with a store that submits numbered jobs and looks once where those before are. Killed
 * and started again, it goes on where it was. Its time stands still while it runs.
 */
final class LastingProgram {
  private static final String ACCEPTED = "accepted";

  private LastingProgram() {}

  static Path store(Path folder) {
    return folder.resolve("store");
  }

  /** Starts the program for this many jobs. */
  static Process start(URI endpoint, Path folder, int jobs, Instant now) throws IOException {
    String classPath =
        System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", "");
    return new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            LastingProgram.class.getName(),
            endpoint.toString(),
            folder.toString(),
            String.valueOf(jobs),
            now.toString())
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("errors").toFile()))
        .start();
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

  /** The jobs that programs know of. */
  static Map<Integer, JobId> accepted(Path folder) {
    Map<Integer, JobId> all = new TreeMap<>();
    try {
      Path file = folder.resolve(ACCEPTED);
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        String[] words = line.split(" ", -1);
        all.put(Integer.parseInt(words[0]), JobId.parse(words[1]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  // ---- the program

  /** Takes the endpoint's address, a folder, the number of jobs and the present instant. */
  public static void main(String[] args) {
    Path folder = Path.of(args[1]);
    BatchBackend backend =
        EndpointFixture.builder(
                EndpointFixture.client(URI.create(args[0]), c -> {}),
                VirtualTime.startingAt(args[3]))
            .build();
    JobClient hpc = JobClient.builder(backend).store(JobStore.file(store(folder))).build();
    Map<Integer, JobId> known = accepted(folder);
    List<Job> open = new ArrayList<>(hpc.resume());
    open.forEach(job -> accept(folder, known, job));
    Object unused = hpc.status(open); // and make further attempts
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      if (!known.containsKey(i)) {
        say("sends " + i);
        accept(folder, known, submit(hpc, Books.request(i, known)));
      }
    }
    say("done");
    hpc.close();
  }

  /** Submits until it is accepted: what is refused has certainly not been. */
  static Job submit(JobClient hpc, JobRequest request) {
    while (true) {
      try {
        return hpc.submit(request);
      } catch (BackendException e) {
        if (e.outcomeUnknown()) {
          throw e;
        }
      }
    }
  }

  private static void accept(Path folder, Map<Integer, JobId> known, Job job) {
    int number = Books.number(job.status().name().orElseThrow());
    if (known.putIfAbsent(number, job.id()) == null) {
      String line = number + " " + job.id().text();
      try {
        Files.writeString(folder.resolve(ACCEPTED), line + "\n", CREATE, APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      say(line);
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
