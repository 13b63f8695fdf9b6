package io.hpc4j.spi;

import static io.hpc4j.model.JobState.CANCELLED;
import static io.hpc4j.model.JobState.FAILED;
import static io.hpc4j.model.JobState.LOST;
import static io.hpc4j.model.JobState.PENDING;
import static io.hpc4j.model.JobState.RUNNABLE;
import static io.hpc4j.model.JobState.RUNNING;
import static io.hpc4j.model.JobState.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Exit;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArrayStatusTest {
  private final JobId id = JobId.create("some", "default");

  private JobStatus concluded(
      Map<JobState, Integer> counts, @Nullable String cancelReason, String message) {
    JobState state = ArrayStatus.state(counts, true, cancelReason != null);
    JobStatus.Builder array = JobStatus.builder(id, state, Instant.EPOCH).counts(counts);
    ArrayStatus.conclude(
        array,
        counts,
        cancelReason,
        end ->
            JobStatus.builder(id.element(3), end, Instant.EPOCH)
                .reason(end == LOST ? Reason.LOST : Reason.NON_ZERO_EXIT)
                .exit(end == LOST ? null : Exit.code(7))
                .message(message)
                .build());
    return array.build();
  }

  @Test
  void an_array_runs_from_the_first_start_until_all_have_ended() {
    assertThat(ArrayStatus.state(Map.of(PENDING, 1, RUNNABLE, 1), false, false))
        .isEqualTo(RUNNABLE);
    assertThat(ArrayStatus.state(Map.of(PENDING, 1, CANCELLED, 1), false, false))
        .isEqualTo(PENDING);
    assertThat(ArrayStatus.state(Map.of(PENDING, 1, SUCCEEDED, 1), true, false)).isEqualTo(RUNNING);
    assertThat(ArrayStatus.state(Map.of(SUCCEEDED, 2), true, false)).isEqualTo(SUCCEEDED);
  }

  @Test
  void it_has_failed_like_the_lowest_element_that_did() {
    Map<JobState, Integer> counts = Map.of(SUCCEEDED, 1, FAILED, 1, LOST, 1, CANCELLED, 1);

    assertThat(concluded(counts, null, "too bad").message()).isEqualTo("element 3: too bad");
    JobStatus silent = concluded(counts, null, "");
    assertThat(silent.state()).isEqualTo(FAILED);
    assertThat(silent.reason()).contains(Reason.NON_ZERO_EXIT);
    assertThat(silent.message()).isEqualTo("element 3: exit code 7");
  }

  @Test
  void it_is_lost_if_an_element_is_and_none_failed() {
    JobStatus lost = concluded(Map.of(SUCCEEDED, 1, LOST, 1, CANCELLED, 1), null, "");

    assertThat(lost.state()).isEqualTo(LOST);
    assertThat(lost.reason()).contains(Reason.LOST);
  }

  @Test
  void it_is_cancelled_if_it_was_itself_or_if_nothing_worse_happened_to_its_elements() {
    JobStatus whole = concluded(Map.of(FAILED, 1, CANCELLED, 1), "enough", "");
    assertThat(whole.state()).isEqualTo(CANCELLED);
    assertThat(whole.message()).isEqualTo("enough");

    JobStatus single = concluded(Map.of(SUCCEEDED, 1, CANCELLED, 2), null, "");
    assertThat(single.state()).isEqualTo(CANCELLED);
    assertThat(single.message()).isEqualTo("2 elements were cancelled one by one");

    assertThat(concluded(Map.of(SUCCEEDED, 2), "too late", "").state()).isEqualTo(SUCCEEDED);
  }
}
