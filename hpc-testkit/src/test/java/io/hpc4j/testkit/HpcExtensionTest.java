package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Node;
import io.hpc4j.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/**
 * Runs sample tests, many of them deliberately bad. The samples are nested classes that are not
 * {@code @Nested}, which the build does not run by themselves.
 */
class HpcExtensionTest {
  private static final List<JobClient> CLIENTS = new CopyOnWriteArrayList<>();
  private static final List<Path> DIRECTORIES = new CopyOnWriteArrayList<>();

  private static JobDefinition endless() {
    return JobDefinition.command("sleep", "1000");
  }

  // ---- what a test gets

  @ExtendWith(HpcExtension.class)
  static class Good {
    @BeforeEach
    void has_the_same_cluster_as_the_test(JobClient hpc) {
      CLIENTS.add(hpc);
    }

    @Test
    void lives_in_virtual_time(JobClient hpc, VirtualTime time, LocalBackend backend) {
      assertThat(backend.time()).isSameAs(time);
      hpc.submit(JobDefinition.command("anything")).await().orThrow();
      assertThat(time.instant()).isEqualTo(Instant.parse("2026-01-01T00:01:00Z"));
      assertThat(CLIENTS).contains(hpc);
    }

    @Test
    void runs_commands_in_a_directory_of_its_own(JobClient hpc) {
      Job job = hpc.submit(JobDefinition.command("pwd")).await().orThrow();
      Path directory = Path.of(job.logs().text().strip());
      assertThat(directory).isNotEmptyDirectory();
      DIRECTORIES.add(directory);
    }

    @RepeatedTest(2)
    void has_a_cluster_of_its_own_each_time(JobClient hpc, VirtualTime time) {
      assertThat(time.instant()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
      assertThat(hpc.list(JobFilter.all())).isEmpty();
      hpc.submit(JobDefinition.command("anything")).await();
    }

    @TestFactory
    List<DynamicTest> makes_tests(JobClient hpc) {
      return List.of(DynamicTest.dynamicTest("made", () -> assertThat(hpc.isOpen()).isTrue()));
    }

    @Test
    void may_close_the_client_itself(JobClient hpc) {
      hpc.submit(endless());
      hpc.close();
    }

    @AfterEach
    void still_has_it(JobClient hpc) {
      assertThat(CLIENTS.get(CLIENTS.size() - 1)).isSameAs(hpc);
    }
  }

  static class Configured {
    @RegisterExtension
    static final HpcExtension HPC =
        HpcExtension.builder()
            .queue(
                JobQueue.builder("big")
                    .runsOn(ComputeEnvironment.fixed("n", 3, Capacity.cpus(64).memoryGiB(8)))
                    .build())
            .simulate((definition, index, attempt) -> Simulated.exit(7, Duration.ofHours(2)))
            .virtualTime()
            .allowLeftovers()
            .build();

    @Test
    void has_that_cluster_and_rule(JobClient hpc, LocalBackend backend) {
      assertThat(hpc.nodes()).extracting(Node::name).hasSize(3);
      assertThat(hpc.submit(JobDefinition.command("x")).await().status().exit())
          .hasValueSatisfying(exit -> assertThat(exit.code()).hasValue(7));
      assertThat(backend.time().instant()).isEqualTo(Instant.parse("2026-01-01T02:00:00Z"));
    }

    @Test
    void may_leave_jobs(JobClient hpc) {
      hpc.submit(JobDefinition.command("x"), r -> r.hold());
    }
  }

  @Test
  void a_test_gets_a_cluster_of_its_own_that_is_closed_and_swept_up_after_it() {
    Map<String, TestExecutionResult> results = run(Good.class);

    assertThat(results).hasSize(6).allSatisfy((name, result) -> assertPassed(result));
    assertThat(CLIENTS).doesNotHaveDuplicates().noneMatch(JobClient::isOpen);
    assertThat(DIRECTORIES).hasSize(1).noneMatch(Files::exists);
  }

