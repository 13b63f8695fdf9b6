package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitReasonTest {
  private static final JobId BIG = JobId.of("local", "here", "0a");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void a_cause_alone_names_no_job_and_promises_no_start() {
    WaitReason reason = new WaitReason(WaitReason.Kind.CPUS, "needs 8 cpus, 4 are free");

    assertThat(reason.jobs()).isEmpty();
    assertThat(reason.expectedStart()).isEmpty();
    assertThat(reason).hasToString("needs 8 cpus, 4 are free");
  }

  @Test
  void jobs_and_the_expected_start_are_added_in_any_order() {
    WaitReason plain = new WaitReason(WaitReason.Kind.RESERVED, "reserved for job 7");

    WaitReason full = plain.about(List.of(BIG)).expectedAt(NOON);

    assertThat(full).isEqualTo(plain.expectedAt(NOON).about(List.of(BIG)));
    assertThat(full.kind()).isEqualTo(WaitReason.Kind.RESERVED);
    assertThat(full.jobs()).containsExactly(BIG);
    assertThat(full.expectedStart()).contains(NOON);
    assertThat(plain.jobs()).isEmpty();
  }

  @Test
  void a_list_that_changes_later_does_not_change_the_reason() {
    List<JobId> jobs = new ArrayList<>(List.of(BIG));

    WaitReason reason = new WaitReason(WaitReason.Kind.DEPENDENCY, "waits").about(jobs);
    jobs.clear();

    assertThat(reason.jobs()).containsExactly(BIG).isUnmodifiable();
  }
}
