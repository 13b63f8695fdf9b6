package io.hpc4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwfReplayTest {
  private static final String TRACE =
      """
      ; MaxProcs: 4
      1 0 -1 10 3 -1 -1 3 20 -1 1 1 1 -1 -1 -1 -1 -1
      2 1 -1  5 4 -1 -1 4  5 -1 1 1 1 -1 -1 -1 -1 -1
      3 2 -1  8 1 -1 -1 1 18 -1 1 1 1 -1 -1 -1 -1 -1
      4 3 -1  0 1 -1 -1 1 18 -1 0 1 1 -1 -1 -1 -1 -1
      """;

  @TempDir Path folder;

  @Test
  void prints_one_line_of_json_with_the_figures() throws IOException {
    Path trace = Files.writeString(folder.resolve("tiny.swf"), TRACE);
    Path starts = folder.resolve("starts.txt");

    String fcfs = Output.of(SwfReplay::main, trace.toString(), "4", "fcfs");
    String easy =
        Output.of(SwfReplay::main, trace.toString(), "4", "easy", "--starts", starts.toString());

    assertThat(fcfs).contains("\"jobs\": 3, \"meanWaitSeconds\": 7.333, \"maxWaitSeconds\": 13");
    assertThat(easy)
        .startsWith("{\"policy\": \"easy\", \"jobs\": 3, \"meanWaitSeconds\": 3.000,")
        .containsPattern("\"startsHash\": \"[0-9a-f]{16}\"")
        .endsWith("}\n");
    assertThat(Files.readAllLines(starts)).containsExactly("0", "10", "2");
  }

  @Test
  void copies_follow_one_another() throws IOException {
    Path trace = Files.writeString(folder.resolve("tiny.swf"), TRACE);

    String twice = Output.of(SwfReplay::main, trace.toString(), "4", "fcfs", "--copies", "2");

    assertThat(twice).contains("\"jobs\": 6");
  }
}
