package io.hpc4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.WaitReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablesTest {
  @Test
  void shares_stand_in_the_columns_of_sshare() {
    List<ShareStatus> shares =
        List.of(
            new ShareStatus("genomics", 3, 300.4, 0.75, 12, 40, 1, true),
            new ShareStatus("climate", 1, 500.6, 0.25, 4, 1_000_000, 2, true),
            new ShareStatus("old", 0.5, 0, 0, 0, 0, 3, false));

    String table = Tables.shares(shares);

    assertThat(table)
        .isEqualTo(
            """
            Account  RawShares NormShares RawUsage EffectvUsage FairShare CPUs Waiting
            -------- --------- ---------- -------- ------------ --------- ---- -------
            genomics         3   0.750000      300     0.375031  1.000000   12      40
            climate          1   0.250000      501     0.624969  0.666667    4 1000000
            old            0.5   0.000000        0     0.000000  0.333333    0       0
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "CPUS, Resources",
    "MEMORY, Resources",
    "GPUS, Resources",
    "NODES, Resources",
    "RESOURCES, Resources",
    "CONSUMABLES, Licenses",
    "PRIORITY, Priority",
    "SHARE, Priority",
    "RESERVED, Priority",
    "DEPENDENCY, Dependency",
    "HELD, JobHeldUser",
    "OTHER, in its own words"
  })
  void a_reason_to_wait_is_the_word_that_squeue_has_for_it(WaitReason.Kind kind, String word) {
    assertThat(Tables.word(new WaitReason(kind, "in its own words"))).isEqualTo(word);
  }

  @Test
  void no_shares_are_a_table_without_rows() {
    assertThat(Tables.shares(List.of()))
        .isEqualTo(
            """
            Account RawShares NormShares RawUsage EffectvUsage FairShare CPUs Waiting
            ------- --------- ---------- -------- ------------ --------- ---- -------
            """);
  }
}
