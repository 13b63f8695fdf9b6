package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobState;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class HpcExtensionTest {
  /** Run by the tests below, never by themselves: none is a test to those who look for classes. */
  @ExtendWith(HpcExtension.class)
  static class Samples {
    @Test
    void in_virtual_time(JobClient hpc, VirtualTime time, LocalBackend backend) {
      assertThat(backend.time()).isSameAs(time);
      hpc.submit(JobDefinition.command("anything")).await().orThrow();
      assertThat(time.instant()).isEqualTo(Instant.parse("2026-01-01T00:01:00Z"));
    }

    @Test
    void leaves_a_job(JobClient hpc, VirtualTime time) {
      hpc.submit(JobDefinition.command("forgotten"), r -> r.hold());
    }

    @Test
    void fails(JobClient hpc, VirtualTime time) {
      hpc.submit(JobDefinition.command("waiting"), r -> r.hold());
      assertThat(JobState.PENDING).isEqualTo(JobState.RUNNING);
    }
  }

  /** The same, with a short limit. */
  static class HastySamples {
    @RegisterExtension
    static final HpcExtension HASTY =
        HpcExtension.builder().timeLimit(Duration.ofMillis(200)).build();

    @Test
    void hangs(JobClient hpc) throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }

  private static TestExecutionResult run(Class<?> samples, String method, Class<?>... parameters) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(
            selectMethod(
                samples,
                method,
                String.join(",", Arrays.stream(parameters).map(Class::getName).toList())))
        .execute()
        .testEvents()
        .finished()
        .stream()
        .map((Event event) -> event.getRequiredPayload(TestExecutionResult.class))
        .findFirst()
        .orElseThrow();
  }

  private static Throwable failure(TestExecutionResult result) {
    return result.getThrowable().orElseThrow(() -> new AssertionError("the test passed"));
  }

  @Test
  void a_test_gets_a_client_and_its_time() {
    TestExecutionResult result =
        run(
            Samples.class,
            "in_virtual_time",
            JobClient.class,
            VirtualTime.class,
            LocalBackend.class);

    assertThat(result.getThrowable()).isEmpty();
  }

  @Test
  void a_test_that_leaves_a_job_fails_and_names_it() {
    Throwable failure =
        failure(run(Samples.class, "leaves_a_job", JobClient.class, VirtualTime.class));

    assertThat(failure).hasMessageContaining("forgotten").hasMessageContaining("held");
  }

  @Test
  void a_failure_carries_the_tables() {
    Throwable failure = failure(run(Samples.class, "fails", JobClient.class, VirtualTime.class));

    assertThat(failure.getSuppressed())
        .anySatisfy(
            diagnosis ->
                assertThat(diagnosis)
                    .hasMessageContaining("PARTITION")
                    .hasMessageContaining("waiting"));
  }

  @Test
  void a_test_that_hangs_is_interrupted() {
    Throwable failure = failure(run(HastySamples.class, "hangs", JobClient.class));

    assertThat(failure).hasMessageContaining("longer than PT0.2S");
  }
}
