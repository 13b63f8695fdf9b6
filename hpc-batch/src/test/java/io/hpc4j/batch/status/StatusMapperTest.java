package io.hpc4j.batch.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.batch.model.AttemptDetail;
import software.amazon.awssdk.services.batch.model.ContainerDetail;
import software.amazon.awssdk.services.batch.model.JobDetail;

@SuppressWarnings("unchecked") // the builders take generic arrays
class StatusMapperTest {
  private static final long START = 1_700_000_000_000L;

  @ParameterizedTest
  @CsvSource({
    "SUBMITTED, SUBMITTED",
    "PENDING, PENDING",
    "RUNNABLE, RUNNABLE",
    "STARTING, STARTING",
    "RUNNING, RUNNING",
    "SUCCEEDED, SUCCEEDED",
    "FAILED, FAILED"
  })
  void states_are_said_in_our_words(String word, JobState state) {
    assertThat(StatusMapper.of(JobDetail.builder().status(word).build()).state()).contains(state);
  }

  @Test
  void a_state_that_is_not_known_is_none_and_its_word_is_kept() {
    Seen seen = StatusMapper.of(JobDetail.builder().status("HIBERNATING").build());

    assertThat(seen.state()).isEmpty();
    assertThat(seen.nativeState()).isEqualTo("HIBERNATING");
  }

  static Stream<Arguments> endings() {
    String exited = "Essential container in task exited";
    return Stream.of(
        ending(exited, "", 3, JobState.FAILED, Reason.NON_ZERO_EXIT),
        ending(exited, "", 143, JobState.FAILED, Reason.SIGNALLED),
        ending(
            exited,
            "OutOfMemoryError: Container killed due to memory usage",
            137,
            JobState.FAILED,
            Reason.OUT_OF_MEMORY),
        ending(
            exited,
            "OutOfMemoryError: Container killed due to memory usage",
            0,
            JobState.FAILED,
            Reason.OUT_OF_MEMORY),
        ending("Job attempt duration exceeded timeout", "", 137, JobState.FAILED, Reason.TIMEOUT),
        ending("Dependent Job failed", "", null, JobState.FAILED, Reason.DEPENDENCY_FAILED),
        ending(
            "Host EC2 (instance i-0abc) terminated.",
            "",
            null,
            JobState.FAILED,
            Reason.SPOT_RECLAIMED),
        ending("Your Spot Task was interrupted.", "", 137, JobState.FAILED, Reason.SPOT_RECLAIMED),
        ending(
            "Task failed to start",
            "CannotPullContainerError: pull access denied",
            null,
            JobState.FAILED,
            Reason.IMAGE_PULL),
        ending(
            "Task failed to start",
            "CannotStartContainerError: no such file",
            null,
            JobState.FAILED,
            Reason.LAUNCH_FAILURE),
        ending("Task failed to start", "", null, JobState.FAILED, Reason.LAUNCH_FAILURE),
        ending(
            "DockerTimeoutError: Could not transition",
            "",
            null,
            JobState.FAILED,
            Reason.LAUNCH_FAILURE),
        ending(
            "Container Overrides length must be at most 8192",
            "",
            null,
            JobState.FAILED,
            Reason.REJECTED),
        ending(
            "Canceled by JobStateTimeLimit action due to reason: stuck",
            "",
            null,
            JobState.FAILED,
            Reason.UNSCHEDULABLE),
        ending("something new", "", null, JobState.FAILED, Reason.UNKNOWN));
  }

  private static Arguments ending(
      String statusReason, String reason, @Nullable Integer code, JobState state, Reason why) {
    return Arguments.of(statusReason, reason, code, state, why);
  }

  @ParameterizedTest
  @MethodSource
  void endings(
      String statusReason, String reason, @Nullable Integer code, JobState state, Reason why) {
    Seen seen = StatusMapper.of(failed(statusReason, reason, code).build());

    assertThat(seen.state()).contains(state);
    assertThat(seen.reason()).contains(why);
    assertThat(seen.message()).contains(statusReason).contains(reason);
    assertThat(seen.exit().map(Exit::isZero).orElse(false)).isFalse();
  }

  private static JobDetail.Builder failed(
      String statusReason, String reason, @Nullable Integer code) {
    return JobDetail.builder()
        .status("FAILED")
        .statusReason(statusReason)
        .startedAt(START)
        .stoppedAt(START + 1000)
        .container(ContainerDetail.builder().reason(reason).exitCode(code).build());
  }

  @Test
  void out_of_memory_is_a_failure_even_where_aws_calls_it_a_success() {
    JobDetail detail = failed("exited", "OutOfMemoryError: killed", 0).status("SUCCEEDED").build();

    assertThat(StatusMapper.of(detail).state()).contains(JobState.FAILED);
    assertThat(StatusMapper.of(detail).reason()).contains(Reason.OUT_OF_MEMORY);
  }

