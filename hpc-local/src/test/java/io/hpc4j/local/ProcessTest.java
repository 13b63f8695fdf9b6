package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.UnsupportedFeatureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes: how they are started, what is measured of them, and that nothing of them stays.
 */
@Timeout(120)
class ProcessTest {
  @TempDir Path folder;
  private final List<JobClient> clients = new ArrayList<>();

  private JobClient open(UnaryOperator<LocalBackend.Builder> options) {
    LocalBackend.Builder builder =
        LocalBackend.builder()
            .workingDirectory(folder)
            .grace(Duration.ofMillis(400))
            .watchMemoryEvery(Duration.ofMillis(20))
            .queue(
                JobQueue.builder("normal")
                    .runsOn(ComputeEnvironment.fixed("node", 1, Capacity.cpus(4).memoryGiB(64)))
                    .build());
    JobClient client = JobClient.on(options.apply(builder).build());
    clients.add(client);
    return client;
  }

  private JobClient open() {
    return open(builder -> builder);
  }

  private JobClient exact() {
    JobClient client = open();
    assumeThat(client.capabilities().support(Capability.EXIT_SIGNAL))
        .as("EXIT_SIGNAL")
        .isEqualTo(Capabilities.Support.NATIVE);
    return client;
  }

  @AfterEach
  void nothing_is_left() {
    clients.forEach(JobClient::close);
    assertThat(withVariable("HPC4J_JOB_ID=")).isEmpty();
  }

  private static JobDefinition sh(String script) {
    return JobDefinition.builder("sh").script(script).build();
  }

  private List<ProcessHandle> withVariable(String text) {
    return JobProcesses.in(folder, text);
  }

  private Path waitFor(String file) {
    Path path = folder.resolve(file);
    while (Files.notExists(path)) {
      Thread.onSpinWait();
    }
    return path;
  }

  @Nested
  class Endings {
    @Test
    void an_exit_code_above_128_is_not_a_signal() {
      try (JobClient hpc = exact()) {
        JobStatus code = hpc.submit(sh("exit 137")).await().status();
        JobStatus signal = hpc.submit(sh("kill -9 $$")).await().status();

        assertThat(code.exit()).contains(Exit.code(137));
        assertThat(code.reason()).contains(Reason.NON_ZERO_EXIT);
        assertThat(signal.exit()).contains(Exit.signal(9));
        assertThat(signal.reason()).contains(Reason.SIGNALLED);
      }
    }

    @Test
    void what_a_job_leaves_in_the_background_is_ended_before_it_counts_as_ended() {
      JobClient hpc = open();

      Job job =
          hpc.submit(
              sh(
                  """
                  sleep 1000 &
                  setsid sleep 1000 &
                  setsid sh -c 'sleep 1000 & sleep 1000' &
                  """));

      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(withVariable("HPC4J_JOB_ID=" + job.id().token())).isEmpty();
    }

    @Test
    void what_ignores_to_be_asked_is_killed_after_the_grace() {
      JobClient hpc = open();

      Job job =
          hpc.submit(
              sh(
                  "setsid sh -c 'trap \"\" TERM; touch there; sleep 1000' &\n"
                      + "while ! test -e there; do sleep 0.01; done"));

      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(withVariable("HPC4J_JOB_ID=" + job.id().token())).isEmpty();
    }

    @Test
    void daemons_are_left_if_that_is_wished() {
      JobClient hpc = open(LocalBackend.Builder::leaveDaemons);
      Job job = hpc.submit(sh("setsid sleep 1000 & echo $!")).await();
      String tag = "HPC4J_JOB_ID=" + job.id().token();

      while (withVariable(tag).isEmpty()) {
        Thread.onSpinWait(); // it shows no environment while it calls exec
      }

      List<ProcessHandle> left = withVariable(tag);
      left.forEach(ProcessHandle::destroyForcibly);
      hpc.close();
    }

