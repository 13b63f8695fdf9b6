package io.hpc4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.examples.readme.OnSlurm;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples on the cluster that {@code .ci/slurm/cluster-up} brings up first. */
@Tag("real-slurm")
@Timeout(180)
class RealSlurmExamplesTest {
  @Test
  void hello_cluster(@TempDir Path folder) {
    String output =
        Output.of(
            HelloCluster::main,
            "--backend",
            "slurm",
            "--sleep",
            "0",
            "--output",
            folder.toString());

    assertThat(output).endsWith("\n65 succeeded, 0 failed\n");
  }

  @Test
  void one_line_switch() {
    assertThat(Output.of(OneLineSwitch::main, "slurm")).isEqualTo("1229 primes below 10000\n");
  }

  @Test
  void on_slurm() {
    String output = Output.of(OnSlurm::main);

    assertThat(output).contains("{SUCCEEDED=8}\nHello World from ");
  }
}
