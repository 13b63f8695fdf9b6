package io.hpc4j.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuListTest {
  @Test
  void ranges_and_single_cpus_are_read() {
    assertThat(CpuList.parse("0-2,7,10-11").stream()).containsExactly(0, 1, 2, 7, 10, 11);
    assertThat(CpuList.parse("3").stream()).containsExactly(3);
  }
}
