package io.hpc4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelloClusterTest {
  @Test
  void each_element_leaves_a_file_and_the_last_line_counts_them(@TempDir Path folder)
      throws IOException {
    String output = Output.of(HelloCluster::main, "--sleep", "0", "--output", folder.toString());

    assertThat(output).endsWith("\n65 succeeded, 0 failed\n");
    assertThat(output).contains("hello*    up       10 idle  node-[1-10]");
    assertThat(linesOfElements(folder))
        .hasSize(65)
        .allMatch(line -> line.matches("Hello World from \\S+, node-\\d+"));
  }

  private static List<String> linesOfElements(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(folder);
        DirectoryStream<Path> files =
            Files.newDirectoryStream(runs.iterator().next(), "hello_*.out")) {
      for (Path file : files) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  @Test
  void sleep_is_a_second_unless_it_is_said() {
    assertThat(HelloOptions.parse().sleep()).isEqualTo(Duration.ofSeconds(1));
    assertThat(HelloOptions.parse("--sleep", "30").sleep()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void unknown_and_incomplete_options_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HelloOptions.parse("--slep", "1"))
        .withMessage("there is no option --slep");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HelloOptions.parse("--backend", "pbs"))
        .withMessage("--backend is local, slurm or batch, not pbs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HelloOptions.parse("--sleep"))
        .withMessage("--sleep needs a value");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HelloOptions.parse("--sleep", "-1"))
        .withMessageContaining("not -1");
  }
}