  @Test
  void what_somebody_stopped_is_cancelled_unless_it_timed_out_or_never_could_run() {
    assertThat(StatusMapper.of(failed("enough", "", 137).isTerminated(true).build()).state())
        .contains(JobState.CANCELLED);
    assertThat(StatusMapper.of(failed("enough", "", null).isCancelled(true).build()).reason())
        .contains(Reason.CANCELLED);
    assertThat(
            StatusMapper.of(
                    failed("Canceled by JobStateTimeLimit action due to reason: x", "", null)
                        .isCancelled(true)
                        .build())
                .reason())
        .contains(Reason.UNSCHEDULABLE);
  }

  @Test
  void what_waits_for_others_and_was_stopped_will_never_run() {
    JobDetail.Builder detail = JobDetail.builder().status("PENDING").isTerminated(true);

    assertThat(StatusMapper.of(detail.build()).state()).contains(JobState.CANCELLED);
    assertThat(StatusMapper.of(detail.status("RUNNING").build()).state())
        .contains(JobState.RUNNING);
  }

  @Test
  void an_array_that_was_stopped_goes_on_while_elements_run() {
    JobDetail.Builder array = JobDetail.builder().status("PENDING").isTerminated(true);

    assertThat(
            StatusMapper.of(
                    array
                        .arrayProperties(a -> a.size(2).statusSummary(Map.of("RUNNING", 1)))
                        .build())
                .state())
        .contains(JobState.PENDING);
    assertThat(
            StatusMapper.of(
                    array
                        .arrayProperties(a -> a.size(2).statusSummary(Map.of("PENDING", 2)))
                        .build())
                .state())
        .contains(JobState.CANCELLED);
  }

  @Test
  void attempts_are_told_one_by_one_and_the_present_one_too() {
    AttemptDetail first =
        AttemptDetail.builder()
            .startedAt(START)
            .stoppedAt(START + 5000)
            .statusReason("Host EC2 (instance i-1) terminated.")
            .container(c -> c.logStreamName("one").containerInstanceArn("arn:aws:ecs:x/i-1"))
            .build();
    JobDetail detail =
        JobDetail.builder()
            .status("RUNNING")
            .startedAt(START + 9000)
            .attempts(first)
            .container(c -> c.logStreamName("two").containerInstanceArn("arn:aws:ecs:x/i-2"))
            .build();

    Seen seen = StatusMapper.of(detail);

    assertThat(seen.attempt()).isEqualTo(2);
    assertThat(seen.attempts()).extracting(Attempt::number).containsExactly(1, 2);
    assertThat(seen.attempts().get(0).reason()).contains(Reason.SPOT_RECLAIMED);
    assertThat(seen.attempts().get(0).usage().elapsed()).contains(Duration.ofSeconds(5));
    assertThat(seen.attempts().get(1).state()).isEqualTo(JobState.RUNNING);
    assertThat(seen.attempts().get(1).startedAt()).contains(Instant.ofEpochMilli(START + 9000));
    assertThat(seen.logStreams()).isEqualTo(Map.of(1, "one", 2, "two"));
    assertThat(seen.nodes()).containsExactly("i-2");
  }

  @Test
  void between_two_attempts_the_next_one_counts() {
    JobDetail detail =
        JobDetail.builder()
            .status("RUNNABLE")
            .attempts(a -> a.startedAt(START).stoppedAt(START + 1))
            .build();

    assertThat(StatusMapper.of(detail).attempt()).isEqualTo(2);
    assertThat(StatusMapper.of(detail).started()).isEmpty();
  }

  @Test
  void of_several_containers_the_one_that_failed_decides() {
    JobDetail detail =
        JobDetail.builder()
            .status("FAILED")
            .statusReason("Essential container in task exited")
            .startedAt(START)
            .stoppedAt(START + 1)
            .ecsProperties(
                e ->
                    e.taskProperties(
                        t ->
                            t.containerInstanceArn("arn:aws:ecs:x/i-9")
                                .containers(
                                    c -> c.name("log").exitCode(0).essential(true),
                                    c -> c.name("work").exitCode(4).logStreamName("work"))))
            .build();

    Seen seen = StatusMapper.of(detail);

    assertThat(seen.exit()).contains(Exit.code(4));
    assertThat(seen.logStreams()).containsValue("work");
    assertThat(seen.nodes()).containsExactly("i-9");
  }

  @Test
  void pods_are_read_too() {
    JobDetail detail =
        JobDetail.builder()
            .status("FAILED")
            .startedAt(START)
            .stoppedAt(START + 1)
            .eksProperties(
                e ->
                    e.podProperties(
                        p -> p.nodeName("ip-10").containers(c -> c.exitCode(6).reason("Error"))))
            .eksAttempts(
                a ->
                    a.nodeName("ip-10")
                        .startedAt(START)
                        .stoppedAt(START + 1)
                        .containers(c -> c.exitCode(6)))
            .build();

    assertThat(StatusMapper.of(detail).exit()).contains(Exit.code(6));
    assertThat(StatusMapper.of(detail).nodes()).containsExactly("ip-10");
  }
}
