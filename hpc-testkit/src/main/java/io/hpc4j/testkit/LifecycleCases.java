package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobFailedException;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** L: states, events, futures and waiting. */
abstract class LifecycleCases extends Cases {
  @Test
  void L01_must_tell_a_success_as_one_way_to_one_end() {
    Recording recording = recordAll();
    Job job = submit(quick("told"));

    end(job);

    recording.assertOneWayToOneEnd(job);
    assertThat(recording.states(job)).endsWith(JobState.SUCCEEDED);
  }

  private Recording recordAll() {
    Recording recording = new Recording();
    hpc.onEvent(recording);
    return recording;
  }

  @Test
  void L02_must_tell_a_failure_as_one_way_to_one_end() {
    Recording recording = recordAll();
    Job job = submit(failing("told"));

    end(job);

    recording.assertOneWayToOneEnd(job);
    assertThat(recording.states(job)).endsWith(JobState.FAILED);
  }

  @Test
  void L03_must_tell_a_cancellation_as_one_way_to_one_end() {
    Recording recording = recordAll();
    Job job = running(submit(endless("told")));

    job.cancel();
    end(job);

    recording.assertOneWayToOneEnd(job);
    assertThat(recording.states(job)).contains(JobState.RUNNING).endsWith(JobState.CANCELLED);
  }

  @Test
  void L04_must_tell_the_clients_listeners_of_every_job_and_a_jobs_of_that_job() {
    Recording all = recordAll();
    Recording one = new Recording();
    Job first = running(submit(endless("one"))).onEvent(one);
    Job second = submit(failing("two"));

    end(second);
    first.cancel();
    end(first);

    all.assertOneWayToOneEnd(first);
    all.assertOneWayToOneEnd(second);
    assertThat(one.ids()).containsExactly(first.id());
    assertThat(one.states(first)).containsExactly(JobState.CANCELLED);
  }

  @Test
  void L05_must_tell_an_array_and_its_elements_each_as_one_way_to_one_end() {
    needs(Capability.ARRAY, Capability.HOLD);
    Recording recording = new Recording();
    Job array =
        submit(
            fixture.work("told", ContractWork.quick().exit(4).inElements(1)).build(),
            r -> r.array(3).hold());
    array.onEvent(recording).onElementEvent(recording);
    array.release();

    end(array);
    array.elements().forEach(this::end);

    recording.assertOneWayToOneEnd(array);
    array.elements().forEach(recording::assertOneWayToOneEnd);
    assertThat(recording.states(array.element(1))).endsWith(JobState.FAILED);
  }

  @Test
  void L06_must_count_every_element_of_an_array_at_any_time() {
    needs(Capability.ARRAY);
    Recording recording = new Recording();
    Job array = submit(lasting("counted"), r -> r.array(5)).onEvent(recording);

    end(array);

    assertThat(recording.statuses(array))
        .filteredOn(status -> !status.counts().isEmpty())
        .isNotEmpty()
        .allSatisfy(
            status ->
                assertThat(status.counts().values().stream().mapToInt(n -> n).sum()).isEqualTo(5));
  }

  @Test
  void L07_must_complete_the_future_once_with_the_ending() {
    AtomicInteger completions = new AtomicInteger();
    Job job = submit(failing("future"));
    CompletableFuture<JobStatus> completion = job.completion();
    CompletableFuture<Integer> counted =
        completion.thenApply(status -> completions.incrementAndGet());

    JobStatus ending = end(job);

    assertThat(done(completion)).isEqualTo(ending);
    assertThat(done(job.completion())).isEqualTo(ending);
    assertThat(done(counted)).isEqualTo(1);
  }

  @Test
  void L08_must_not_cancel_a_job_with_its_future() {
    Job job = submit(lasting("goes on"));

    job.completion().cancel(true);

    assertSucceeded(end(job));
  }

  @Test
  void L09_must_not_be_disturbed_by_a_listener_that_throws() {
    hpc.onEvent(
        event -> {
          throw new IllegalStateException("thrown by a listener, on purpose");
        });
    Recording recording = recordAll();
    Job job = submit(quick("disturbed"));

    assertSucceeded(end(job));
    recording.assertOneWayToOneEnd(job);
  }

