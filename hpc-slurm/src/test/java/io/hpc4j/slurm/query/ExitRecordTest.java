package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Exit;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitRecordTest {
  private static final String LINE = "v1 27 2 ran 137 1795578707 1795578708\n";

  @Test
  void a_whole_line_is_read() {
    ExitRecord read = ExitRecord.parse(LINE).orElseThrow();

    assertThat(read)
        .isEqualTo(
            new ExitRecord(
                "27",
                2,
                ExitRecord.What.RAN,
                137,
                Instant.ofEpochSecond(1795578707),
                Instant.ofEpochSecond(1795578708)));
    assertThat(read.exit()).isEqualTo(Exit.fromShell(137));
  }

  @Test
  void a_line_that_is_still_written_is_none() {
    for (int length = 0; length < LINE.length(); length++) {
      assertThat(ExitRecord.parse(LINE.substring(0, length))).isEmpty();
    }
  }

  @Test
  void anything_else_is_none() {
    for (String text :
        List.of(
            LINE + LINE,
            LINE + "x",
            " " + LINE,
            LINE.replace("v1", "v2"),
            LINE.replace("ran", "Ran"),
            LINE.replace("137", "256"),
            LINE.replace("137", "-1"),
            LINE.replace(" 2 ", "  "),
            LINE.replace("\n", "\r\n"),
            "\0".repeat(40))) {
      assertThat(ExitRecord.parse(text)).as(text).isEmpty();
    }
  }
}
