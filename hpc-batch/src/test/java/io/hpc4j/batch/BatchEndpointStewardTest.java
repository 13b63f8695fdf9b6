package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.batch.status.StatusMapper;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import io.hpc4j.testkit.ContractWork;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;
import software.amazon.awssdk.services.batch.model.TerminateJobRequest;

/** What this program does for jobs that AWS Batch would not do. */
class BatchEndpointStewardTest extends EndpointCases {
  private static final RetryPolicy LATER =
      RetryPolicy.attempts(2).delay(Duration.ofMinutes(30)); // so AWS does not make them

  // ---- further attempts

  @Test
  void a_further_attempt_has_not_succeeded_because_the_rest_of_its_array_has() {
    ContractWork work =
        ContractWork.quick()
            .exit(3)
            .inElements(3)
            .inAttempts(1)
            .otherwise(ContractWork.lasting(HOUR));
    Job array = hpc.submit(fixture.work("rest", work).retry(LATER).build(), r -> r.array(5));

    pass(Duration.ofMinutes(70));

    assertThat(array.element(2).refresh().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(array.element(3).refresh().state()).isEqualTo(JobState.RUNNING);
    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
  }

  /** It wakes those who wait for their turn to call. */
  @Test
  void the_thread_of_the_clock_calls_nobody() throws Exception {
    CompletableFuture<Thread> caller = new CompletableFuture<>();
    HandedTime time = new HandedTime(fixture.time());
    BatchBackend slow =
        EndpointFixture.builder(fixture.client(c -> c.addExecutionInterceptor(heard(caller))), time)
            .build();
    JobId id = JobId.create(slow.name(), slow.scope());
    JobDefinition definition = failing("again").toBuilder().retry(LATER).build();
    slow.submit(new Submission(id, JobRequest.of(definition), part -> {}));
    pass(Duration.ofMinutes(10));
    assertThat(slow.describe(List.of(id))).hasSize(1);
    pass(HOUR);

    time.scheduled.get(0).run();

    Thread other = caller.get(20, TimeUnit.SECONDS);
    assertThat(other).isNotSameAs(Thread.currentThread());
    other.join();
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void what_a_slow_call_may_have_sent_has_its_time_from_the_end_of_the_call() {
    HandedTime time = new HandedTime(fixture.time());
    BatchBackend slow =
        EndpointFixture.builder(fixture.client(c -> c.addExecutionInterceptor(slowly(time))), time)
            .build();
    JobId id = JobId.create(slow.name(), slow.scope());
    JobDefinition definition = failing("slow").toBuilder().retry(LATER).build();
    slow.submit(new Submission(id, JobRequest.of(definition), part -> {}));
    pass(Duration.ofMinutes(10));
    assertThat(state(slow, id)).isEqualTo(JobState.PENDING);
    pass(HOUR);
    endpoint.faults().loseReplies(1).lateVisibility(Duration.ofSeconds(40));

    assertThat(state(slow, id)).isEqualTo(JobState.PENDING);
    assertThat(state(slow, id)).isEqualTo(JobState.PENDING);
    assertThat(endpoint.jobs()).hasSize(2);
    pass(Duration.ofMinutes(2));
    assertThat(slow.describe(List.of(id))).hasSize(1);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  /** Lets submissions take two minutes. */
  private static ExecutionInterceptor slowly(HandedTime time) {
    return new ExecutionInterceptor() {
      @Override
      public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        if (context.request() instanceof SubmitJobRequest) {
          time.pass(Duration.ofMinutes(2));
        }
      }
    };
  }

  // ---- ending what may be there

  private Job uncertain(int elements) {
    ContractWork work =
        ContractWork.quick().exit(3).inAttempts(1).otherwise(ContractWork.endless());
    Job job =
        hpc.submit(fixture.work("uncertain", work).retry(LATER).build(), r -> r.array(elements));
    pass(Duration.ofMinutes(10));
    endpoint.faults().loseReplies(1).lateVisibility(Duration.ofSeconds(40));
    Duration step = Duration.ofSeconds(5);
    for (int i = 0; i < 360 && endpoint.jobs().size() < 2; i++) {
      pass(step);
    }
    assertThat(endpoint.jobs()).hasSize(2);
    return job;
  }

  @Test
  void what_is_cancelled_while_nobody_knows_of_it_is_ended_when_it_shows() {
    Job job = uncertain(3);

    job.cancel();

    assertThat(end(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(endpoint.jobs()).hasSize(2);
    assertThat(endpoint.jobs().get(1).status()).isEqualTo("FAILED");
  }

  @Test
  void an_element_that_is_cancelled_while_nobody_knows_of_it_takes_no_other_along() {
    Job job = uncertain(3);

    job.element(1).cancel();
    pass(HOUR);

    assertThat(job.element(1).refresh().state()).isEqualTo(JobState.CANCELLED);
    assertThat(job.element(2).refresh().state()).isEqualTo(JobState.RUNNING);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void what_aws_could_not_be_told_to_end_it_is_told_again() {
    AtomicInteger failures = new AtomicInteger(2);
    BatchClient failing =
        fixture.client(
            c ->
                c.addExecutionInterceptor(
                    failing(
                        request ->
                            request instanceof TerminateJobRequest
                                && failures.getAndDecrement() > 0)));
    JobClient client = client(fixture.builder(failing).scope("failing").build());
    ContractWork work =
        ContractWork.quick().exit(1).inElements(0).otherwise(ContractWork.endless());

    Job array = end(client.submit(fixture.work("fast", work).build(), r -> r.array(20).failFast()));

    assertThat(failures.get()).isNegative();
    assertThat(array.status().count(JobState.CANCELLED)).isEqualTo(19);
  }

  /** AWS counts an array's elements late. */
  @Test
  void an_array_that_is_told_to_end_keeps_what_has_succeeded_and_was_not_counted_yet() {
    AtomicBoolean late = new AtomicBoolean(true);
    AtomicBoolean told = new AtomicBoolean();
    Altered uncounted =
        Altered.telling(
            job ->
                late.get() && StatusMapper.isArray(job)
                    ? job.toBuilder()
                        .status("PENDING")
                        .isTerminated(told.get())
                        .arrayProperties(a -> a.size(3).statusSummary(Map.of()))
                        .build()
                    : job);
    BatchClient lagging = fixture.client(c -> c.addExecutionInterceptor(uncounted));
    JobClient client = client(fixture.builder(lagging).scope("lagging").build());
    Job array = client.submit(quick("late"), r -> r.array(3));
    pass(Duration.ofMinutes(10));

    told.set(true);
    array.cancel();
    pass(Duration.ofMinutes(10));
    late.set(false);

    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(array.element(0).refresh().state()).isEqualTo(JobState.SUCCEEDED);
  }

  /** Lets requests fail before they are sent. */
  private static ExecutionInterceptor failing(Predicate<SdkRequest> which) {
    return new ExecutionInterceptor() {
      @Override
      public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        if (which.test(context.request())) {
          throw SdkClientException.create("not now", new ConnectException("not now"));
        }
      }
    };
  }

  // ---- what is found again

  @Test
  void parts_that_are_found_are_in_order_and_count_once() {
    BatchBackend first =
        EndpointFixture.builder(
                fixture.client(c -> c.addExecutionInterceptor(Altered.answering(500, isSize(3)))),
                fixture.time())
            .build();
    List<Accepted> noted = new ArrayList<>();
    JobId id = JobId.create(first.name(), first.scope());
    Submission submission =
        new Submission(id, JobRequest.builder(quick("split")).array(10_003).build(), noted::add);
    assertThatThrownBy(() -> first.submit(submission)).isInstanceOf(BackendException.class);
    Lookup found = first.find(submission);
    assertThat(found).isInstanceOfSatisfying(Lookup.Found.class, one -> noted.addAll(one.parts()));

    BatchBackend second = EndpointFixture.builder(fixture.client(), fixture.time()).build();
    second.adopt(submission, List.copyOf(noted));

    assertThat(noted).extracting(part -> part.indices().first()).containsExactly(0, 0, 10_000);
    pass(HOUR);
    assertThat(state(second, id)).isEqualTo(JobState.SUCCEEDED);
    assertThat(second.attempts(id.element(0))).hasSize(1);
  }

  @Test
  void an_array_of_which_a_part_did_not_get_through_is_completed() {
    AtomicInteger failures = new AtomicInteger(1);
    Predicate<SdkRequest> first = isSize(3).and(request -> failures.getAndDecrement() > 0);
    JobClient client =
        client(
            fixture
                .builder(fixture.client(c -> c.addExecutionInterceptor(failing(first))))
                .scope("failing")
                .build());

    Job array = end(client.submit(quick("split"), r -> r.array(10_003)));

    assertThat(array.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(failures.get()).isNegative();
    assertThat(endpoint.jobs()).hasSize(2);
  }

  @Test
  void attempts_that_were_not_noted_are_found_in_their_order() {
    List<Accepted> noted = new ArrayList<>();
    JobId id = JobId.create(backend.name(), backend.scope());
    RetryPolicy thrice = RetryPolicy.attempts(3).delay(Duration.ofMinutes(30));
    JobDefinition definition = failing("thrice").toBuilder().retry(thrice).build();
    Submission submission = new Submission(id, JobRequest.of(definition), noted::add);
    backend.submit(submission);
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(10));
      assertThat(backend.describe(List.of(id))).hasSize(1);
    }
    assertThat(noted).hasSize(3);

    BatchBackend next = program(b -> b);
    next.adopt(submission, noted.subList(0, 1));
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(10));
      assertThat(next.describe(List.of(id))).hasSize(1);
    }

    assertThat(endpoint.jobs()).hasSize(3);
    assertThat(next.attempts(id)).extracting(Attempt::number).containsExactly(1, 2, 3);
    assertThat(state(next, id)).isEqualTo(JobState.FAILED);
  }

  private static Predicate<SdkRequest> isSize(int elements) {
    return request ->
        request instanceof SubmitJobRequest one
            && one.arrayProperties() != null
            && one.arrayProperties().size() == elements;
  }

  // ---- dependencies

  @Test
  void what_follows_a_job_that_was_cancelled_before_it_was_sent_never_runs() {
    Job first = hpc.submit(failing("first").toBuilder().retry(LATER).build());
    Job unsent = hpc.submit(quick("unsent"), r -> r.after(first).array(3));
    unsent.cancel();
    Job whole = hpc.submit(quick("whole"), r -> r.after(unsent));
    Job element = hpc.submit(quick("element"), r -> r.after(unsent.element(1)));
    Job each = hpc.submit(quick("each"), r -> r.afterEach(unsent).array(3));

    assertThat(List.of(end(whole), end(element), end(each)))
        .allSatisfy(
            job -> {
              assertThat(job.state()).isEqualTo(JobState.FAILED);
              assertThat(job.status().reason()).contains(Reason.DEPENDENCY_FAILED);
            });
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void each_element_that_waits_here_goes_by_the_one_of_its_index() {
    ContractWork once = ContractWork.quick().exit(3).inAttempts(1);
    Job first = hpc.submit(fixture.work("first", once).retry(LATER).build());
    Job some = hpc.submit(quick("some"), r -> r.after(first).array(3));
    some.element(1).cancel();
    Job each = hpc.submit(quick("each"), r -> r.afterEach(some).array(3));

    end(each);

    assertThat(each.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2));
    assertThat(some.element(1).refresh().state()).isEqualTo(JobState.CANCELLED);
    assertThat(each.element(1).refresh().reason()).contains(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void dependencies_by_index_are_at_most_what_one_job_takes() {
    JobRef[] arrays =
        IntStream.range(0, 21)
            .mapToObj(i -> hpc.submit(quick("array"), r -> r.array(2)))
            .toArray(JobRef[]::new);
    JobRef[] twenty = Arrays.copyOf(arrays, 20);
    Job plain = hpc.submit(endless("plain"));
    JobRequest fits = JobRequest.builder(quick("fits")).array(2).afterEach(twenty).build();

    assertThat(problems(fits)).isEmpty();
    assertThat(
            List.of(
                problems(fits.toBuilder().afterEach(arrays[20]).build()),
                problems(fits.toBuilder().sequential().build()),
                problems(fits.toBuilder().after(plain).build())))
        .allSatisfy(
            problems ->
                assertThat(problems).extracting(Problem::field).containsExactly("dependencies"));
  }

  @Test
  void what_gathers_dependencies_gets_a_definition_again_too() {
    JobRef[] many =
        IntStream.range(0, 21).mapToObj(i -> hpc.submit(lasting("first"))).toArray(JobRef[]::new);
    fixture.client().deregisterJobDefinition(r -> r.jobDefinition(described(0).jobDefinition()));

    Job last = end(hpc.submit(quick("last"), r -> r.after(many)));

    assertThat(last.state()).isEqualTo(JobState.SUCCEEDED);
  }

  // ---- refusals

  @Test
  void without_a_shell_no_array_is_numbered_but_by_aws() {
    JobRequest array =
        JobRequest.builder(quick("array")).array(3).options(BatchOptions.create().noShim()).build();
    JobDefinition nodes =
        quick("nodes").toBuilder().resources(Resources.nodes(2)).launch(Launch.PER_NODE).build();

    assertThat(problems(array)).isEmpty();
    assertThat(
            List.of(
                problems(array.toBuilder().array(1).build()),
                problems(
                    JobRequest.builder(quick("retried").toBuilder().retry(LATER).build())
                        .array(3)
                        .options(BatchOptions.create().noShim())
                        .build()),
                problems(
                    JobRequest.builder(nodes)
                        .array(3)
                        .options(BatchOptions.create().noShim())
                        .build())))
        .allSatisfy(problems -> assertThat(problems).extracting(Problem::field).contains("array"));
  }

  @Test
  void a_script_has_no_empty_arguments() {
    JobDefinition script = quick("s").toBuilder().script("echo \"$1\"", "a", "").build();

    assertThat(problems(JobRequest.of(script)))
        .extracting(Problem::field)
        .containsExactly("work.script");
  }

  private static JobState state(BatchBackend of, JobId id) {
    return Objects.requireNonNull(of.describe(List.of(id)).get(id)).state();
  }

  private JobDefinition lasting(String name) {
    return fixture.work(name, ContractWork.lasting(HOUR)).build();
  }

  /** Tells who makes the second submission. */
  private static ExecutionInterceptor heard(CompletableFuture<Thread> caller) {
    AtomicInteger submissions = new AtomicInteger();
    return new ExecutionInterceptor() {
      @Override
      public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        if (context.request() instanceof SubmitJobRequest && submissions.incrementAndGet() == 2) {
          caller.complete(Thread.currentThread());
        }
      }
    };
  }
}
