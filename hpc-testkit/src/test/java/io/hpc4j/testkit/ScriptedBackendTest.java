package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.StatusSink;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That a scripted backend does what its faults say, seen without a client. */
class ScriptedBackendTest {
  private final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  private final LocalBackend inner = LocalBackend.builder().time(time).build();
  private final ScriptedBackend backend = ScriptedBackend.over(inner);
  private final Faults faults = backend.faults();

  @AfterEach
  void close() {
    backend.close();
  }

  private Submission submission(Duration duration) {
    JobId id = JobId.create(backend.name(), backend.scope());
    return new Submission(
        id, JobRequest.of(ScriptedCases.sleep(duration)), part -> {});
  }

  private JobId submit(Duration duration) {
    Submission submission = submission(duration);
    backend.submit(submission);
    return submission.id();
  }

  private JobStatus ask(JobId id) {
    return Objects.requireNonNull(backend.describe(List.of(id)).get(id), () -> "no " + id);
  }

  private JobState state(JobId id) {
    return ask(id).state();
  }

  @Test
  void without_faults_it_tells_the_truth_under_ids_of_its_own() {
    JobId id = submit(Duration.ofMinutes(1));
    time.advance(Duration.ofSeconds(1));

    JobId innerId = backend.innerId(id);
    JobStatus truth = Objects.requireNonNull(inner.describe(List.of(innerId)).get(innerId));

    assertThat(ask(id)).isEqualTo(truth.toBuilder().id(id).source("scripted").build());
    assertThat(id.backend()).isEqualTo("scripted");
    assertThat(backend.innerId(id).token()).isEqualTo(id.token());
    assertThat(backend.list(JobFilter.all())).extracting(JobStatus::id).containsExactly(id);
  }

  @Test
  void it_does_not_push_so_that_it_has_to_be_asked() {
    List<JobStatus> told = new ArrayList<>();

    boolean pushes =
        backend.pushTo(
            new StatusSink() {
              @Override
              public void update(JobStatus status) {
                told.add(status);
              }

              @Override
              public boolean wantsElements(JobId array) {
                return true;
              }
            });
    submit(Duration.ofSeconds(1));
    time.advance(Duration.ofMinutes(1));

    assertThat(pushes).isFalse();
    assertThat(told).isEmpty();
  }

  @Test
  void elements_and_dependencies_are_translated() {
    JobId first = submit(Duration.ofMinutes(1));
    JobId id = JobId.create(backend.name(), backend.scope());
    JobRequest request =
        JobRequest.builder(ScriptedCases.sleep(Duration.ofMinutes(1)))
            .array(3)
            .after(first)
            .build();

    assertThat(backend.check(request)).isEmpty();
    backend.submit(new Submission(id, request, part -> {}));
    assertThat(backend.explain(id)).isPresent();
    time.advance(Duration.ofHours(1));

    assertThat(state(id.element(2))).isEqualTo(JobState.SUCCEEDED);
    assertThat(backend.indices(id, EnumSet.of(JobState.SUCCEEDED))).isEqualTo(IndexSet.ofSize(3));
  }

  @Test
  void a_new_job_is_not_to_be_seen_for_a_while_and_virtual_time_is_not_idle_before() {
    faults.lateVisibility(Duration.ofMinutes(2));
    Submission late = submission(Duration.ZERO);
    backend.submit(late);
    time.advance(Duration.ofMinutes(1));

    assertThat(backend.describe(List.of(late.id()))).isEmpty();
    assertThat(backend.list(JobFilter.all())).isEmpty();
    assertThat(backend.find(late)).isInstanceOf(Lookup.Unknown.class);
    assertThat(time.hasWork()).isTrue();

    time.advance(Duration.ofMinutes(1));
    assertThat(state(late.id())).isEqualTo(JobState.SUCCEEDED);
    assertThat(backend.find(late)).isInstanceOf(Lookup.Found.class);
    assertThat(time.hasWork()).isFalse();
  }

  @Test
  void a_lost_reply_leaves_the_job_and_a_dropped_submission_does_not() {
    faults.loseReplies(1);
    Submission lost = submission(Duration.ofMinutes(1));
    assertUnknown(lost);
    faults.dropSubmissions(1);
    Submission dropped = submission(Duration.ofMinutes(1));
    assertUnknown(dropped);

    assertThat(backend.find(lost)).isInstanceOf(Lookup.Found.class);
    assertThat(backend.find(dropped)).isInstanceOf(Lookup.Absent.class);
    assertThat(faults.submitCalls()).isEqualTo(2);
    assertThat(faults.arrivals()).isEqualTo(1);
    assertThat(faults.findCalls()).isEqualTo(2);
  }

