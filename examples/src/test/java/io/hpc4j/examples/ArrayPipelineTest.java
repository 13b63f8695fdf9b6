package io.hpc4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrayPipelineTest {
  @Test
  void counts_equal_the_reference_and_show_the_telomeres() {
    String output = Output.of(ArrayPipeline::main);

    assertThat(output).endsWith("in all: the result equals the reference\n");
    assertThat(output).contains("  GGGTTA 9850\n  TTAGGG 9847\n");
  }
}
