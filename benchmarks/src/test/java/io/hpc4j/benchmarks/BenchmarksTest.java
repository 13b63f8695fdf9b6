package io.hpc4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {
  @Test
  void every_suite_runs_to_its_table(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("benchmarks.md");

    Benchmarks.main("--quick", "--rounds", "1", "--count", "20", "--write", file.toString());

    assertThat(Files.readString(file))
        .contains("### Launch: 20 x /bin/true", "| hpc4j |", "| ProcessBuilder, 2 threads |")
        .contains("### Tasks: 20 Java tasks", "| hpc4j, plain jobs |", "| Quartz, RAMJobStore")
        .contains("### Submit: ", "| submit behind 2,000 jobs", "| heap of a queued job")
        .contains("### Store: ", "| 1 per commit |", "| 512 per commit |");
  }

  @Test
  void a_suite_that_does_not_exist_is_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse("--quick", "lunch"))
        .withMessage("there is no option or suite lunch");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse("--rounds", "0"))
        .withMessage("--rounds needs a number, 1 to 10000000, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse("--write"))
        .withMessage("--write needs a value");
  }

  @Test
  void quantiles_are_those_of_the_sorted_values() {
    assertThat(Numbers.median(DoubleStream.of(3, 1, 2))).isEqualTo(2);
    assertThat(Numbers.median(DoubleStream.of(4, 1, 3, 2))).isEqualTo(2.5);
    assertThat(Numbers.quantile(DoubleStream.iterate(1, x -> x + 1).limit(200), 0.99))
        .isEqualTo(198);
  }

  @Test
  void a_table_is_as_wide_as_its_cells() {
    Table table = new Table("", "jobs/s").row("hpc4j", "1").row("x", "1,000");

    assertThat(table.text()).isEqualTo("       jobs/s\nhpc4j       1\nx       1,000\n");
    assertThat(table.markdown())
        .isEqualTo("|  | jobs/s |\n|---|--:|\n| hpc4j | 1 |\n| x | 1,000 |\n");
  }
}