    @Test
    void a_cancelled_job_takes_along_what_has_left_its_session() {
      JobClient hpc = open();
      Job job =
          hpc.submit(sh("setsid sh -c 'setsid sleep 1000 & touch there; sleep 1000' & sleep 1000"));
      Path unused = waitFor("there");

      job.cancel("enough");

      assertThat(job.await().state()).isEqualTo(JobState.CANCELLED);
      assertThat(withVariable("HPC4J_JOB_ID=" + job.id().token())).isEmpty();
    }
  }

  @Nested
  class Measured {
    @Test
    void processor_time_of_all_that_a_job_waited_for() {
      try (JobClient hpc = exact()) {
        Job job =
            hpc.submit(sh("sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'")).await();

        Attempt attempt = job.attempts().get(0);

        assertThat(attempt.usage().cpuTime().orElseThrow()).isGreaterThan(Duration.ofMillis(50));
        assertThat(attempt.usage().elapsed()).isPresent();
        assertThat(job.usage().cpuTime()).isEqualTo(attempt.usage().cpuTime());
      }
    }

    @Test
    void peak_memory_of_the_whole_tree() {
      JobClient hpc = open(LocalBackend.Builder::onlyWatchMemory);
      Job job = hpc.submit(holding(60, "touch full; while ! test -e go; do sleep 0.01; done"));
      Path unused = waitFor("full");

      while (job.attempts().get(0).usage().peakMemory().isEmpty()
          || job.attempts().get(0).usage().peakMemory().get().bytes() < 60 << 20) {
        Thread.onSpinWait();
      }
      createFile("go");

      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.usage().peakMemory().orElseThrow())
          .isBetween(Memory.ofMiB(60), Memory.ofMiB(300));
    }

    @Test
    void more_memory_than_requested_ends_a_job_that_would_exit_0() {
      JobClient hpc = open(LocalBackend.Builder::onlyWatchMemory);
      JobDefinition greedy =
          holding(80, "trap 'exit 0' TERM; sleep 1000 & wait").toBuilder()
              .resources(Resources.cpus(1).memory(Memory.ofMiB(40)))
              .build();

      JobStatus status = hpc.submit(greedy).await().status();

      assertThat(status.state()).isEqualTo(JobState.FAILED);
      assertThat(status.reason()).contains(Reason.OUT_OF_MEMORY);
      assertThat(status.message()).contains("40 MiB");
      assertThat(hpc.capabilities().support(Capability.MEMORY_LIMIT))
          .isEqualTo(Capabilities.Support.EMULATED);
    }

    /** A shell that holds some MiB in a variable of a child. */
    private JobDefinition holding(int mebibytes, String then) {
      return sh(
          "sh -c 'x=$(head -c "
              + mebibytes
              + "m /dev/zero | tr \"\\0\" x); "
              + then.replace("'", "'\\''")
              + "'");
    }

