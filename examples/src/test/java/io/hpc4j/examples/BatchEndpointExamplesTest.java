package io.hpc4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.examples.readme.OnBatch;
import io.hpc4j.testkit.BatchEndpoint;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples on AWS Batch, as the endpoint speaks it. */
@Timeout(180)
class BatchEndpointExamplesTest {
  private static BatchEndpoint endpoint;

  @BeforeAll
  static void start() {
    endpoint = BatchEndpoint.start();
  }

  @AfterAll
  static void stop() {
    endpoint.close();
  }

  @Test
  void hello_cluster(@TempDir Path folder) {
    String output =
        Output.of(
            HelloCluster::main,
            "--backend",
            "batch",
            "--endpoint",
            endpoint.url().toString(),
            "--sleep",
            "0",
            "--output",
            folder.toString());

    assertThat(output).contains("One log for each element:").contains(": Hello World from ");
    assertThat(output).endsWith("\n65 succeeded, 0 failed\n");
  }

  /** The AWS SDK finds its settings in the system properties, among other places. */
  @Test
  void on_batch() {
    Map<String, String> settings =
        Map.of(
            "aws.region", "us-east-1",
            "aws.accessKeyId", "anybody",
            "aws.secretAccessKey", "none");
    settings.forEach(System::setProperty);
    try {
      assertThat(Output.of(OnBatch::main)).isEqualTo("{SUCCEEDED=8}\n");
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }

  @Test
  void one_line_makes_the_difference_and_none_in_the_results() {
    String here = Output.of(OneLineSwitch::main, "local");
    String there = Output.of(OneLineSwitch::main, "batch", endpoint.url().toString());

    assertThat(here).isEqualTo("1229 primes below 10000\n");
    assertThat(there).isEqualTo(here);
  }
}
