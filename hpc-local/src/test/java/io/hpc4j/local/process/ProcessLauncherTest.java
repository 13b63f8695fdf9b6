package io.hpc4j.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Exit;
import io.hpc4j.model.Memory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLauncherTest {
  @TempDir Path folder;

  @Test
  void the_end_of_a_process_is_told_though_what_it_has_left_cannot_be_looked_for() {
    CompletableFuture<ProcessEnd> ended = new CompletableFuture<>();
    Forks broken =
        new Forks() {
          @Override
          boolean wasAlone(long pid) {
            throw new IllegalStateException("on purpose");
          }
        };
    ProcessLauncher launcher = new ProcessLauncher(Duration.ofSeconds(1), broken);

    RunningProcess unused = launcher.start(spec(), listener(ended));

    assertThat(ended.orTimeout(30, TimeUnit.SECONDS).join())
        .isEqualTo(ProcessEnd.ended(Exit.code(0), Optional.empty()));
    launcher.close();
  }

  private ProcessSpec spec() {
    return new ProcessSpec(
        "p",
        List.of("/bin/true"),
        Map.of(),
        folder,
        Optional.empty(),
        folder.resolve("out"),
        Optional.empty(),
        false,
        new Limits("p", Memory.ofMiB(1), List.of()));
  }

  private static ProcessListener listener(CompletableFuture<ProcessEnd> ended) {
    return new ProcessListener() {
      @Override
      public void started(long pid, boolean held) {}

      @Override
      public void ended(ProcessEnd end) {
        ended.complete(end);
      }
    };
  }
}
