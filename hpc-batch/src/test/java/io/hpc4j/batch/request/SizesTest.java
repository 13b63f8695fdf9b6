package io.hpc4j.batch.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.batch.model.ResourceRequirement;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "1, 512, 1, 2048",
    "1, 2049, 1, 3072",
    "1, 9000, 2, 9216",
    "3, 1024, 4, 8192",
    "8, 17000, 8, 20480",
    "16, 40000, 16, 40960"
  })
  void fargates_sizes_are_rounded_up_to(int cpus, int mib, String vcpu, String memory) {
    assertThat(values(Resources.cpus(cpus).memory(Memory.ofMiB(mib)), true))
        .containsExactlyInAnyOrder(vcpu, memory);
  }

  @Test
  void beyond_fargate_there_is_none() {
    assertThat(Sizes.fitsFargate(Resources.cpus(17))).isFalse();
    assertThat(Sizes.fitsFargate(Resources.cpus(1).memoryGiB(121))).isFalse();
    assertThat(Sizes.fitsFargate(Resources.cpus(16).memoryGiB(120))).isTrue();
  }

  @Test
  void elsewhere_memory_is_in_whole_mebibytes_and_at_least_four() {
    assertThat(values(Resources.cpus(3).memory(Memory.ofBytes(5_000_000)), false))
        .containsExactly("3", "5");
    assertThat(values(Resources.cpus(3).memory(Memory.ofBytes(1)), false))
        .containsExactly("3", "4");
    assertThat(values(Resources.cpus(1).gpus(2).memoryGiB(1), false))
        .containsExactly("1", "1024", "2");
  }

  private static List<String> values(Resources resources, boolean fargate) {
    return Sizes.requirements(resources, resources.memoryPerNode(), fargate).orElseThrow().stream()
        .map(ResourceRequirement::value)
        .toList();
  }
}
