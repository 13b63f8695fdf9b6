package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.KeyValuePair;

/** What another program sees of jobs, which knows only what AWS tells of them. */
class BatchEndpointOtherProgramsTest extends EndpointCases {
  /** So that AWS does not make the attempts. */
  private static final RetryPolicy LATER = RetryPolicy.attempts(2).delay(Duration.ofMinutes(30));

  private BatchBackend other;

  @BeforeEach
  void another() {
    other = program(b -> b.scope("other"));
  }

  private JobStatus seen(JobId id) {
    return Objects.requireNonNull(other.describe(List.of(id)).get(id));
  }

  private JobDefinition once(ContractWork work) {
    return fixture.work("once", work.exit(3).inAttempts(1)).retry(LATER).build();
  }

  @Nested
  class AttemptsOfTheProgram {
    @Test
    void a_failure_that_another_attempt_may_follow_is_not_the_end() {
      Job job = hpc.submit(once(ContractWork.quick()));
      pass(Duration.ofMinutes(10));

      assertThat(seen(job.id()).state()).isEqualTo(JobState.PENDING);
      assertThat(other.explain(job.id()))
          .get()
          .satisfies(why -> assertThat(why.kind()).isEqualTo(WaitReason.Kind.RETRY_DELAY));
      end(job);

      assertThat(seen(job.id()).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(seen(job.id()).attempt()).isEqualTo(2);
      assertThat(other.attempts(job.id())).hasSize(2);
    }

    @Test
    void a_job_that_is_held_and_taken_back_has_not_ended() {
      Job blocker =
          hpc.submit(endless("blocker"), r -> r.array(fixture.nodes() * fixture.cpusPerNode()));
      Job job = hpc.submit(quick("held"));
      pass(Duration.ofMinutes(10));
      job.hold();
      pass(Duration.ofMinutes(10));

      assertThat(seen(job.id()).state()).isEqualTo(JobState.PENDING);
      blocker.cancel();
      job.release();
      end(job);

      assertThat(seen(job.id()).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void the_last_failure_is_the_end() {
      Job job = end(hpc.submit(failing("twice").toBuilder().retry(LATER).build()));

      assertThat(seen(job.id()).state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void a_failure_that_no_rule_names_is_the_end() {
      RetryPolicy images =
          RetryPolicy.attempts(3).retryOn(Reason.IMAGE_PULL).delay(Duration.ofMinutes(30));
      Job job = end(hpc.submit(failing("once").toBuilder().retry(images).build()));

      assertThat(seen(job.id()).state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void attempts_that_aws_makes_are_told_by_aws() {
      RetryPolicy native2 = RetryPolicy.attempts(2);
      Job job = end(hpc.submit(failing("native").toBuilder().retry(native2).build()));

      assertThat(seen(job.id()).state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void an_element_that_may_be_tried_again_keeps_its_array_open() {
      ContractWork work = ContractWork.quick().exit(3).inElements(1).inAttempts(1);
      Job array = hpc.submit(fixture.work("array", work).retry(LATER).build(), r -> r.array(3));
      pass(Duration.ofMinutes(10));

      assertThat(seen(array.id()).counts())
          .containsEntry(JobState.PENDING, 1)
          .containsEntry(JobState.SUCCEEDED, 2);
      end(array);

      assertThat(seen(array.id()).state()).isEqualTo(array.state());
    }

    @Test
    void it_cannot_be_cancelled_by_another_while_nothing_of_it_is_alive() {
      Job job = hpc.submit(once(ContractWork.quick()));
      pass(Duration.ofMinutes(10));
      Object unused = seen(job.id());

      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> other.cancel(job.id(), "not wanted"))
          .withMessageContaining("the program that has submitted it");

      assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void what_depends_on_it_waits_for_the_attempts_that_follow() {
      Job job = hpc.submit(once(ContractWork.quick()));
      pass(Duration.ofMinutes(10));

      Job dependent = client(other).submit(quick("dependent"), r -> r.after(job));

      assertThat(end(dependent).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.refresh().state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void what_depends_on_it_before_it_fails_waits_too() {
      Job job = hpc.submit(once(ContractWork.lasting(HOUR)));
      pass(Duration.ofMinutes(10));

      Job dependent = client(other).submit(quick("dependent"), r -> r.after(job));

      assertThat(end(dependent).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void another_client_of_the_same_program_waits_for_them_too() {
      JobClient second = client(program(b -> b));
      Job job = hpc.submit(once(ContractWork.quick()));

      Job dependent = second.submit(quick("dependent"), r -> r.after(job));

      assertThat(end(dependent).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Nested
  class Parts {
    private static final int TWO_PARTS = 10_003;

    @Test
    void an_array_of_which_a_part_is_missing_has_not_ended() {
      ContractWork work = ContractWork.quick().exit(3).inElements(0);
      Job array = end(hpc.submit(fixture.work("split", work).build(), r -> r.array(TWO_PARTS)));
      assertThat(array.state()).isEqualTo(JobState.FAILED);

      endpoint.faults().expire(endpoint.jobs().get(0).id());

      assertThat(seen(array.id()).state().isEnded()).isFalse();
      assertThat(seen(array.id()).count(JobState.SUCCEEDED)).isEqualTo(3);
    }

    @Test
    void a_part_that_shows_late_is_waited_for() {
      BatchClient aws =
          fixture.client(
              c ->
                  c.addExecutionInterceptor(
                      Interrupted.before(
                          r -> Interrupted.isArrayOf(r, 3),
                          () -> endpoint.faults().lateVisibility(Duration.ofSeconds(40)))));
      ContractWork work = ContractWork.lasting(HOUR).inElements(10_001);
      JobClient client = client(fixture.builder(aws).scope("late").build());
      Job array =
          client.submit(
              fixture.work("array", work.otherwise(ContractWork.quick())).build(),
              r -> r.array(TWO_PARTS));
      endpoint.faults().none();

      Job next = client(other).submit(quick("next"), r -> r.after(array));

      assertThat(end(next).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(array.refresh().state()).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Nested
  class ArraysOfJobsOfSeveralNodes {
    private JobRequest gangs(ContractWork work, IndexSet indices) {
      return JobRequest.builder(
              fixture
                  .work("gangs", work)
                  .resources(Resources.nodes(2))
                  .launch(Launch.PER_NODE)
                  .retry(LATER)
                  .build())
          .array(indices)
          .build();
    }

    @Test
    void are_seen_element_by_element() {
      IndexSet indices = IndexSet.of(1, 5, 7);
      Job array = hpc.submit(gangs(ContractWork.quick().exit(3).inElements(7), indices));
      pass(Duration.ofMinutes(10));

      assertThat(seen(array.id()).counts())
          .containsEntry(JobState.PENDING, 1)
          .containsEntry(JobState.SUCCEEDED, 2);
      assertThat(seen(array.id().job().element(7)).state()).isEqualTo(JobState.PENDING);
    }

    @Test
    void are_cancelled_element_by_element() {
      Job array = hpc.submit(gangs(ContractWork.endless(), IndexSet.of(0, 1)));
      pass(Duration.ofMinutes(5));

      other.cancel(array.id().job().element(1), "only this");
      pass(Duration.ofMinutes(5));

      assertThat(array.element(1).refresh().state()).isEqualTo(JobState.CANCELLED);
      assertThat(array.element(0).refresh().state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void an_attempt_that_was_not_noted_is_not_made_again() {
      List<Accepted> noted = new ArrayList<>();
      JobRequest request = gangs(ContractWork.quick().exit(3).inElements(1), IndexSet.of(0, 1, 2));
      JobId id = JobId.create(backend.name(), backend.scope());
      Submission submission = new Submission(id, request, noted::add);
      backend.submit(submission);
      for (int i = 0; i < 2; i++) {
        pass(HOUR);
        Object unused = backend.describe(List.of(id));
      }
      assertThat(noted).hasSize(4);

      BatchBackend next = program(b -> b);
      next.adopt(submission, noted.subList(0, 3));
      for (int i = 0; i < 8; i++) {
        pass(Duration.ofMinutes(10));
        Object unused = next.describe(List.of(id));
      }

      assertThat(endpoint.jobs()).hasSize(4);
      assertThat(next.describe(List.of(id)))
          .hasEntrySatisfying(id, status -> assertThat(status.state()).isEqualTo(JobState.FAILED));
    }
  }

  @Nested
  class Words {
    @Test
    void a_job_that_somebody_has_cancelled_is_cancelled_whatever_the_words() {
      Job job = hpc.submit(endless("cancelled"));
      job.await(JobState.RUNNING, fixture.patience());

      job.cancel("the campaign has exceeded timeouts");
      end(job);

      assertThat(seen(job.id()).state()).isEqualTo(JobState.CANCELLED);
      assertThat(seen(job.id()).reason()).contains(Reason.CANCELLED);
    }

    @Test
    void the_log_group_of_a_job_is_the_one_that_it_says_itself() {
      BatchOptions mine =
          BatchOptions.create().logDriver("awslogs", Map.of("awslogs-group", "mine"));
      Job job = end(hpc.submit(quick("logs"), r -> r.options(mine)));

      assertThat(other.logs(job.id()).last())
          .get()
          .satisfies(entry -> assertThat(entry.location()).startsWith("mine:"));
    }

    @Test
    void a_job_without_its_time_of_submission_is_known_all_the_same() {
      Job job = hpc.submit(endless("undated"));
      Job second = hpc.submit(endless("undated"));
      BatchClient aws =
          fixture.client(
              c ->
                  c.addExecutionInterceptor(
                      Altered.telling(one -> one.toBuilder().createdAt(null).build())));
      BatchBackend undated = fixture.builder(aws).scope("undated").build();

      assertThat(undated.describe(List.of(job.id(), second.id()))).hasSize(2);
    }

    @Test
    void a_job_that_only_looks_like_ours_is_none() {
      String definition = register("theirs");
      KeyValuePair indices = KeyValuePair.builder().name("HPC4J_INDICES").value("abc").build();
      Job ours = hpc.submit(endless("ours"));
      Object unused =
          fixture
              .client()
              .submitJob(
                  r ->
                      r.jobName("h4jtest-x")
                          .jobQueue("normal")
                          .shareIdentifier("users")
                          .jobDefinition(definition)
                          .containerOverrides(
                              c ->
                                  c.command(ContractWork.endless().command())
                                      .environment(List.of(indices))));

      assertThat(other.list(JobFilter.open()))
          .extracting(JobStatus::id)
          .extracting(JobId::token)
          .containsExactly(ours.id().token());
    }
  }
}
