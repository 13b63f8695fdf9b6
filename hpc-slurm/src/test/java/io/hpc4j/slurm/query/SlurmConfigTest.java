package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.model.Memory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlurmConfigTest {
  private final SlurmConfig config =
      SlurmConfig.parse(Recorded.block("01-version", "scontrol").stdout());

  private static SlurmConfig with(String line) {
    return SlurmConfig.parse("SLURM_VERSION = 22.05.8\n" + line + "\n");
  }

  @Test
  void what_the_backend_needs_is_read_from_a_recorded_reply() {
    assertThat(config.version()).isEqualTo(new SlurmVersion(22, 5, 8, "22.05.8"));
    assertThat(config.clusterName()).contains("emu");
    assertThat(config.accounting()).isTrue();
    assertThat(config.minJobAge()).contains(Duration.ofSeconds(30));
    assertThat(config.messageTimeout()).contains(Duration.ofSeconds(20));
    assertThat(config.killWait()).contains(Duration.ofSeconds(5));
    assertThat(config.maxArraySize()).hasValue(1001);
    assertThat(config.maxJobCount()).hasValue(20000);
    assertThat(config.jobRequeue()).isTrue();
    assertThat(config.defaultMemoryPerCpu()).contains(Memory.ofMiB(100));
    assertThat(config.defaultMemoryPerNode()).isEmpty();
    assertThat(config.maxScriptSize()).isEmpty();
    assertThat(config.killsInvalidDependencies()).isFalse();
    assertThat(config.value("Prolog")).as("(null)").isEmpty();
    assertThat(config.value("PowerPlugin")).as("empty").isEmpty();
  }

  @Test
  void settings_that_a_site_may_make_are_read() {
    assertThat(with("AccountingStorageType = accounting_storage/none").accounting()).isFalse();
    assertThat(with("AccountingStorageType = (null)").accounting()).isFalse();
    assertThat(with("SchedulerParameters = bf_continue,max_script_size=5242880").maxScriptSize())
        .hasValue(5_242_880);
    assertThat(with("DependencyParameters = kill_invalid_depend").killsInvalidDependencies())
        .isTrue();
    assertThat(with("DefMemPerNode = UNLIMITED").defaultMemoryPerNode()).isEmpty();
    assertThat(with("JobRequeue = 0").jobRequeue()).isFalse();
  }

  @Test
  void lines_that_are_no_settings_are_passed_over() {
    SlurmConfig odd =
        SlurmConfig.parse(
            """
            Configuration data as of 2026-11-23T22:42:59

            \tSLURM_VERSION\t=   14.11.6-Bull.1.0
              MinJobAge    =  300 sec  \s

            Cgroup Support Configuration:
            ConstrainCores          = yes
            Slurmctld(primary) at vm is UP
            """);

    assertThat(odd.version()).hasToString("14.11.6-Bull.1.0");
    assertThat(odd.minJobAge()).contains(Duration.ofMinutes(5));
  }

  @Test
  void a_value_in_another_form_is_absent() {
    assertThat(with("MinJobAge = for ever").minJobAge()).isEmpty();
    assertThat(with("MaxArraySize = many").maxArraySize()).isEmpty();
    assertThat(with("SchedulerParameters = max_script_size=big").maxScriptSize()).isEmpty();
  }

  @Test
  void a_reply_without_a_version_is_refused() {
    for (String bad : List.of("", "nonsense", "SLURM_VERSION", "SLURM_VERSION = new")) {
      assertThatExceptionOfType(UnreadableReply.class)
          .isThrownBy(() -> SlurmConfig.parse(bad))
          .withMessageContaining("scontrol");
    }
  }

  @Test
  void versions_have_names_and_suffixes_of_vendors() {
    assertThat(SlurmVersion.parse("slurm-wlm 22.05.8\n"))
        .isEqualTo(new SlurmVersion(22, 5, 8, "22.05.8"));
    assertThat(SlurmVersion.parse("slurm 14.11.6-Bull.1.0\n"))
        .isEqualTo(new SlurmVersion(14, 11, 6, "14.11.6-Bull.1.0"));
    assertThat(SlurmVersion.parse("slurm 23.11.0-0rc1\n").text()).isEqualTo("23.11.0-0rc1");
    assertThat(SlurmVersion.parse("slurm 21.08\n").micro()).isZero();
    assertThat(SlurmVersion.parse("Welcome to 10.0.0.1\nslurm-wlm 22.05.8\n").major())
        .isEqualTo(22);
    for (String bad : List.of("", "22.05.8", "slurm", "slurm x.y")) {
      assertThatExceptionOfType(UnreadableReply.class).isThrownBy(() -> SlurmVersion.parse(bad));
    }
  }

  @Test
  void versions_have_an_order() {
    SlurmVersion version = SlurmVersion.parse("slurm 22.05.8");

    assertThat(version.isAtLeast(22, 5)).isTrue();
    assertThat(version.isAtLeast(21, 8)).isTrue();
    assertThat(version.isAtLeast(22, 11)).isFalse();
    assertThat(version).isGreaterThan(SlurmVersion.parse("slurm 22.05.7"));
    assertThat(version).isLessThan(SlurmVersion.parse("slurm 23.02.0"));
  }
}
