package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Capability;
import io.hpc4j.model.Exit;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;

/** S: submitting, refusing, planning, listing, attaching, and when a job may start. */
abstract class SubmitCases extends Cases {
  @Test
  void S01_must_run_a_job_to_success_and_say_when_and_where() {
    JobStatus status = end(submit(lasting("plain")));

    assertSucceeded(status);
    assertThat(status.exit().map(Exit::isZero).orElse(true)).isTrue();
    assertThat(status.attempt()).isEqualTo(1);
    assertNotBefore(started(status), status.submittedAt().orElseThrow());
    assertNotBefore(ended(status), started(status));
    assertThat(status.nodes()).hasSize(1);
    if (has(Capability.NODES)) {
      assertThat(hpc.nodes()).extracting(Node::name).containsAll(status.nodes());
    }
  }

  @Test
  void S02_must_report_a_failure_with_its_exit_code_and_never_as_success() {
    JobStatus status = end(submit(failing("fails")));

    assertEnded(status, JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(status.exit().orElseThrow().code()).hasValue(3);
  }

  @Test
  void S03_must_list_a_job_under_its_own_queue_only() {
    Job job = submit(endless("listed"), r -> r.queue(fixture.otherQueue()));

    assertThat(ids(JobFilter.all())).contains(job.id());
    assertThat(ids(JobFilter.all().queue(fixture.otherQueue()))).contains(job.id());
    assertThat(ids(JobFilter.all().queue(fixture.queue()))).doesNotContain(job.id());
  }

  @Test
  void S04_must_name_its_queues_and_the_default_one() {
    assertThat(hpc.queues())
        .extracting(JobQueue::name)
        .contains(fixture.queue(), fixture.otherQueue())
        .doesNotHaveDuplicates();
    assertThat(hpc.defaultQueue()).contains(fixture.queue());
  }

  @Test
  void S05_must_use_the_default_queue_when_none_is_named() {
    Job job = submit(endless("default"));

    assertThat(ids(JobFilter.all().queue(fixture.queue()))).contains(job.id());
  }

  @Test
  void S06_must_not_list_an_unknown_queue() {
    assertThatThrownBy(() -> hpc.list(JobFilter.all().queue("no-such-queue")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void S07_must_list_by_name_and_state_in_the_order_of_submission() {
    Job first = submit(endless("wanted"));
    submit(endless("other"));
    Job second = submit(endless("wanted"));
    running(first);
    running(second);

    assertThat(ids(JobFilter.all().name("wanted"))).containsExactly(first.id(), second.id());
    assertThat(ids(JobFilter.open().name("wanted"))).containsExactly(first.id(), second.id());
    assertThat(ids(JobFilter.all().name("wanted").states(JobState.SUCCEEDED))).isEmpty();
    assertThat(ids(JobFilter.all().name("unheard of"))).isEmpty();
  }

  private List<JobId> ids(JobFilter filter) {
    return hpc.list(filter).stream().map(JobStatus::id).toList();
  }

  @Test
  void S08_must_keep_a_free_text_name_as_it_is() {
    String name = "n\u00e4me with spaces, 'quotes' \"and\" $(id) `id` %j; * \\ #1";
    Job job = submit(endless(name));

    assertThat(hpc.list(JobFilter.all().name(name)))
        .singleElement()
        .satisfies(status -> assertThat(status.name()).contains(name));
    assertThat(ids(JobFilter.all().name(name))).containsExactly(job.id());
  }

  @Test
  void S09_must_run_one_definition_as_often_as_it_is_submitted() {
    JobDefinition definition = quick("again");
    Job first = submit(definition);
    Job second = submit(definition);

    assertSucceeded(end(first));
    assertSucceeded(end(second));
    assertThat(second.id()).isNotEqualTo(first.id());
  }

  @Test
  void S10_must_go_on_knowing_a_job_that_has_ended() {
    Job job = submit(failing("over"));
    JobStatus ending = end(job);

    for (int i = 0; i < 2; i++) {
      JobStatus asked = ask(job);
      assertThat(asked.id()).isEqualTo(job.id());
      assertThat(asked.state()).isEqualTo(ending.state());
      assertThat(asked.exit()).isEqualTo(ending.exit());
      assertThat(job.refresh().state()).isEqualTo(ending.state());
    }
  }

  @Test
  void S11_must_leave_unknown_jobs_out_of_a_bulk_answer() {
    Job known = submit(endless("known"));
    JobId unknown = unknownId();

    Map<JobId, JobStatus> answer = hpc.status(List.of(unknown, known, unknownId()));

    assertThat(answer).containsOnlyKeys(known.id());
    assertThat(hpc.status(List.of())).isEmpty();
    assertThat(hpc.status(List.of(unknown))).isEmpty();
  }

  @Test
  void S12_must_refuse_an_unknown_job_in_every_question() {
    JobId unknown = unknownId();

    Stream.<Runnable>of(
            () -> hpc.job(unknown),
            () -> backend.explain(unknown),
            () -> backend.cancel(unknown, "no reason"),
            () -> backend.hold(unknown),
            () -> backend.release(unknown),
            () -> backend.logs(unknown),
            () -> backend.attempts(unknown))
        .forEach(
            question -> assertThatThrownBy(question::run).isInstanceOf(NotFoundException.class));
  }

  @Test
  void S13_must_refuse_the_id_of_another_backend() {
    JobId foreign = JobId.create("another", backend.scope());

    assertThatThrownBy(() -> hpc.job(foreign)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void S14_must_let_another_client_attach_by_the_text_of_the_id() {
    Job job = submit(lasting("attached"));
    JobClient second = anotherClient();
    Job attached = second.job(JobId.parse(job.id().text()));

    assertThat(attached.id()).isEqualTo(job.id());
    assertSucceeded(end(attached));
    assertSucceeded(end(job));
  }

  @Test
  void S15_must_let_another_client_attach_to_what_has_ended() {
    Job job = submit(failing("ended"));
    end(job);
    JobClient second = anotherClient();
    Job attached = second.job(JobId.parse(job.id().text()));

    assertEnded(attached.status(), JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(attached.await().state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void S16_must_let_another_client_cancel() {
    Job job = running(submit(endless("cancelled from elsewhere")));
    JobClient second = anotherClient();
    second.job(JobId.parse(job.id().text())).cancel("from elsewhere");

    assertEnded(end(job), JobState.CANCELLED, Reason.CANCELLED);
  }

  @Test
  void S17_must_name_each_default_in_the_plan_and_change_nothing() {
    JobRequest request = JobRequest.of(quick("planned"));
    List<Object> before = traces();

    Plan plan = hpc.plan(request);

    assertThat(plan.backend()).isEqualTo(backend.name());
    assertThat(plan.artifacts()).isNotEmpty();
    assertThat(plan.notes())
        .filteredOn(note -> note.kind() == Plan.Kind.DEFAULT)
        .extracting(Plan.Note::field)
        .anyMatch(field -> field.startsWith("queue"))
        .anyMatch(field -> field.startsWith("resources"));
    assertThat(traces()).isEqualTo(before);
    assertThat(hpc.plan(request)).isEqualTo(plan);
  }

  @Test
  void S18_must_refuse_to_plan_what_it_would_refuse_to_submit() {
    JobRequest request = JobRequest.builder(quick("bad")).queue("no-such-queue").build();

    assertThatThrownBy(() -> hpc.plan(request)).isInstanceOf(InvalidJobException.class);
  }

  @TestFactory
  @Execution(SAME_THREAD) // each looks at what the others have left
  Stream<DynamicTest> S19_must_refuse_bad_input_without_a_trace() {
    return new BadInput(this)
        .all()
        .map(bad -> DynamicTest.dynamicTest(bad.name(), () -> assertRefused(bad)));
  }

  private void assertRefused(BadInput.Bad bad) {
    List<Problem> problems = refused(bad.request());

    assertThat(problems)
        .as("problems of the field %s", bad.field())
        .anyMatch(problem -> problem.field().startsWith(bad.field()));
  }

  @Test
  void S20_must_list_everything_that_is_wrong_at_once() {
    JobDefinition definition =
        quick("two\nlines").toBuilder()
            .environment("HPC4J_MINE", "x")
            .timeout(Duration.ZERO)
            .resources(Resources.cpus(0))
            .build();

    List<Problem> problems = refused(JobRequest.builder(definition).array(0).priority(-1).build());

    assertThat(problems)
        .extracting(Problem::field)
        .contains(
            "name", "environment", "timeout", "resources.cpusPerTask", "array.size", "priority");
  }

  @Test
  void S21_must_submit_none_of_many_when_one_is_wrong() {
    List<Object> before = traces();
    List<JobRequest> requests =
        List.of(
            JobRequest.of(quick("good")),
            JobRequest.builder(quick("bad")).queue("no-such-queue").build());

    assertThatThrownBy(() -> hpc.submitAll(requests)).isInstanceOf(InvalidJobException.class);
    assertThat(traces()).isEqualTo(before);
  }

  @Test
  void S22_must_take_what_is_unusual_and_right() {
    JobDefinition odd =
        quick("x".repeat(128)).toBuilder()
            .resources(Resources.tasks(2).tasksPerNode(2).memory(Memory.ofMiB(100)))
            .build();
    boolean timeout = has(Capability.TIMEOUT);

    Job job = submit(odd, r -> timeout ? r.timeout(Duration.ofMillis(3_700_500)) : r);

    assertSucceeded(end(job));
  }

  @Test
  void S23_must_take_jobs_from_many_threads() {
    List<CompletableFuture<Job>> submitting =
        IntStream.range(0, fixture.isSlow() ? 2 : 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> submit(quick("thread " + i))))
            .toList();

    List<Job> jobs = submitting.stream().map(this::done).toList();

    jobs.forEach(job -> assertSucceeded(end(job)));
    assertThat(jobs).extracting(Job::id).doesNotHaveDuplicates();
  }

  @Test
  void S24_must_submit_a_failed_job_again() {
    Job failed = submit(failing("again"));
    Job fine = submit(quick("fine"));
    end(failed);
    end(fine);

    Job again = hpc.resubmitFailed(failed).orElseThrow();

    assertEnded(end(again), JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(again.id()).isNotEqualTo(failed.id());
    assertThat(hpc.resubmitFailed(fine)).isEmpty();
  }

  @Test
  void S25_must_never_run_more_than_fits() {
    int size = fixture.parallel() + 2;
    Job array = submit(lasting("many"), r -> r.array(size));
    assertSucceeded(end(array));

    assertThat(mostAtOnce(askElements(array))).isLessThanOrEqualTo(fixture.parallel());
  }

  @Test
  void S26_must_fill_the_nodes_without_overfilling_one() {
    needs(Capability.NODES);
    occupy(fixture.parallel());

    assertThat(hpc.nodes())
        .allSatisfy(
            node -> {
              assertThat(node.cpusInUse()).isBetween(0, node.capacity().cpus());
              assertThat(node.memoryInUse()).isLessThanOrEqualTo(node.capacity().memory());
            });
    assertThat(cpusInUse()).isGreaterThanOrEqualTo(fixture.parallel());
  }

  @Test
  void S27_must_start_the_higher_priority_first() {
    needs(Capability.PRIORITY);
    Job blocker = occupy(fixture.parallel());
    Job low = submit(lasting("low"), r -> r.priority(1));
    Job high = submit(lasting("high"), r -> r.priority(9));
    Job middle = submit(lasting("middle"), r -> r.priority(5));
    waiting(middle, JobState.RUNNABLE);

    blocker.element(0).cancel();

    assertNotBefore(started(end(middle)), ended(end(high)));
    assertNotBefore(started(end(low)), ended(end(middle)));
  }

  @Test
  void S28_must_start_equals_in_the_order_of_submission() {
    Job blocker = occupy(fixture.parallel());
    Job first = submit(lasting("first"));
    Job second = submit(lasting("second"));
    Job third = submit(lasting("third"));
    waiting(third, JobState.RUNNABLE);

    blocker.element(0).cancel();

    assertNotBefore(started(end(second)), ended(end(first)));
    assertNotBefore(started(end(third)), ended(end(second)));
  }

  @Test
  void S29_must_not_start_a_held_job_before_it_is_released() {
    needs(Capability.HOLD);
    Job job = held("held");
    waiting(job, JobState.PENDING);
    assertThat(job.explain()).map(WaitReason::kind).contains(WaitReason.Kind.HELD);
    assertThat(job.await(fixture.unit()).state()).isEqualTo(JobState.PENDING);

    Instant released = backend.time().instant();
    job.release();

    assertNotBefore(started(end(job)), released);
    assertSucceeded(job.status());
  }

  @Test
  void S30_must_hold_what_waits_and_leave_alone_what_runs() {
    needs(Capability.HOLD);
    Job blocker = occupy(fixture.parallel());
    Job job = waiting(submit(quick("held late")), JobState.RUNNABLE);

    job.hold();
    blocker.hold();
    blocker.element(0).cancel();
    end(blocker.element(0));

    job.await(fixture.unit());
    assertThat(job.state()).isEqualTo(JobState.PENDING);
    assertThat(blocker.element(1).state()).isEqualTo(JobState.RUNNING);
    job.release();
    assertSucceeded(end(job));
  }

  @Test
  void S31_must_not_start_before_the_begin_time() {
    needs(Capability.BEGIN);
    Instant begin = backend.time().instant().plus(fixture.unit().multipliedBy(2));
    Job job = submit(quick("later"), r -> r.begin(begin));

    assertNotBefore(started(end(job)), begin);
    assertSucceeded(job.status());
  }

  @Test
  void S32_must_end_a_running_job_at_its_deadline() {
    needs(Capability.DEADLINE);
    Instant deadline = backend.time().instant().plus(fixture.shortestTimeout());
    Job job = submit(endless("late"), r -> r.deadline(deadline));

    assertEnded(end(job), JobState.FAILED, Reason.DEADLINE);
    assertNotBefore(ended(job.status()), deadline);
  }

  @Test
  void S33_must_end_a_waiting_job_at_its_deadline_without_running_it() {
    needs(Capability.DEADLINE, Capability.HOLD);
    Instant deadline = backend.time().instant().plus(fixture.shortestTimeout());
    Job job = submit(quick("never"), r -> r.hold().deadline(deadline));

    assertEnded(end(job), JobState.FAILED, Reason.DEADLINE);
    assertThat(job.status().startedAt()).isEmpty();
  }

  @Test
  void S34_must_give_up_a_job_that_stays_unschedulable() {
    needs(Capability.UNSCHEDULABLE_LIMIT);
    occupy(fixture.parallel());

    Job job = submit(quick("given up"), r -> r.failIfUnschedulableFor(fixture.unit()));

    assertEnded(end(job), JobState.FAILED, Reason.UNSCHEDULABLE);
    assertThat(job.status().startedAt()).isEmpty();
  }

  @Test
  void S35_must_explain_what_waits_for_room_and_nothing_else() {
    Job blocker = occupy(fixture.parallel());
    Job job = waiting(submit(quick("waits")), JobState.RUNNABLE);

    Set<WaitReason.Kind> forRoom =
        EnumSet.of(
            WaitReason.Kind.RESOURCES,
            WaitReason.Kind.CPUS,
            WaitReason.Kind.MEMORY,
            WaitReason.Kind.PRIORITY);
    until(
        "the scheduler has looked at it",
        () -> job.explain().map(WaitReason::kind).filter(forRoom::contains).isPresent());
    assertThat(job.explain().orElseThrow().detail()).isNotBlank();
    assertThat(blocker.element(0).explain()).isEmpty();
    blocker.cancel();
    end(job);
    assertThat(job.explain()).isEmpty();
  }

  @Test
  void S36_must_know_a_job_by_the_time_submit_returns() {
    Job job = submit(endless("at once"));

    assertThat(hpc.status(List.of(job))).containsOnlyKeys(job.id());
    assertThat(ids(JobFilter.open())).contains(job.id());
  }

  @Test
  void S37_must_take_a_hold_or_release_that_comes_too_late_as_nothing() {
    needs(Capability.HOLD);
    Job runs = running(submit(endless("runs")));
    Job over = submit(quick("over"));
    end(over);

    over.hold();
    over.release();
    runs.release();

    assertSucceeded(ask(over));
    assertThat(ask(runs).state()).isEqualTo(JobState.RUNNING);
  }
}
