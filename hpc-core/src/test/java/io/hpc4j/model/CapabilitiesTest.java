package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CapabilitiesTest {
  private static final Capabilities ALL =
      Capabilities.builder()
          .set(Capabilities.Support.NATIVE, Capability.values())
          .maxArraySize(100)
          .maxDependencies(2)
          .minTimeout(Duration.ofMinutes(1))
          .build();

  private static final JobDefinition TRUE = JobDefinition.command("true");

  private static JobId job(String token) {
    return JobId.of("local", "here", token);
  }

  /** Asks for everything that goes together. */
  private static JobRequest.Builder everything() {
    return JobRequest.builder(
            JobDefinition.builder("x")
                .command("run")
                .image("image")
                .resources(
                    Resources.nodes(2).gpus(1).consumable("licence", 1).features("ssd").exclusive())
                .launch(Launch.PER_TASK)
                .retry(RetryPolicy.attempts(2))
                .timeout(Duration.ofHours(1))
                .workingDirectory("/data")
                .stdin("in")
                .stdout("out")
                .inheritEnvironment()
                .build())
        .array(IndexSet.parse("1,7"))
        .throttle(1)
        .sequential()
        .maxFailures(1)
        .after(job("a"))
        .afterEnd(job("b"))
        .priority(1)
        .share("physics")
        .hold()
        .begin(Instant.EPOCH)
        .deadline(Instant.EPOCH.plusSeconds(1))
        .failIfUnschedulableFor(Duration.ofHours(1));
  }

  @Test
  void a_builder_starts_with_everything_absent() {
    Capabilities none = Capabilities.builder().build();

    assertThat(Capability.values()).noneMatch(none::has);
    assertThat(none.maxArraySize()).isEmpty();
    assertThat(none.maxDependencies()).isEmpty();
    assertThat(none.minTimeout()).isEmpty();
    assertThat(none.note(Capability.IMAGE)).isEmpty();
  }

  @Test
  void a_request_within_the_limits_has_no_problems() {
    assertThat(everything().build().problems()).isEmpty();
    assertThat(ALL.problems(everything().build())).isEmpty();
  }

  @Test
  void all_that_is_absent_is_named_at_once_with_the_field_that_asks_for_it() {
    EnumSet<Capability> asked = EnumSet.copyOf(everything().build().needs().keySet());

    assertThat(Capabilities.builder().build().problems(everything().build()))
        .hasSameSizeAs(asked)
        .contains(
            new Problem("resources.nodes", "MULTI_NODE", "is not supported"),
            new Problem("resources.features", "NODE_FEATURES", "is not supported"),
            new Problem("resources.exclusive", "EXCLUSIVE", "is not supported"),
            new Problem("share", "SHARE", "is not supported"),
            new Problem("launch", "LAUNCH_PER_TASK", "is not supported"),
            new Problem("array", "SPARSE_ARRAY", "is not supported"),
            new Problem("failIfUnschedulableFor", "UNSCHEDULABLE_LIMIT", "is not supported"));
    assertThat(EnumSet.complementOf(asked))
        .as("what cannot be asked for together, or is no matter of a request")
        .containsExactly(
            Capability.SCRIPT,
            Capability.JAVA_TASK,
            Capability.SIMULATED,
            Capability.LAUNCH_MAIN,
            Capability.LAUNCH_PER_NODE,
            Capability.AFTER_FAILURE,
            Capability.AFTER_EACH,
            Capability.LOGS,
            Capability.NODES,
            Capability.EXIT_SIGNAL,
            Capability.CPU_TIME,
            Capability.MEMORY_LIMIT);
  }

  @ParameterizedTest
  @EnumSource(names = "ABSENT", mode = EnumSource.Mode.EXCLUDE)
  void whatever_is_not_absent_is_accepted(Capabilities.Support support) {
    Capabilities some =
        Capabilities.builder()
            .set(Capabilities.Support.NATIVE, Capability.COMMAND)
            .set(support, Capability.PRIORITY)
            .build();

    assertThat(some.problems(JobRequest.builder(TRUE).priority(5).build())).isEmpty();
  }

  @Test
  void a_note_on_what_is_absent_is_part_of_the_problem() {
    Capabilities noted =
        Capabilities.builder()
            .set(Capabilities.Support.NATIVE, Capability.COMMAND)
            .set(Capabilities.Support.ABSENT, Capability.HOLD, "use a begin time")
            .build();

    assertThat(noted.problems(JobRequest.builder(TRUE).hold().build()))
        .containsExactly(new Problem("hold", "HOLD", "is not supported: use a begin time"));
  }

  @Test
  void every_limit_that_is_broken_is_named() {
    JobRequest request =
        JobRequest.builder(TRUE)
            .array(101)
            .after(job("a"), job("b"), job("c"))
            .timeout(Duration.ofSeconds(59))
            .build();

    assertThat(ALL.problems(request))
        .containsExactly(
            new Problem("array.size", "101", "must be at most 100"),
            new Problem("dependencies", "3", "must be at most 2"),
            new Problem("timeout", "PT59S", "must be at least PT1M"));
  }

  @Test
  void limits_themselves_are_allowed() {
    JobRequest request =
        JobRequest.builder(TRUE)
            .array(100)
            .after(job("a"), job("b"))
            .timeout(Duration.ofMinutes(1))
            .build();

    assertThat(ALL.problems(request)).isEmpty();
  }

  @Test
  void a_plain_command_needs_nothing_else() {
    assertThat(JobRequest.of(TRUE).needs()).containsOnlyKeys(Capability.COMMAND);
  }

  @Test
  void launching_on_the_main_node_is_asked_for_only_where_there_are_others() {
    JobDefinition main = TRUE.toBuilder().launch(Launch.MAIN).build();
    JobDefinition two = main.toBuilder().resources(Resources.nodes(2)).build();

    assertThat(JobRequest.of(main).needs()).doesNotContainKey(Capability.LAUNCH_MAIN);
    assertThat(JobRequest.of(two).needs())
        .containsKeys(Capability.LAUNCH_MAIN, Capability.MULTI_NODE);
  }

  @Test
  void what_overrides_and_parameters_ask_for_counts() {
    JobRequest request =
        JobRequest.builder(TRUE)
            .resources(Resources.cpus(1).gpus(1))
            .timeout(Duration.ofHours(1))
            .build();

    assertThat(request.needs()).containsKeys(Capability.GPUS, Capability.TIMEOUT);
  }
}
