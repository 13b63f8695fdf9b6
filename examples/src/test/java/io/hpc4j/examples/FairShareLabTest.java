package io.hpc4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FairShareLabTest {
  private static final Pattern ROW =
      Pattern.compile("(climate|genomics) +[13]\\.0 +([\\d.]+) % +[\\d.]+ +([\\d.]+) %");

  @TempDir Path folder;

  @Test
  void groups_get_what_they_are_entitled_to_though_a_node_fails() throws IOException {
    Path drawing = folder.resolve("fair-share.svg");

    String output = Output.of(FairShareLab::main, drawing.toString());

    Matcher row = ROW.matcher(output);
    int rows = 0;
    while (row.find()) {
      assertThat(Double.parseDouble(row.group(3)))
          .isCloseTo(Double.parseDouble(row.group(2)), Percentage.withPercentage(2));
      rows++;
    }
    assertThat(rows).isEqualTo(2);
    assertThat(Files.readString(drawing)).startsWith("<svg").contains("node-3 fails");
  }
}