    private void createFile(String name) {
      try {
        Path unused = Files.createFile(folder.resolve(name));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  @Nested
  class Bound {
    private static final String CPUS = "grep Cpus_allowed_list /proc/self/status | cut -f 2";

    private int cpus(String list) {
      return Stream.of(list.strip().split(","))
          .map(part -> part.split("-"))
          .mapToInt(ends -> Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1)
          .sum();
    }

    /** Starts a job that tells its cpus and waits. */
    private String start(JobClient hpc, int cpus) {
      JobDefinition tells =
          sh(CPUS + " > new-$HPC4J_JOB_ID; mv new-$HPC4J_JOB_ID $HPC4J_JOB_ID; sleep 1000")
              .toBuilder()
              .resources(Resources.cpus(cpus))
              .build();
      Job job = hpc.submit(tells);
      try {
        return Files.readString(waitFor(job.id().token())).strip();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    @Test
    void attempts_run_on_cpus_of_their_own_while_there_are_enough() throws IOException {
      JobClient hpc = open(LocalBackend.Builder::bindCpus);
      assumeThat(hpc.capabilities().support(Capability.EXIT_SIGNAL))
          .as("EXIT_SIGNAL")
          .isEqualTo(Capabilities.Support.NATIVE);
      int here = Runtime.getRuntime().availableProcessors();
      assumeThat(here).as("cpus").isEqualTo(2);

      String first = start(hpc, 1);
      String second = start(hpc, 1);
      String excess = start(hpc, 2);

      assertThat(cpus(first)).isEqualTo(1);
      assertThat(cpus(second)).isEqualTo(1);
      assertThat(second).isNotEqualTo(first);
      assertThat(cpus(excess)).isEqualTo(here);
    }

    @Test
    void a_cpu_is_free_again_when_its_attempt_has_ended() {
      JobClient hpc = open(LocalBackend.Builder::bindCpus);
      JobDefinition tells = sh(CPUS);

      String first = hpc.submit(tells).await().orThrow().logs().text();
      String second = hpc.submit(tells).await().orThrow().logs().text();

      assertThat(cpus(first)).isEqualTo(1);
      assertThat(second).isEqualTo(first);
    }

    @Test
    void plain_java_cannot_and_refuses() {
      System.setProperty("hpc4j.launcher", "processbuilder");
      try {
        JobClient hpc = open(LocalBackend.Builder::bindCpus);

        assertThatThrownBy(() -> hpc.submit(sh("true")))
            .isInstanceOf(UnsupportedFeatureException.class)
            .hasMessageContaining("bindCpus");
      } finally {
        System.clearProperty("hpc4j.launcher");
      }
    }
  }

  @Nested
  class Output {
    private Job run(String script) {
      JobClient hpc = open(builder -> builder.maxOutput(Memory.ofMiB(1)));
      return hpc.submit(
          JobDefinition.builder("talks")
              .script(script)
              .stdout("%j.out")
              .stderr("%j.err")
              .retry(RetryPolicy.attempts(3))
              .build());
    }

    @Test
    void more_of_it_than_allowed_ends_a_job_for_good() {
      Job job = run("yes >&2").await();

      assertThat(job.state()).isEqualTo(JobState.CANCELLED);
      assertThat(job.status().message()).contains("1 MiB").contains(".err");
      assertThat(job.attempts()).hasSize(1);
    }

    @Test
    void what_a_job_writes_to_files_of_its_own_is_its_own_affair() throws IOException {
      Job job =
          run("head -c 3m /dev/zero > data; touch there; while ! test -e go; do sleep 0.01; done");
      Path unused = waitFor("there");
      while (job.attempts().get(0).usage().peakMemory().isEmpty()) {
        Thread.onSpinWait(); // until it was looked at
      }
      unused = Files.createFile(folder.resolve("go"));
      job.await();

      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Nested
  class NotStarted {
    private void assertNotStarted(JobDefinition definition, String why) {
      JobClient hpc = open();

      JobStatus status = hpc.submit(definition).await().status();

      assertThat(status.reason()).contains(Reason.LAUNCH_FAILURE);
      assertThat(status.message()).contains(why);
      assertThat(status.exit()).isEmpty();
      assertThat(status.startedAt()).isEmpty();
      assertThat(hpc.submit(sh("true")).await().state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void a_program_that_is_not_there() {
      assertNotStarted(JobDefinition.command("./missing"), "there is no such program");
    }

    @Test
    void a_directory() {
      assertNotStarted(JobDefinition.command("/tmp"), "is a directory");
    }

    @Test
    void a_file_that_is_not_executable() throws IOException {
      Path unused = Files.writeString(folder.resolve("data"), "#!/bin/sh\n");
      assertNotStarted(JobDefinition.command("./data"), "is not executable");
    }

    @Test
    void a_program_for_another_machine() throws IOException {
      byte[] program = Files.readAllBytes(Path.of("/bin/true"));
      program[18] = (byte) 0xf3; // RISC-V, by its ELF header
      Path file = Files.write(folder.resolve("alien"), program);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      exact();

      assertNotStarted(JobDefinition.command("./alien"), "not a program for this machine");
    }

    @Test
    void a_script_without_a_first_line_runs_as_shells_do() throws IOException {
      Path file = Files.writeString(folder.resolve("plain"), "echo hello from $0 $1\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));

      Job job = open().submit(JobDefinition.command("./plain", "you")).await();

      assertThat(job.logs().text()).contains("hello from").contains("you");
    }

    /** The folder is there when the job is submitted, and gone when it is started. */
    private void assertNotStartedWithout(
        String vanished, UnaryOperator<JobDefinition.Builder> using, String why)
        throws IOException {
      Path place = Files.createDirectory(folder.resolve(vanished));
      JobDefinition late = using.apply(JobDefinition.builder("late").command("true")).build();
      Job job = open().submit(late, r -> r.hold());
      Files.delete(place);
      job.release();

      assertThat(job.await().status().reason()).contains(Reason.LAUNCH_FAILURE);
      assertThat(job.status().message()).contains(why);
    }

    @Test
    void one_whose_working_directory_has_vanished() throws IOException {
      assertNotStartedWithout(
          "place", job -> job.workingDirectory("place"), "working directory does not exist");
    }

    @Test
    void one_whose_output_folder_has_vanished() throws IOException {
      assertNotStartedWithout("out", job -> job.stdout("out/%j"), "folder of its output");
    }

    @Test
    void one_whose_output_folder_has_become_read_only() throws IOException {
      try (SmallDisk disk = SmallDisk.at(folder.resolve("disk"))) {
        JobClient hpc = open();
        JobDefinition late =
            JobDefinition.builder("late").command("true").stdout(disk.folder() + "/%j").build();
        Job job = hpc.submit(late, r -> r.hold());
        disk.makeReadOnly();
        job.release();

        assertThat(job.await().status().reason()).contains(Reason.LAUNCH_FAILURE);
        assertThat(job.status().message()).containsIgnoringCase("read-only");
      }
    }

    @Test
    void one_whose_arguments_are_too_long() {
      assertNotStarted(JobDefinition.command("true", "x".repeat(200_000)), "too long");
    }
  }

  @Nested
  class NotStartedByPlainJava extends NotStarted {
    @BeforeEach
    void withoutTheHelper() {
      System.setProperty("hpc4j.launcher", "processbuilder");
    }

    @AfterEach
    void asBefore() {
      System.clearProperty("hpc4j.launcher");
    }
  }

  @Nested
  class OnAFullDisk {
    /** The program is told so, and what it makes of that is how its job ends. */
    @Test
    void a_program_that_cannot_write_its_output_fails_by_itself_and_others_go_on()
        throws Exception {
      try (SmallDisk disk = SmallDisk.at(folder.resolve("disk"))) {
        Path filler = disk.fill();
        JobDefinition writes =
            JobDefinition.builder("writes")
                .script("dd if=/dev/zero bs=65536 count=4 || exit 3")
                .stdout(disk.folder() + "/%j.out")
                .stderr("/dev/null")
                .build();
        try (JobClient hpc = open()) {
          JobStatus full = hpc.submit(writes).await().status();
          JobStatus elsewhere = hpc.submit(sh("echo here")).await().status();
          Files.delete(filler);
          Job again = hpc.submit(writes);

          assertThat(full.exit()).contains(Exit.code(3));
          assertThat(elsewhere.state()).isEqualTo(JobState.SUCCEEDED);
          assertThat(again.await().state()).isEqualTo(JobState.SUCCEEDED);
          assertThat(Path.of(again.logs().entries().get(0).location())).hasSize(4 * 65536L);
        }
      }
    }
  }

  @Nested
  class Verbatim {
    @Test
    void arguments_and_environment_arrive_byte_for_byte() {
      String large = "ä'\"$(id)`id`\\ \n-x".repeat(5000);
      String hostile = "a\"b'c$(touch pwned)`touch pwned`;&|<>*?[x]{y}~!#%\n\té𝄞 ";
      JobClient hpc = open();
      JobDefinition show =
          JobDefinition.builder("show")
              .command("printf", "%s\\037", "", "-n", "--help", hostile, large)
              .environment("HOSTILE", hostile)
              .environment("EMPTY", "")
              .build();
      JobDefinition environment =
          JobDefinition.builder("environment")
              .script("printf '%s\\037%s' \"$HOSTILE\" \"$EMPTY\"")
              .environment("HOSTILE", hostile)
              .environment("EMPTY", "")
              .build();

      String shown = hpc.submit(show).await().orThrow().logs().text();

      assertThat(shown).isEqualTo(String.join("\037", "", "-n", "--help", hostile, large, ""));
      assertThat(hpc.submit(environment).await().orThrow().logs().text())
          .isEqualTo(hostile + "\037");
      assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void output_to_nowhere_stays_there() throws IOException {
      JobClient hpc = open();
      JobDefinition quiet =
          JobDefinition.builder("quiet").command("echo", "hush").stdout("/dev/null").build();

      assertThat(hpc.submit(quiet, r -> r.array(3)).await().state()).isEqualTo(JobState.SUCCEEDED);

      assertThat(Path.of("/dev/null_0")).doesNotExist();
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Nested
  class VerbatimByPlainJava extends Verbatim {
    @BeforeEach
    void withoutTheHelper() {
      System.setProperty("hpc4j.launcher", "processbuilder");
    }

    @AfterEach
    void asBefore() {
      System.clearProperty("hpc4j.launcher");
    }
  }

  @Nested
  class WithoutTheHelper {
    @Test
    void java_starts_processes_and_the_capabilities_say_what_is_lost() {
      System.setProperty("hpc4j.launcher", "processbuilder");
      try {
        JobClient hpc = open();

        JobStatus status = hpc.submit(sh("setsid sleep 1000 & exit 137")).await().status();

        assertThat(status.exit().orElseThrow().isAmbiguous()).isTrue();
        assertThat(hpc.capabilities().support(Capability.EXIT_SIGNAL))
            .isEqualTo(Capabilities.Support.EMULATED);
        assertThat(withVariable("HPC4J_JOB_ID=")).isEmpty();
      } finally {
        System.clearProperty("hpc4j.launcher");
      }
    }
  }

  @Nested
  class TheHelperIsKilled {
    private final int kills = Integer.getInteger("hpc4j.helperKills", 3);

    private List<ProcessHandle> helpers() {
      return ProcessHandle.current()
          .children()
          .filter(child -> cmdline(child.pid()).contains("Starts processes for hpc4j"))
          .toList();
    }

    private static String cmdline(long pid) {
      try {
        return Files.readString(
            Path.of("/proc", String.valueOf(pid), "cmdline"), StandardCharsets.ISO_8859_1);
      } catch (IOException e) {
        return "";
      }
    }

    @Test
    void what_it_ran_ends_as_lost_with_its_node_and_the_next_job_runs() {
      JobClient hpc = exact();
      Job job = hpc.submit(sh("touch there; setsid sleep 1000 & sleep 1000"));
      Path unused = waitFor("there");

      helpers().forEach(ProcessHandle::destroyForcibly);

      assertThat(job.await().status().reason()).contains(Reason.NODE_FAILURE);
      assertThat(withVariable("HPC4J_JOB_ID=" + job.id().token())).isEmpty();
      assertThat(hpc.submit(sh("true")).await().state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    @Timeout(1200)
    void again_and_again_and_every_element_of_an_array_ends_once() throws IOException {
      JobClient hpc = exact();
      Random random = new Random(3);
      JobDefinition work =
          JobDefinition.builder("work")
              .script("echo $HPC4J_ARRAY_INDEX > result-$HPC4J_ARRAY_INDEX")
              .stdout("/dev/null")
              .retry(RetryPolicy.attempts(10).retryOn(Reason.NODE_FAILURE))
              .build();
      int killed = 0;
      while (killed < kills) {
        Job array = hpc.submit(work, r -> r.array(1000));
        int wait = 0;
        while (killed < kills && !array.status().state().isFinal()) {
          int ended = array.status().counts().getOrDefault(JobState.SUCCEEDED, 0);
          if (ended >= wait) {
            wait = ended + 20 + random.nextInt(60);
            killed += (int) helpers().stream().filter(ProcessHandle::destroyForcibly).count();
          }
        }
        assertThat(array.await().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(array.status().counts()).containsEntry(JobState.SUCCEEDED, 1000);
        for (int i = 0; i < 1000; i++) {
          assertThat(folder.resolve("result-" + i)).hasContent(i + "\n");
          Files.delete(folder.resolve("result-" + i));
        }
      }
    }
  }
}
