package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Backend;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** No submission is made twice and none is forgotten, whatever becomes of the replies. */
class SubmissionPromisesTest extends ScriptedCases {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static void assertOutcomeUnknown(ThrowingCallable submission) {
    assertThatThrownBy(submission)
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());
  }

  private static void assertNotSubmitted(ThrowingCallable submission) {
    assertThatThrownBy(submission)
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isFalse());
  }

  private Job submitWithLostReply() {
    faults.loseReplies(1);
    return hpc.submit(sleep(MINUTE));
  }

  @Test
  void a_backend_that_takes_a_request_is_not_asked_before_what_is_wrong_with_it() {
    List<String> calls = new ArrayList<>();
    Backend watched =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (proxy, method, arguments) -> {
                  calls.add(method.getName());
                  return method.invoke(inner, arguments);
                });
    try (JobClient client = JobClient.on(watched)) {
      client.submit(sleep(MINUTE));
    }

    assertThat(calls).contains("submit").doesNotContain("check");
  }

  @Test
  void a_hundred_lost_replies_make_a_hundred_jobs() {
    List<Job> jobs = IntStream.range(0, 100).mapToObj(i -> submitWithLostReply()).toList();

    hpc.awaitAll(jobs);

    assertThat(inner.list(JobFilter.all())).hasSize(100);
    assertThat(faults.arrivals()).isEqualTo(100);
    assertThat(faults.submitCalls()).isEqualTo(100);
    assertThat(jobs).allMatch(job -> job.state() == JobState.SUCCEEDED);
  }

  @Test
  void lost_replies_of_jobs_that_show_up_late_make_no_second_job() {
    faults.lateVisibility(Duration.ofSeconds(7));

    List<Job> jobs = IntStream.range(0, 20).mapToObj(i -> submitWithLostReply()).toList();
    hpc.awaitAll(jobs);

    assertThat(faults.arrivals()).isEqualTo(20);
    assertThat(faults.submitCalls()).isEqualTo(20);
    assertThat(jobs).allMatch(job -> job.state() == JobState.SUCCEEDED);
  }

  @Test
  void a_lost_reply_of_an_array_makes_one_array() {
    faults.loseReplies(1);

    Job array = hpc.submit(sleep(MINUTE), r -> r.array(5));

    assertThat(array.await().status().count(JobState.SUCCEEDED)).isEqualTo(5);
    assertThat(faults.arrivals()).isEqualTo(1);
  }

  @Test
  void submissions_that_never_arrived_are_each_sent_again_once() {
    faults.lateVisibility(Duration.ofSeconds(7));

    for (int i = 0; i < 20; i++) {
      faults.dropSubmissions(1);
      hpc.submit(sleep(MINUTE));
    }

    assertThat(faults.submitCalls()).isEqualTo(40);
    assertThat(faults.arrivals()).isEqualTo(20);
    assertThat(inner.list(JobFilter.all())).hasSize(20);
  }

  @Test
  void nothing_is_sent_again_before_it_is_sure_that_the_first_cannot_arrive() {
    faults.dropSubmissions(1).lateVisibility(Duration.ofSeconds(45));

    hpc.submit(sleep(MINUTE));

    assertThat(time.instant()).isAfterOrEqualTo(START.plusSeconds(45));
    assertThat(faults.submitCalls()).isEqualTo(2);
  }

  @Test
  void what_never_arrives_ends_as_not_submitted() {
    faults.dropSubmissions(Integer.MAX_VALUE);

    assertNotSubmitted(() -> hpc.submit(sleep(MINUTE)));

    assertThat(faults.arrivals()).isZero();
  }

  @Test
  void what_cannot_be_found_out_is_never_sent_twice() {
    hpc.onEvent(events::add);
    faults.loseReplies(1).searchable(false).lateVisibility(Duration.ofDays(1));

    assertOutcomeUnknown(() -> hpc.submit(sleep(MINUTE)));

    assertThat(faults.submitCalls()).isEqualTo(1);
    assertThat(time.instant()).isAfterOrEqualTo(START.plus(LOST_AFTER));
    assertThat(events).as("a job on its way is not lost").isEmpty();
  }

  @Test
  void a_search_that_fails_is_tried_again() {
    faults.loseReplies(1).failFinds(4);

    Job job = hpc.submit(sleep(MINUTE));

    assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(faults.findCalls()).isEqualTo(5);
    assertThat(faults.arrivals()).isEqualTo(1);
  }

  @Test
  void a_refusal_is_told_as_it_is_and_not_searched_for() {
    faults.refuseSubmissions(1);

    assertNotSubmitted(() -> hpc.submit(sleep(MINUTE)));

    assertThat(faults.findCalls()).isZero();
    assertThat(inner.list(JobFilter.all())).isEmpty();
  }

  @Test
  void one_refusal_among_many_forgets_nothing_that_was_submitted() {
    Job first = hpc.submit(sleep(MINUTE));
    faults.refuseSubmissions(1);
    assertNotSubmitted(() -> hpc.submit(sleep(MINUTE)));
    Job last = hpc.submit(sleep(MINUTE));

    hpc.awaitAll(List.of(first, last));

    assertThat(hpc.list(JobFilter.all())).hasSize(2).allMatch(job -> job.state().isEnded());
  }

  @Test
  void a_lost_reply_inside_a_callback_is_not_waited_for() {
    CompletableFuture<Job> second =
        hpc.submit(sleep(MINUTE)).completion().thenApply(status -> submitWithLostReply());
    faults.lateVisibility(Duration.ofSeconds(7));

    pass(Duration.ofMinutes(3));

    assertThat(second).isCompletedExceptionally();
    assertThat(faults.arrivals()).isEqualTo(2);
    assertThat(faults.submitCalls()).isEqualTo(2);
  }

  @Test
  void interrupting_a_search_says_that_the_outcome_is_unknown() {
    ScriptedBackend real = ScriptedBackend.over(LocalBackend.create());
    real.faults().loseReplies(1).searchable(false);
    try (JobClient client = JobClient.on(real)) {
      Thread.currentThread().interrupt();
      assertOutcomeUnknown(() -> client.submit(sleep(MINUTE)));
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(real.faults().submitCalls()).isEqualTo(1);
  }
}
