package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** AWS Batch holds no jobs: they are kept in the program, or taken back from AWS. */
class BatchEndpointHoldTest extends EndpointCases {
  private static final Duration MINUTES = Duration.ofMinutes(10);

  private JobDefinition lasting(String name) {
    return fixture.work(name, ContractWork.lasting(HOUR)).build();
  }

  /** Fills the cluster until it is cancelled. */
  private Job full() {
    int all = fixture.nodes() * fixture.cpusPerNode();
    Job blocker = hpc.submit(endless("blocker"), r -> r.array(all));
    pass(MINUTES);
    return blocker;
  }

  private Job held(Job job) {
    job.hold();
    pass(MINUTES);
    assertThat(job.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(job.explain()).map(WaitReason::kind).contains(WaitReason.Kind.HELD);
    return job;
  }

  @Test
  void nothing_of_a_held_job_is_sent_before_it_is_released() {
    Job job = hpc.submit(quick("held"), r -> r.array(20_000).hold());
    pass(HOUR);
    assertThat(job.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(job.element(3).explain()).map(WaitReason::kind).contains(WaitReason.Kind.HELD);
    assertThat(endpoint.jobs()).isEmpty();

    job.release();

    assertThat(endpoint.jobs()).hasSize(2);
    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void what_waits_on_aws_is_taken_back_and_sent_again_once() {
    Job blocker = full();
    Job job = held(hpc.submit(quick("taken back")));
    assertThat(endpoint.jobs().get(1).status()).isEqualTo("FAILED");
    blocker.cancel();
    pass(HOUR);
    assertThat(endpoint.jobs()).hasSize(2);

    job.release();

    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.status().attempt()).isEqualTo(1);
    assertThat(job.attempts()).hasSize(1);
    assertThat(endpoint.jobs()).hasSize(3);
  }

  @Test
  void a_job_may_be_held_as_often_as_one_likes() {
    Job blocker = full();
    Job job = hpc.submit(quick("again"));
    for (int i = 0; i < 3; i++) {
      held(job).release();
      pass(MINUTES);
      assertThat(job.refresh().state()).isEqualTo(JobState.RUNNABLE);
    }

    blocker.cancel();

    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(endpoint.jobs()).hasSize(5);
  }

  @Test
  void a_release_at_once_sends_it_again_as_soon_as_aws_has_given_it_back() {
    Job blocker = full();
    Job job = hpc.submit(quick("at once"));
    job.hold();
    job.release();
    blocker.cancel();

    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void elements_that_run_go_on_and_the_others_wait() {
    int places = fixture.nodes() * fixture.cpusPerNode();
    Job array = hpc.submit(lasting("array"), r -> r.array(places + 3));
    pass(MINUTES);

    array.hold();
    pass(HOUR.multipliedBy(3));

    assertThat(array.refresh().count(JobState.SUCCEEDED)).isEqualTo(places);
    assertThat(array.status().count(JobState.PENDING)).isEqualTo(3);
    assertThat(array.element(places).explain())
        .map(WaitReason::kind)
        .contains(WaitReason.Kind.HELD);
    array.release();
    assertThat(end(array).status().count(JobState.SUCCEEDED)).isEqualTo(places + 3);
    assertThat(array.element(places + 2).attempts()).hasSize(1);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void what_runs_is_left_alone_but_makes_no_further_attempt() {
    RetryPolicy later = RetryPolicy.attempts(2).delay(Duration.ofMinutes(1));
    ContractWork work = ContractWork.lasting(HOUR).exit(3);
    Job job = hpc.submit(fixture.work("runs", work).retry(later).build());
    pass(MINUTES);

    job.hold();
    pass(MINUTES);
    assertThat(job.refresh().state()).isEqualTo(JobState.RUNNING);
    pass(HOUR.multipliedBy(3));
    assertThat(job.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(endpoint.jobs()).hasSize(1);
    job.release();

    assertThat(end(job).attempts()).hasSize(2);
  }

  @Test
  void aws_makes_only_the_attempts_that_are_left() {
    int places = fixture.nodes() * fixture.cpusPerNode();
    Job blocker = hpc.submit(endless("blocker"), r -> r.array(places - 1));
    ContractWork work = ContractWork.lasting(HOUR).exit(3);
    RetryPolicy twice = RetryPolicy.attempts(2);
    Job job = hpc.submit(fixture.work("twice", work).retry(twice).build());
    Job next = hpc.submit(endless("takes its place"));
    pass(HOUR.plus(MINUTES));
    assertThat(job.refresh().state()).isEqualTo(JobState.RUNNABLE);
    assertThat(job.status().attempt()).isEqualTo(2);

    held(job).release();
    blocker.cancel();

    assertThat(end(job).state()).isEqualTo(JobState.FAILED);
    assertThat(job.attempts()).extracting(Attempt::number).containsExactly(1, 2);
    assertThat(next.refresh().state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void a_job_that_is_held_is_asked_for_no_more_often_than_others() {
    Job job = hpc.submit(endless("runs"));
    full();
    held(hpc.submit(quick("held")));
    int before = calls("DescribeJobs");

    pass(HOUR);

    assertThat(calls("DescribeJobs") - before).isLessThan(100);
    assertThat(job.refresh().state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void a_dependency_that_is_met_releases_nothing() {
    Job first = hpc.submit(lasting("first"));
    Job second = hpc.submit(quick("second"), r -> r.after(first));
    second.hold(); // which AWS lets wait
    end(first);
    pass(HOUR);
    assertThat(second.refresh().state()).isEqualTo(JobState.PENDING);

    second.release();

    assertThat(end(second).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void what_was_taken_back_still_waits_for_the_other() {
    Job first = hpc.submit(lasting("first").toBuilder().build());
    Job second = held(hpc.submit(quick("second"), r -> r.after(first)));
    second.release();
    pass(MINUTES);
    assertThat(second.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(second.explain()).map(WaitReason::kind).contains(WaitReason.Kind.DEPENDENCY);

    first.cancel();

    assertThat(end(second).status().reason()).contains(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void what_depends_on_it_waits_for_what_is_sent_again() {
    Job blocker = full();
    Job job = held(hpc.submit(quick("held")));
    Job after = hpc.submit(quick("after"), r -> r.after(job));
    job.release();
    pass(MINUTES);
    Job later = hpc.submit(quick("later"), r -> r.after(job));
    blocker.cancel();

    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(after).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(end(later).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void what_was_taken_back_can_be_cancelled() {
    Job blocker = full();
    Job job = held(hpc.submit(quick("job")));
    Job array = held(hpc.submit(quick("array"), r -> r.array(3)));

    job.cancel("not needed");
    array.element(1).cancel("nor this");
    array.release();
    blocker.cancel();

    assertThat(end(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(job.status().message()).isEqualTo("not needed");
    assertThat(job.status().startedAt()).isEmpty();
    assertThat(end(array).indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2));
    assertThat(array.element(1).refresh().message()).isEqualTo("nor this");
  }

  @Test
  void a_job_whose_calls_are_refused_is_not_held() {
    Job blocker = full();
    Job job = hpc.submit(quick("stays"));
    endpoint.faults().fail(100);

    assertThatThrownBy(job::hold).isInstanceOf(BackendException.class);

    endpoint.faults().fail(0);
    blocker.cancel();
    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
  }

  // ---- what cannot be taken back

  @Test
  void what_another_program_has_submitted_cannot_be_held() {
    Job blocker = full();
    Job job = hpc.submit(quick("theirs"));
    JobClient other = client(program(b -> b.scope(backend.scope())));
    Job theirs = other.job(JobId.parse(job.id().text()));
    assertThat(blocker.state()).isEqualTo(JobState.RUNNING);

    BatchBackend stranger = EndpointFixture.builder(fixture.client(), fixture.time()).build();
    JobId id = JobId.of(stranger.name(), stranger.scope(), theirs.id().token());
    assertThatThrownBy(() -> stranger.hold(id))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("another program");
    assertThat(job.refresh().state()).isEqualTo(JobState.RUNNABLE);
  }

  @Test
  void elements_that_go_one_after_the_other_cannot_be_held_on_aws() {
    Job array = hpc.submit(lasting("sequential"), r -> r.array(3).sequential());
    pass(MINUTES);

    assertThatThrownBy(array::hold)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(array.id().toString())
        .hasMessageContaining("wait for each other");
    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void what_others_wait_for_on_aws_cannot_be_held() {
    Job blocker = full();
    Job first = hpc.submit(quick("first"));
    Job second = hpc.submit(quick("second"), r -> r.after(first));

    assertThatThrownBy(first::hold)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(second.id().toString());
    blocker.cancel();

    assertThat(end(second).state()).isEqualTo(JobState.SUCCEEDED);
  }
}