  @Test
  void the_builder_sets_the_cluster_the_rule_and_what_may_be_left() {
    Map<String, TestExecutionResult> results = run(Configured.class);

    assertThat(results).hasSize(2).allSatisfy((name, result) -> assertPassed(result));
  }

  // ---- what a test must not leave

  @ExtendWith(HpcExtension.class)
  static class Untidy {
    @Test
    void leaves_a_held_job(JobClient hpc, VirtualTime time) {
      hpc.submit(JobDefinition.builder("forgotten").command("x").build(), r -> r.hold());
    }

    @Test
    void leaves_a_running_job(JobClient hpc) {
      hpc.submit(endless()).await(JobState.RUNNING, Duration.ofSeconds(30));
    }

    @Test
    void leaves_a_process(JobClient hpc) throws IOException {
      Job job = hpc.submit(JobDefinition.command("true")).await();
      ProcessBuilder stray = new ProcessBuilder("sleep", "1000");
      stray.environment().put("HPC4J_JOB_ID", job.id().token());
      stray.start();
    }
  }

  @Test
  void a_test_that_leaves_jobs_fails_and_names_them() {
    Map<String, TestExecutionResult> results = run(Untidy.class);

    assertThat(failure(results, "leaves_a_held_job"))
        .hasMessageContaining("left behind")
        .hasMessageContaining("forgotten PENDING")
        .hasMessageContaining("held");
    assertThat(failure(results, "leaves_a_running_job"))
        .hasMessageContaining("left behind")
        .hasMessageContaining("sleep RUNNING");
  }

  @Test
  void a_test_that_leaves_a_process_fails_and_the_process_is_ended() {
    Throwable failure = failure(run(Untidy.class), "leaves_a_process");

    assertThat(failure).hasMessageContaining("left behind").hasMessageContaining("sleep 1000");
    long pid = Long.parseLong(failure.toString().replaceAll("(?s).*process (\\d+) .*", "$1"));
    ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
  }

  // ---- what is told of a failure

  @ExtendWith(HpcExtension.class)
  static class Failing {
    @Test
    void fails_in_virtual_time(JobClient hpc, VirtualTime time) {
      hpc.submit(JobDefinition.builder("waiting").command("x").build(), r -> r.hold());
      assertThat(JobState.PENDING).isEqualTo(JobState.RUNNING);
    }

    @RepeatedTest(1)
    void fails_after_a_job_that_failed(JobClient hpc) {
      Job job = hpc.submit(JobDefinition.command("sh", "-c", "echo what went wrong; exit 3"));
      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void fails_with_a_closed_client(JobClient hpc) {
      hpc.close();
      throw new IllegalStateException("own failure");
    }

    @TestFactory
    List<DynamicTest> fails_in_a_test_that_was_made(JobClient hpc) {
      return List.of(
          DynamicTest.dynamicTest(
              "made",
              () -> {
                hpc.submit(JobDefinition.command("true")).await();
                assertThat(hpc.isOpen()).isFalse();
              }));
    }
  }

  private static void assertTold(Throwable failure, String... texts) {
    assertThat(failure.getSuppressed())
        .anySatisfy(diagnosis -> assertThat(diagnosis).hasMessageContainingAll(texts));
  }

  @Test
  void a_failure_carries_the_tables_and_what_jobs_wait_for_or_wrote() {
    Map<String, TestExecutionResult> results = run(Failing.class);

    assertTold(
        failure(results, "fails_in_virtual_time"), "PARTITION", "NODELIST", "waiting", "held");
    assertTold(
        failure(results, "fails_after_a_job_that_failed"),
        "FAILED (NON_ZERO_EXIT, exit code 3)",
        "what went wrong");
    assertTold(failure(results, "fails_in_a_test_that_was_made"), "SUCCEEDED");
  }

  @Test
  void a_failure_is_not_replaced_by_what_is_told_of_it() {
    Map<String, TestExecutionResult> results = run(Failing.class);

    assertThat(failure(results, "fails_in_virtual_time"))
        .hasMessageContaining("RUNNING")
        .hasMessageNotContaining("left behind");
    assertThat(failure(results, "fails_with_a_closed_client")).hasMessage("own failure");
    assertTold(failure(results, "fails_with_a_closed_client"), "the client is closed");
  }