  private void assertUnknown(Submission submission) {
    assertThatThrownBy(() -> backend.submit(submission))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());
  }

  @Test
  void counts_are_used_up_one_by_one() {
    JobId id = submit(Duration.ofMinutes(1));
    faults.failDescribes(2);

    assertThatThrownBy(() -> ask(id)).isInstanceOf(BackendException.class);
    assertThatThrownBy(() -> ask(id)).isInstanceOf(BackendException.class);
    assertThat(state(id)).isNotNull();
    assertThat(faults.describeCalls()).isEqualTo(3);
    assertThat(faults.describeTimes()).hasSize(3).containsOnly(time.instant());
  }

  @Test
  void jobs_can_be_missing_for_a_while_for_ever_or_by_a_rule() {
    JobId first = submit(Duration.ofHours(1));
    JobId second = submit(Duration.ofHours(1));
    JobId third = submit(Duration.ofHours(1));

    faults.forget(first, Duration.ofMinutes(1)).forget(second).omit(third::equals);
    assertThat(backend.describe(List.of(first, second, third))).isEmpty();
    assertThat(backend.list(JobFilter.all())).isEmpty();

    time.advance(Duration.ofMinutes(1));
    faults.omit(id -> false);
    assertThat(backend.describe(List.of(first, second, third))).containsOnlyKeys(first, third);
    faults.remember(second);
    assertThat(backend.describe(List.of(second))).containsOnlyKeys(second);
  }

  @Test
  void answers_can_be_old() {
    faults.staleBy(2);
    JobId id = submit(Duration.ofSeconds(3));

    List<JobState> said =
        IntStream.range(0, 6)
            .mapToObj(
                i -> {
                  JobState state = state(id);
                  time.advance(Duration.ofSeconds(1));
                  return state;
                })
            .toList();

    assertThat(said)
        .containsExactly(
            said.get(0),
            said.get(0),
            said.get(0),
            JobState.RUNNING,
            JobState.RUNNING,
            JobState.SUCCEEDED);
    assertThat(said.get(0)).isNotEqualTo(JobState.RUNNING);
    assertThatIllegalArgumentException().isThrownBy(() -> faults.staleBy(100));
  }

  @Test
  void answers_can_come_in_any_order_with_jobs_that_nobody_asked_for() {
    List<JobId> ids = IntStream.range(0, 20).mapToObj(i -> submit(Duration.ofHours(1))).toList();
    faults.disorder(true).strangers(true);

    List<JobId> said = List.copyOf(backend.describe(ids).keySet());

    assertThat(said).hasSize(40).containsAll(ids);
    assertThat(said.stream().filter(ids::contains).toList()).isNotEqualTo(ids);
  }

  @Test
  void a_job_that_ended_can_be_said_to_run_every_other_time() {
    faults.regress(true);
    JobId id = submit(Duration.ofSeconds(1));
    time.advance(Duration.ofMinutes(1));

    List<JobState> said = IntStream.range(0, 4).mapToObj(i -> state(id)).toList();

    assertThat(said)
        .containsExactly(
            JobState.SUCCEEDED, JobState.RUNNING, JobState.SUCCEEDED, JobState.RUNNING);
  }

  @Test
  void the_native_id_of_an_ended_job_can_go_to_another_after_the_ending_was_told() {
    faults.reuseIds(true);
    JobId ended = submit(Duration.ofSeconds(1));
    JobId running = submit(Duration.ofHours(1));
    time.advance(Duration.ofMinutes(1));
    List<JobId> both = List.of(ended, running);
    JobStatus before = Objects.requireNonNull(backend.describe(both).get(ended));

    JobStatus after = Objects.requireNonNull(backend.describe(both).get(ended));

    assertThat(before.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(after.state()).isEqualTo(JobState.RUNNING);
    assertThat(after.nativeId()).isEqualTo(before.nativeId());
    assertThat(after.startedAt()).isEqualTo(ask(running).startedAt());
  }

  @Test
  void native_states_can_be_words_that_nobody_knows() {
    faults.strangeWords(true);
    JobId id = submit(Duration.ofSeconds(1));

    assertThat(ask(id).nativeState()).contains("FROBNICATING");
  }

  @Test
  void all_faults_can_be_switched_off_at_once() {
    JobId id = submit(Duration.ofSeconds(1));
    time.advance(Duration.ofMinutes(1));
    faults
        .lateVisibility(Duration.ofDays(1))
        .refuseSubmissions(9)
        .failDescribes(9)
        .staleBy(9)
        .forget(id)
        .omit(any -> true)
        .regress(true)
        .strangeWords(true);

    faults.none();

    assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
    assertThat(ask(id).nativeState()).isNotEqualTo(Optional.of("FROBNICATING"));
    assertThat(state(submit(Duration.ofSeconds(1)))).isNotNull();
  }

  @Test
  void another_connection_is_closed_without_touching_the_jobs() {
    JobId id = submit(Duration.ofMinutes(1));
    ScriptedBackend other = backend.reconnect();

    assertThat(other.describe(List.of(id))).containsKey(id);
    other.close();

    assertThatIllegalStateException().isThrownBy(() -> other.describe(List.of(id)));
    assertThat(state(id).isEnded()).isFalse();
    backend.close();
    assertThatIllegalStateException().isThrownBy(() -> inner.nodes());
  }
}
