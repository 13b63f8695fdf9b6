package io.hpc4j;

import static io.hpc4j.model.JobState.CANCELLED;
import static io.hpc4j.model.JobState.FAILED;
import static io.hpc4j.model.JobState.LOST;
import static io.hpc4j.model.JobState.PENDING;
import static io.hpc4j.model.JobState.RUNNABLE;
import static io.hpc4j.model.JobState.RUNNING;
import static io.hpc4j.model.JobState.STARTING;
import static io.hpc4j.model.JobState.SUBMITTED;
import static io.hpc4j.model.JobState.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusOrderTest {
  private static final JobId ID = JobId.of("test", "here", "abc");
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  private static JobStatus.Builder in(JobState state, int attempt) {
    return JobStatus.builder(ID, state, THEN).attempt(attempt);
  }

  private static JobStatus status(JobState state) {
    return in(state, 1).build();
  }

  @Test
  void a_state_moves_forward_and_may_skip_others() {
    assertThat(StatusOrder.follow(status(SUBMITTED), status(RUNNING))).isPresent();
    assertThat(StatusOrder.follow(status(PENDING), status(SUCCEEDED))).isPresent();
  }

  @Test
  void pending_and_runnable_alternate() {
    assertThat(StatusOrder.follow(status(RUNNABLE), status(PENDING))).isPresent();
    assertThat(StatusOrder.follow(status(PENDING), status(RUNNABLE))).isPresent();
  }

  @Test
  void a_late_report_moves_nothing_back() {
    assertThat(StatusOrder.follow(status(RUNNING), status(STARTING))).isEmpty();
    assertThat(StatusOrder.follow(status(STARTING), status(RUNNABLE))).isEmpty();
    assertThat(StatusOrder.follow(status(PENDING), status(SUBMITTED))).isEmpty();
  }

  @Test
  void a_final_state_never_changes() {
    for (JobState end : List.of(SUCCEEDED, FAILED, CANCELLED)) {
      for (JobState reported : JobState.values()) {
        assertThat(StatusOrder.follow(status(end), in(reported, 2).build())).isEmpty();
      }
    }
  }

  @Test
  void a_lost_job_may_be_seen_again_in_any_state() {
    assertThat(StatusOrder.follow(status(LOST), status(RUNNING))).isPresent();
    assertThat(StatusOrder.follow(status(LOST), status(SUCCEEDED))).isPresent();
    assertThat(StatusOrder.follow(status(LOST), status(LOST))).isEmpty();
  }

  @Test
  void a_retry_starts_over_with_a_higher_attempt() {
    assertThat(StatusOrder.follow(in(RUNNING, 1).build(), in(PENDING, 2).build())).isPresent();
    assertThat(StatusOrder.follow(in(PENDING, 2).build(), in(FAILED, 1).build())).isEmpty();
  }

  @Test
  void a_report_without_news_changes_nothing() {
    JobStatus later = status(RUNNING).toBuilder().observedAt(THEN.plusSeconds(9)).build();

    assertThat(StatusOrder.follow(status(RUNNING), later)).isEmpty();
  }

  @Test
  void counts_of_ended_elements_never_go_back() {
    JobStatus ten = in(RUNNING, 1).counts(Map.of(SUCCEEDED, 10, RUNNING, 5)).build();
    JobStatus nine = in(RUNNING, 1).counts(Map.of(SUCCEEDED, 9, RUNNING, 6)).build();

    assertThat(StatusOrder.follow(ten, nine)).isEmpty();
    assertThat(StatusOrder.follow(nine, ten)).contains(ten);
  }

  @Test
  void what_an_earlier_source_has_told_stays_known() {
    JobStatus named = in(RUNNING, 1).name("mesh").queue("normal").nodes(List.of("n1")).build();

    JobStatus ended = StatusOrder.follow(named, status(SUCCEEDED)).orElseThrow();

    assertThat(ended.name()).contains("mesh");
    assertThat(ended.queue()).contains("normal");
    assertThat(ended.nodes()).containsExactly("n1");
  }

  @Test
  void every_ending_has_a_reason() {
    assertThat(StatusOrder.follow(status(RUNNING), status(SUCCEEDED)).orElseThrow().reason())
        .contains(Reason.SUCCESS);
    assertThat(StatusOrder.follow(status(RUNNING), status(FAILED)).orElseThrow().reason())
        .contains(Reason.UNKNOWN);
  }
}
