package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program with a store is killed by SIGKILL, at any moment, and started again. */
class KilledProgramTest {
  private static final int ELEMENTS = 12;

  @TempDir Path folder;
  private final int kills = Integer.getInteger("hpc4j.kills", 3);

  @Test
  @Timeout(3600)
  void every_acknowledged_job_ends_once_with_the_right_result_and_leaves_nothing()
      throws Exception {
    killAgainAndAgain(LocalBackend.OnClientDeath.KILL);
  }

  /** Here there is one attempt only: none may be lost. */
  @Test
  @Timeout(3600)
  void kept_processes_go_on_and_are_taken_over() throws Exception {
    killAgainAndAgain(LocalBackend.OnClientDeath.KEEP);
  }

  @Test
  void without_a_store_nothing_is_left_behind_either() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Process program =
        new ProcessBuilder(
                AnotherJvm.JAVA,
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                AnotherJvm.CLASS_PATH,
                Endless.class.getName(),
                folder.toString())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    while (Files.notExists(folder.resolve("runs"))) {
      assertThat(program.isAlive()).isTrue();
    }
    Optional<Path> cgroup = JobCgroup.saidIn(folder.resolve("cgroup"));

    boolean unused = program.toHandle().destroyForcibly();

    program.waitFor();
    while (!processesOfJobs().isEmpty() || !isEmpty(temporary)) {
      Thread.onSpinWait(); // the helper ends them; the test's timeout is the limit
    }
    while (cgroup.map(Path::getParent).filter(Files::exists).isPresent()) {
      Thread.onSpinWait();
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  private void killAgainAndAgain(LocalBackend.OnClientDeath onDeath) throws Exception {
    Random random = new Random(7);
    Set<String> acknowledged = new TreeSet<>();
    int killed = 0;
    for (int series = 0; killed < kills; series++) {
      Path place = Files.createDirectories(folder.resolve("series" + series));
      boolean done = false;
      int times = 0;
      acknowledged.clear();
      while (!done) {
        Process program = start(place, onDeath);
        try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
          int last = killed < kills && times < 9 ? random.nextInt(30) : Integer.MAX_VALUE;
          String line = lines.readLine();
          for (int heard = 0; line != null && heard < last; heard++) {
            done |= hear(line, acknowledged);
            line = lines.readLine();
          }
          if (line != null) {
            done |= hear(line, acknowledged);
          }
          if (!done) {
            boolean unused = program.toHandle().destroyForcibly(); // and leave its output open
            killed++;
            times++;
          }
          for (line = lines.readLine(); line != null; line = lines.readLine()) {
            done |= hear(line, acknowledged);
          }
        }
        int code = program.waitFor();
        assertThat(code).as(Files.readString(place.resolve("errors"))).isIn(0, 137);
      }
      check(place, onDeath, acknowledged);
    }
    assertThat(processesOfJobs()).isEmpty();
  }

  private static boolean hear(String line, Set<String> acknowledged) {
    if (line.startsWith("accepted ")) {
      acknowledged.add(line.substring(9));
    }
    return line.equals("done");
  }

  private static void check(
      Path place, LocalBackend.OnClientDeath onDeath, Set<String> acknowledged) throws IOException {
    try (JobClient hpc = JobClient.on(Program.backend(place, onDeath))) {
      List<JobStatus> jobs = hpc.list(JobFilter.all());
      assertThat(jobs.stream().map(job -> job.id().token()).toList()).containsAll(acknowledged);
      for (JobStatus job : jobs) {
        assertThat(job.state().name()).as("%s", job).isEqualTo("SUCCEEDED");
        for (int i = 0; i < (job.counts().isEmpty() ? 1 : ELEMENTS); i++) {
          assertThat(place.resolve("result-" + job.id().token() + "-" + i))
              .hasContent("result of " + i + "\n");
        }
      }
    }
    try (Stream<Path> files = Files.list(place)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("twice"));
    }
  }

  private static Process start(Path place, LocalBackend.OnClientDeath onDeath) throws IOException {
    return new ProcessBuilder(
            AnotherJvm.JAVA,
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            AnotherJvm.CLASS_PATH,
            Program.class.getName(),
            place.toString(),
            onDeath.name())
        .redirectError(place.resolve("errors").toFile())
        .start();
  }

  private List<String> processesOfJobs() {
    return JobProcesses.in(folder, "HPC4J_JOB_ID=").stream()
        .map(process -> process.pid() + " " + process.info().commandLine().orElse(""))
        .toList();
  }

  /** Runs a job that does not end by itself, in several sessions. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] arguments) {
      Path place = Path.of(arguments[0]);
      JobClient hpc = JobClient.on(LocalBackend.builder().workingDirectory(place).build());
      Job unused =
          hpc.submit(
                  JobDefinition.builder("endless")
                      .script(
                          """
                          setsid sleep 1000 &
                          sleep 1000 &
                          cp /proc/self/cgroup cgroup
                          touch runs
                          sleep 1000
                          """)
                      .build())
              .await();
    }
  }

  /** Submits jobs unless the store has them already, and waits for all. */
  static final class Program {
    private Program() {}

    static LocalBackend backend(Path place, LocalBackend.OnClientDeath onDeath) {
      return LocalBackend.builder()
          .store(place.resolve("store"))
          .workingDirectory(place)
          .onClose(LocalBackend.OnClose.LEAVE)
          .onClientDeath(onDeath)
          .queue(
              JobQueue.builder("normal")
                  .runsOn(ComputeEnvironment.fixed("node", 1, Capacity.cpus(3)))
                  .build())
          .build();
    }

    /** Notes if another of its kind runs; writes its result in two steps. */
    private static JobDefinition work(String name, LocalBackend.OnClientDeath onDeath) {
      return JobDefinition.builder(name)
          .script(
              """
              i=${HPC4J_ARRAY_INDEX:-0}
              mkdir running-$HPC4J_JOB_ID-$i-$HPC4J_ATTEMPT || touch twice-$HPC4J_JOB_ID-$i
              printf 'result of ' > result-$HPC4J_JOB_ID-$i
              sleep 0.0$((2 + i % 5))
              echo $i >> result-$HPC4J_JOB_ID-$i
              """)
          .stdout("/dev/null")
          .retry(
              onDeath == LocalBackend.OnClientDeath.KEEP
                  ? RetryPolicy.attempts(1)
                  : RetryPolicy.attempts(10).retryOn(Reason.NODE_FAILURE))
          .build();
    }

    public static void main(String[] arguments) {
      Path place = Path.of(arguments[0]);
      LocalBackend.OnClientDeath onDeath = LocalBackend.OnClientDeath.valueOf(arguments[1]);
      try (JobClient hpc = JobClient.on(backend(place, onDeath))) {
        Path submitted = place.resolve("submitted");
        if (Files.notExists(submitted)) {
          Job mesh = tell(hpc.submit(work("mesh", onDeath), r -> r.array(ELEMENTS)));
          Job solve =
              tell(hpc.submit(work("solve", onDeath), r -> r.array(ELEMENTS).afterEach(mesh)));
          tell(hpc.submit(work("merge", onDeath), r -> r.after(solve)));
          Files.createFile(submitted);
        }
        for (JobStatus status : hpc.list(JobFilter.all())) {
          Job job = hpc.job(status.id());
          while (!job.await(Duration.ofMillis(5)).state().isFinal()) {
            say("waiting");
          }
          say("ended " + job.id());
        }
        say("done");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Job tell(Job job) {
      say("accepted " + job.id().token());
      return job;
    }

    private static void say(String line) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
