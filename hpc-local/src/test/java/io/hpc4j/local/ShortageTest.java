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
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No room for processes or open files. */
@Timeout(120)
class ShortageTest {
  private static final String NOBODY = "65534";

  @TempDir Path folder;

  /**
   * Root is not bound by a limit on processes: as root, the program runs as another user, who may
   * use any file.
   */
  @Test
  void no_room_for_a_process_is_waited_for_and_then_a_failure_to_launch() throws Exception {
    assumeThat(isThere("prlimit")).as("prlimit").isTrue();
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      assumeThat(isThere("setpriv")).as("setpriv").isTrue();
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
      command.addAll(List.of("--inh-caps=+dac_override", "--ambient-caps=+dac_override"));
      command.addAll(List.of("--securebits=+no_setuid_fixup", "--"));
    }
    command.addAll(List.of(AnotherJvm.JAVA, "-Djava.io.tmpdir=" + folder));
    command.addAll(List.of("-cp", AnotherJvm.CLASS_PATH));
    command.addAll(List.of(Limited.class.getName(), folder.toString()));

    List<String> said = run(new ProcessBuilder(command));

    assumeThat(said).as("EXIT_SIGNAL").isNotEmpty();
    assertThat(said.get(0)).startsWith("LAUNCH_FAILURE").contains("no room for another process");
    assertThat(said).hasSize(2).last().isEqualTo("SUCCEEDED");
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
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
    List<String> said =
        run(
            new ProcessBuilder(
                AnotherJvm.JAVA,
                "-XX:-MaxFDLimit",
                "-Dhpc4j.launcher=" + launcher,
                "-cp",
                AnotherJvm.CLASS_PATH,
                Exhausting.class.getName(),
                folder.toString()));

    assertThat(said).hasSize(3).first().isEqualTo("Optional[SUCCESS] ");
    assertThat(said.get(1))
        .matches("Optional.SUCCESS. |Optional.LAUNCH_FAILURE. .*(?i)too many.*open.*");
    assertThat(said.get(2)).isEqualTo("Optional[SUCCESS] ");
  }

  private List<String> run(ProcessBuilder program) throws Exception {
    Process process = program.redirectError(folder.resolve("errors").toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("errors"))).isZero();
    return said.lines().toList();
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

  /** Runs a job while the launcher has no room for a process, and one that waits for that. */
  static final class Limited {
    private Limited() {}

    public static void main(String[] arguments) throws Exception {
      Path place = Path.of(arguments[0]);
      try (JobClient hpc = JobClient.on(LocalBackend.builder().workingDirectory(place).build())) {
        JobDefinition parent = JobDefinition.builder("p").script("echo $PPID").build();
        String helper = hpc.submit(parent).await().orThrow().logs().text().strip();
        if (hpc.capabilities().support(Capability.EXIT_SIGNAL) != Capabilities.Support.NATIVE) {
          return;
        }
        String before = limit(helper);
        limit(helper, "0");
        JobStatus never = hpc.submit(JobDefinition.command("true")).await().status();
        Job later = hpc.submit(JobDefinition.command("true"));
        while (later.status().state() != JobState.STARTING) {
          Thread.onSpinWait();
        }
        limit(helper, before);
        System.out.println(never.reason().orElseThrow() + " " + never.message());
        System.out.println(later.await().state());
      }
    }

    private static String limit(String pid) throws IOException {
      return Files.readAllLines(Path.of("/proc", pid, "limits")).stream()
          .filter(line -> line.startsWith("Max processes"))
          .map(line -> line.split(" +", -1)[2])
          .findFirst()
          .orElseThrow();
    }

    /** Sets the soft limit on the processes of its user that a process sees. */
    private static void limit(String pid, String processes) throws Exception {
      int code =
          new ProcessBuilder("prlimit", "--pid=" + pid, "--nproc=" + processes + ":")
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException("prlimit ended with " + code);
      }
    }
  }
}
