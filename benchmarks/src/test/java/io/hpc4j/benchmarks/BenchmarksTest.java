package io.hpc4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hpc4j.local.trace.TraceJob;
import io.hpc4j.local.trace.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        .contains("### Store: ", "| 1 per commit |", "| 512 per commit |")
        .contains("### Schedule: ", "| generated, yardstick |", "| burst of 200, 500 shares |")
        .contains("### AWS Batch: 20 jobs", "| hpc4j |", "| SDK, submitJob, behind 2,000 jobs |");
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
  void traces_are_read_from_a_folder_by_their_names(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("b.swf"), "; MaxNodes: 8\n1 0 -1 10 2 -1 -1 2 20 -1 1 1 1 1 1 -1 -1 -1\n");
    Files.writeString(folder.resolve("a.swf"), "; MaxProcs: 4\n; MaxNodes: 2\n");
    Files.writeString(folder.resolve("README"), "where they come from");

    Map<String, Workload> traces = Traces.in(folder);

    assertThat(traces.keySet()).containsExactly("a", "b");
    assertThat(traces.get("a")).isEqualTo(new Workload(4, List.of()));
    assertThat(traces.get("b")).isEqualTo(new Workload(8, List.of(new TraceJob(0, 2, 10, 20))));
  }

  @Test
  void a_trace_has_to_say_how_large_its_machine_is(@TempDir Path folder) throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Traces.in(folder))
        .withMessage("there is no .swf or .swf.gz in " + folder);

    Path silent = Files.writeString(folder.resolve("silent.swf"), "; Computer: unknown\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Traces.in(folder))
        .withMessage(silent + " has neither MaxProcs nor MaxNodes");
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
