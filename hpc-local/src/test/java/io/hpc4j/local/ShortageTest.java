package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No room for processes or open files. */
@Timeout(120)
class ShortageTest {
  @TempDir Path folder;

  /** A cgroup of this test that one process is in. */
  private static final class Pids implements AutoCloseable {
    private final Path home;
    private final Path group;
    private final long pid;

    Pids(long pid) throws IOException {
      this.pid = pid;
      home =
          Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
              .map(line -> line.split(":", 3))
              .filter(parts -> parts[1].equals("pids"))
              .map(parts -> Path.of("/sys/fs/cgroup/pids", parts[2]))
              .findFirst()
              .orElse(Path.of("/sys/fs/cgroup/pids"));
      assumeThat(Files.isWritable(home)).as("a pids controller of version 1").isTrue();
      group = Files.createDirectory(home.resolve("hpc4j-test-" + pid));
      Path unused = Files.writeString(group.resolve("cgroup.procs"), String.valueOf(pid));
    }

    void limit(String processes) throws IOException {
      Path unused = Files.writeString(group.resolve("pids.max"), processes);
    }

    @Override
    public void close() throws IOException {
      Path unused = Files.writeString(home.resolve("cgroup.procs"), String.valueOf(pid));
      Files.delete(group);
    }
  }

  @Test
  void no_room_for_a_process_is_waited_for_and_then_a_failure_to_launch() throws IOException {
    try (JobClient hpc = JobClient.on(LocalBackend.builder().workingDirectory(folder).build())) {
      assumeThat(hpc.capabilities().support(Capability.EXIT_SIGNAL))
          .as("EXIT_SIGNAL")
          .isEqualTo(Capabilities.Support.NATIVE);
      JobDefinition parent = JobDefinition.builder("p").script("echo $PPID").build();
      long helper = Long.parseLong(hpc.submit(parent).await().orThrow().logs().text().strip());
      try (Pids pids = new Pids(helper)) {
        pids.limit("1");
        JobStatus never = hpc.submit(JobDefinition.command("true")).await().status();
        Job later = hpc.submit(JobDefinition.command("true"));
        while (later.status().state() != JobState.STARTING) {
          Thread.onSpinWait();
        }
        pids.limit("max");

        assertThat(never.reason()).contains(Reason.LAUNCH_FAILURE);
        assertThat(never.message()).contains("no room for another process");
        assertThat(later.await().state()).isEqualTo(JobState.SUCCEEDED);
      }
    }
  }

  @Test
  void a_program_without_free_files_goes_on_when_it_has_some_again() throws Exception {
    exhaust("");
  }

  @Test
  void plain_java_without_free_files_goes_on_when_it_has_some_again() throws Exception {
    exhaust("processbuilder");
  }

  private void exhaust(String launcher) throws Exception {
    Process program =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:-MaxFDLimit",
                "-Dhpc4j.launcher=" + launcher,
                "-cp",
                System.getProperty("java.class.path")
                    + ":"
                    + System.getProperty("jdk.module.path", ""),
                Exhausting.class.getName(),
                folder.toString())
            .redirectError(folder.resolve("errors").toFile())
            .start();

    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(program.waitFor()).as(Files.readString(folder.resolve("errors"))).isZero();
    assertThat(said.lines()).hasSize(3).first().isEqualTo("Optional[SUCCESS] ");
    assertThat(said.lines().skip(1).findFirst().orElseThrow())
        .matches("Optional.SUCCESS. |Optional.LAUNCH_FAILURE. .*(?i)too many.*open.*");
    assertThat(said.lines().skip(2)).containsExactly("Optional[SUCCESS] ");
  }

  /**
   * Runs a job with files to spare, without, and with. Another fails before, because no class can
   * be loaded from a folder later.
   */
  static final class Exhausting {
    private Exhausting() {}

    public static void main(String[] arguments) throws IOException {
      Path place = Path.of(arguments[0]);
      try (JobClient hpc = JobClient.on(LocalBackend.builder().workingDirectory(place).build())) {
        run(hpc);
        JobStatus unused = hpc.submit(JobDefinition.command("./missing")).await().status();
        List<InputStream> open = new ArrayList<>();
        try {
          while (true) {
            open.add(new FileInputStream("/dev/null"));
          }
        } catch (IOException e) {
          run(hpc);
        }
        for (InputStream file : open) {
          file.close();
        }
        run(hpc);
      }
    }

    private static void run(JobClient hpc) {
      JobStatus status = hpc.submit(JobDefinition.command("true")).await().status();
      System.out.println(status.reason() + " " + status.message());
    }
  }
}