  // ---- how long a test may take

  static class Hanging {
    @RegisterExtension
    static final HpcExtension HASTY =
        HpcExtension.builder().timeLimit(Duration.ofMillis(300)).build();

    @Test
    void waits_for_nothing(JobClient hpc) throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Test
    void waits_for_a_job(JobClient hpc) {
      hpc.submit(endless()).await();
    }

    @RepeatedTest(1)
    void waits_in_a_template(VirtualTime time) throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Test
    void swallows_the_interruption(VirtualTime time) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static class HangingBefore {
    @RegisterExtension
    static final HpcExtension HASTY =
        HpcExtension.builder().timeLimit(Duration.ofMillis(300)).build();

    @BeforeEach
    void waits(JobClient hpc) throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Test
    void is_never_reached() {}
  }

  @Test
  void a_test_that_hangs_is_interrupted_and_told_where() {
    Map<String, TestExecutionResult> results = run(Hanging.class);

    assertThat(results).hasSize(4);
    for (String hanging : results.keySet()) {
      assertThat(failure(results, hanging)).hasMessageContaining("longer than PT0.3S");
      assertTold(failure(results, hanging), "PARTITION");
    }
    assertThat(failure(results, "waits_for_nothing"))
        .hasMessageContaining("Hanging.waits_for_nothing")
        .hasMessageContaining("CountDownLatch.await");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void a_before_each_method_that_hangs_is_interrupted_too() {
    Throwable failure = failure(run(HangingBefore.class), "is_never_reached");

    assertThat(failure).hasMessageContaining("longer than PT0.3S");
  }

  @Test
  void a_time_limit_is_positive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HpcExtension.builder().timeLimit(Duration.ZERO));
  }

  // ---- who may ask

  @ExtendWith(HpcExtension.class)
  static class AskingTooEarly {
    AskingTooEarly(JobClient hpc) {}

    @Test
    void is_never_reached() {}
  }

  @ExtendWith(HpcExtension.class)
  static class AskingTooLate {
    @BeforeEach
    void opens_the_cluster(JobClient hpc) {}

    @Test
    void asks_for_nothing() {}

    @AfterEach
    void asks_for_virtual_time(VirtualTime time) {}
  }

  @Test
  void a_constructor_cannot_ask() {
    Throwable failure = failure(run(AskingTooEarly.class), "is_never_reached");

    assertThat(failure).hasMessageContaining("No ParameterResolver registered");
  }

  @Test
  void whoever_asks_for_virtual_time_when_real_time_runs_is_told_what_to_do() {
    Throwable failure = failure(run(AskingTooLate.class), "asks_for_nothing");

    assertThat(failure).hasMessageContaining("HpcExtension.builder().virtualTime()");
  }

  // ---- running samples

  /** Runs all tests of a class; returns the results by the names of the methods. */
  private static Map<String, TestExecutionResult> run(Class<?> samples) {
    Map<String, TestExecutionResult> results = new HashMap<>();
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(samples))
        .execute()
        .testEvents()
        .finished()
        .stream()
        .forEach(
            (Event event) ->
                results.put(nameOf(event), event.getRequiredPayload(TestExecutionResult.class)));
    return results;
  }

  private static String nameOf(Event event) {
    String id = event.getTestDescriptor().getUniqueId().toString();
    String method = id.replaceAll(".*\\[(?:method|test-template|test-factory):(\\w+).*", "$1");
    String number = id.replaceAll(".*#([2-9]\\d*).*", " $1");
    return number.equals(id) ? method : method + number;
  }

  private static void assertPassed(TestExecutionResult result) {
    assertThat(result.getThrowable()).isEmpty();
  }

  private static Throwable failure(Map<String, TestExecutionResult> results, String test) {
    TestExecutionResult result = Objects.requireNonNull(results.get(test), results::toString);
    assertThat(result.getThrowable()).as("failure of %s", test).isPresent();
    return result.getThrowable().orElseThrow();
  }
}