  @Test
  void L10_must_refuse_to_wait_inside_a_callback() {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Job job = running(submit(endless("called back")));
    job.onEvent(
        event -> {
          try {
            job.await();
          } catch (RuntimeException e) {
            thrown.complete(e);
          }
        });

    job.cancel();

    end(job);
    assertThat(done(thrown)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void L11_must_let_a_callback_submit() {
    Job first = running(submit(endless("first")));
    CompletableFuture<Job> submitted =
        first.completion().thenApply(status -> submit(quick("second")));

    first.cancel();
    end(first);

    assertSucceeded(end(done(submitted)));
  }

  @Test
  void L12_must_let_a_listener_cancel() {
    Job job = running(submit(endless("heard")));
    Job victim = running(submit(endless("victim")));
    job.onEvent(event -> victim.cancel("by a listener"));

    job.cancel();

    assertEnded(end(victim), JobState.CANCELLED, Reason.CANCELLED);
    end(job);
  }

  @Test
  void L13_must_return_at_once_from_waiting_for_what_is_past() {
    Job job = submit(endless("past"));
    running(job);

    assertThat(job.await(JobState.SUBMITTED, fixture.patience()).state())
        .isEqualTo(JobState.RUNNING);
    job.cancel();
    end(job);
    assertThat(job.await(JobState.RUNNING, fixture.patience()).state())
        .isEqualTo(JobState.CANCELLED);
    assertThat(job.await().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void L14_must_return_with_the_end_from_waiting_for_another_end() {
    Job job = submit(quick("succeeds"));

    assertThat(job.await(JobState.FAILED, fixture.patience()).state())
        .isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void L15_must_return_without_the_end_when_the_time_is_over() {
    Job job = running(submit(endless("long")));

    assertThat(job.await(fixture.unit()).state()).isEqualTo(JobState.RUNNING);
    assertThat(job.await(Duration.ZERO).state()).isEqualTo(JobState.RUNNING);
    assertThat(job.await(JobState.SUCCEEDED, fixture.unit()).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void L16_must_wait_for_an_enormous_time_without_overflow() {
    Job job = submit(lasting("waited for"));

    assertSucceeded(job.await(Duration.ofSeconds(Long.MAX_VALUE)).status());
    assertSucceeded(job.await(Duration.ofSeconds(Long.MAX_VALUE)).status());
  }

  @Test
  void L17_must_carry_a_failure_in_an_exception_if_wished() {
    Job job = submit(failing("thrown"));
    assertThatThrownBy(() -> running(submit(endless("open"))).orThrow())
        .isInstanceOf(IllegalStateException.class);

    end(job);

    assertThatThrownBy(job::orThrow)
        .isInstanceOfSatisfying(
            JobFailedException.class,
            e -> assertThat(e.status().reason()).contains(Reason.NON_ZERO_EXIT));
  }

  @Test
  void L18_must_wait_for_all_jobs() {
    List<Job> jobs = List.of(submit(quick("a")), submit(failing("b")), submit(lasting("c")));

    hpc.awaitAll(jobs);

    assertThat(jobs).allSatisfy(job -> assertThat(job.state().isEnded()).isTrue());
  }

  @Test
  void L19_must_wait_for_all_jobs_or_the_first_that_fails() {
    Job fails = submit(failing("fails"));
    Job goesOn = submit(endless("goes on"));

    assertThat(hpc.awaitAllOrFirstFailure(List.of(goesOn, fails))).contains(fails);
    assertThat(goesOn.state().isEnded()).isFalse();
    assertThat(hpc.awaitAllOrFirstFailure(List.of(submit(quick("fine"))))).isEmpty();
  }

  @Test
  void L20_must_say_which_source_a_status_is_from() {
    Job job = submit(quick("sourced"));

    assertThat(end(job).source()).isNotBlank();
    assertThat(ask(job).source()).isNotBlank();
    assertThat(job.status().nativeId()).isPresent();
  }

  @Test
  void L21_must_keep_the_attempt_of_a_plain_job() {
    Job job = submit(failing("once"));
    JobStatus ending = end(job);

    assertThat(job.attempts())
        .singleElement()
        .satisfies(
            attempt -> {
              assertThat(attempt.number()).isEqualTo(1);
              assertThat(attempt.state()).isEqualTo(JobState.FAILED);
              assertThat(attempt.reason()).isEqualTo(ending.reason());
              assertThat(attempt.exit()).isEqualTo(ending.exit());
              assertThat(attempt.nodes()).isEqualTo(ending.nodes());
              assertThat(attempt.startedAt()).isEqualTo(ending.startedAt());
              assertThat(attempt.endedAt()).isEqualTo(ending.endedAt());
            });
  }

  @Test
  void L22_should_tell_how_long_a_job_took() {
    Job job = submit(lasting("measured"));
    JobStatus status = end(job);

    assertThat(job.usage().elapsed()).contains(Duration.between(started(status), ended(status)));
  }

  @Test
  void L23_must_return_the_result_of_a_java_task() {
    needs(Capability.JAVA_TASK);
    Job job = submit(quick("java").toBuilder().java(context -> context.attempt() + 41).build());

    assertSucceeded(end(job));

    assertThat(job.result(Integer.class)).contains(42);
  }

  @Test
  void L24_must_fail_a_java_task_that_throws() {
    needs(Capability.JAVA_TASK);
    Job job =
        submit(
            quick("java").toBuilder()
                .java(
                    context -> {
                      throw new IllegalArgumentException("no such molecule");
                    })
                .build());

    assertEnded(end(job), JobState.FAILED, Reason.EXCEPTION);
    assertThat(job.status().message()).contains("no such molecule");
    assertThat(job.result(Object.class)).isEmpty();
  }
}
