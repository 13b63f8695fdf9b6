package io.hpc4j.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.hpc4j.model.Variables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StraysTest {
  private static final String TAG = Variables.JOB_ID + "=strays-test";

  private final Set<Object> strangers = new HashSet<>();
  private final Strays strays = new Strays(List.of(TAG), strangers);

  @Test
  void processes_of_no_job_are_looked_at_once_and_forgotten_when_they_are_gone()
      throws IOException {
    assumeThat(Path.of("/proc/self")).isDirectory();
    strangers.add("one that is gone");

    assertThat(strays.find()).isEmpty();

    assertThat(strangers)
        .contains(identity(ProcessHandle.current().pid()))
        .doesNotContain("one that is gone");
  }

  @Test
  void a_process_with_the_tag_is_found_and_never_taken_for_a_stranger() throws Exception {
    assumeThat(Path.of("/proc/self")).isDirectory();
    ProcessBuilder sleep = new ProcessBuilder("sleep", "1000");
    sleep.environment().put(Variables.JOB_ID, "strays-test");
    Process process = sleep.start();

    try {
      assertThat(strays.find()).containsExactly(process.toHandle());
      assertThat(strangers).doesNotContain(identity(process.pid()));
      assertThat(strays.find()).containsExactly(process.toHandle());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Object identity(long pid) throws IOException {
    Path folder = Path.of("/proc", String.valueOf(pid));
    return Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
  }
}
