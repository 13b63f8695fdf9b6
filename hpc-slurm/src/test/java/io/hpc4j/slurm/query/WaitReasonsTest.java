package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobState;
import io.hpc4j.model.WaitReason.Kind;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class WaitReasonsTest {
  @Test
  void recorded_words_have_their_causes() {
    Map.ofEntries(
            Map.entry("Resources", Kind.RESOURCES),
            Map.entry("Priority", Kind.PRIORITY),
            Map.entry("Dependency", Kind.DEPENDENCY),
            Map.entry("DependencyNeverSatisfied", Kind.DEPENDENCY),
            Map.entry("BeginTime", Kind.BEGIN_TIME),
            Map.entry("JobHeldUser", Kind.HELD),
            Map.entry("JobHeldAdmin", Kind.HELD),
            Map.entry("JobArrayTaskLimit", Kind.THROTTLE),
            Map.entry("PartitionDown", Kind.QUEUE_DISABLED),
            Map.entry("PartitionConfig", Kind.NEVER_FITS),
            Map.entry("PartitionTimeLimit", Kind.NEVER_FITS),
            Map.entry("PartitionNodeLimit", Kind.NEVER_FITS),
            Map.entry("ReqNodeNotAvail, UnavailableNodes:c[1-4]", Kind.NODES_UNAVAILABLE),
            Map.entry(
                "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority"
                    + " partitions",
                Kind.NODES_UNAVAILABLE),
            Map.entry("QOSMaxJobsPerUserLimit", Kind.OTHER),
            Map.entry("QOSMaxCpuPerUserLimit", Kind.CPUS),
            Map.entry("AssocGrpMemLimit", Kind.MEMORY),
            Map.entry("AssocGrpNodeLimit", Kind.NODES),
            Map.entry("MaxPoweredUpNodes", Kind.NODES),
            Map.entry("QOSMaxGRESPerUser", Kind.GPUS),
            Map.entry("Licenses", Kind.CONSUMABLES),
            Map.entry("None", Kind.OTHER),
            Map.entry("", Kind.OTHER))
        .forEach(
            (word, kind) -> {
              assertThat(WaitReasons.of(word).kind()).as(word).isEqualTo(kind);
              assertThat(WaitReasons.of(word).detail()).as(word).contains(word).contains(" ");
            });
  }

  @Test
  void what_one_job_may_not_ask_for_never_fits_and_is_not_called_reached() {
    for (String word :
        List.of(
            "QOSMaxWallDurationPerJobLimit",
            "AssocMaxWallDurationPerJobLimit",
            "AssocMaxNodePerJobLimit",
            "QOSMaxCpuPerJobLimit",
            "QOSMaxCpuPerNode",
            "QOSMaxMemoryPerJob",
            "AssocMaxCpuMinutesPerJobLimit",
            "MaxMemPerLimit")) {
      assertThat(WaitReasons.of(word).kind()).as(word).isEqualTo(Kind.NEVER_FITS);
      assertThat(WaitReasons.of(word).detail())
          .startsWith("it asks for more")
          .contains("allows", word)
          .doesNotContain("reached");
    }
    for (String word : List.of("QOSMinCpuNotSatisfied", "QOSMinMemory")) {
      assertThat(WaitReasons.of(word).kind()).as(word).isEqualTo(Kind.NEVER_FITS);
      assertThat(WaitReasons.of(word).detail())
          .startsWith("it asks for less than a limit of its QOS allows");
    }
    assertThat(
            WaitReasons.of(
                    "Job's account not permitted to use this partition (vip allows science not"
                        + " guests)")
                .kind())
        .isEqualTo(Kind.NEVER_FITS);
  }

  @Test
  void other_words_are_the_sentence_printable() {
    assertThat(WaitReasons.of("Full moon").detail()).isEqualTo("Full moon");
    assertThat(WaitReasons.of("Full\tmoon").detail()).isEqualTo("Full\\u0009moon");
    assertThat(WaitReasons.of("Full moon").kind()).isEqualTo(Kind.OTHER);
  }

  @Test
  void a_job_that_waits_for_more_than_capacity_is_pending_and_any_other_runnable() {
    for (String reason : List.of("Dependency", "JobHeldUser", "BeginTime", "Cleaning")) {
      assertThat(state(reason)).as(reason).isEqualTo(JobState.PENDING);
    }
    for (String reason : List.of("Resources", "Priority", "JobArrayTaskLimit", "None", "What?")) {
      assertThat(state(reason)).as(reason).isEqualTo(JobState.RUNNABLE);
    }
  }

  private static JobState state(String reason) {
    return JobStates.ofQueue("PENDING", reason, OptionalInt.of(0)).state().orElseThrow();
  }
}
