package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestValidatorTest {
  private static final JobDefinition TRUE = JobDefinition.command("true");
  private static final JobId OTHER = JobId.of("local", "here", "0a");

  private static List<Problem> definition(Consumer<JobDefinition.Builder> change) {
    JobDefinition.Builder b = TRUE.toBuilder();
    change.accept(b);
    return JobRequest.of(b.build()).problems();
  }

  private static List<Problem> request(Consumer<JobRequest.Builder> change) {
    JobRequest.Builder b = JobRequest.builder(TRUE);
    change.accept(b);
    return b.build().problems();
  }

  private static void assertOne(List<Problem> problems, String field, Object value) {
    assertThat(problems)
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.field()).isEqualTo(field);
              assertThat(p.value()).isEqualTo(String.valueOf(value));
              assertThat(p.rule()).isNotBlank();
            });
  }

  @Test
  void a_plain_command_is_fine() {
    assertThat(definition(b -> {})).isEmpty();
  }

  @Nested
  class Name {
    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\0b", "a\nb", "a\rb"})
    void blank_or_with_nul_or_line_break_is_refused(String name) {
      assertOne(definition(b -> b.name(name)), "name", name);
    }

    @Test
    void of_128_characters_is_allowed_and_no_longer() {
      assertThat(definition(b -> b.name("é".repeat(128)))).isEmpty();
      assertOne(definition(b -> b.name("é".repeat(129))), "name", "é".repeat(129));
    }

    @Test
    void is_free_text_otherwise() {
      assertThat(definition(b -> b.name("résumé of 'run' $(7) 😀"))).isEmpty();
    }
  }

  @Nested
  class What_to_run {
    @Test
    void has_to_be_said() {
      assertOne(JobRequest.of(JobDefinition.builder("x").build()).problems(), "work", "");
    }

    @Test
    void an_empty_or_blank_command_is_refused() {
      assertOne(definition(b -> b.command()), "work.command", "[]");
      assertOne(definition(b -> b.command("", "a")), "work.command", "[, a]");
      assertOne(definition(b -> b.command(" ")), "work.command", "[ ]");
    }

    @Test
    void nul_in_an_argument_is_refused_and_a_line_break_is_not() {
      assertOne(definition(b -> b.command("echo", "a\0")), "work.command", "a\0");
      assertOne(definition(b -> b.script("true", "\0")), "work.arguments", "\0");
      assertThat(definition(b -> b.command("echo", "a\nb", ""))).isEmpty();
    }

    @Test
    void an_empty_script_or_one_with_nul_is_refused() {
      assertOne(definition(b -> b.script(" \n")), "work.script", " \n");
      assertOne(definition(b -> b.script("echo \0")), "work.script", "NUL");
    }

    @Test
    void an_unreadable_script_is_refused_where_it_is_named(@TempDir Path folder)
        throws IOException {
      Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 0});

      for (Path bad : List.of(folder.resolve("none.sh"), folder, binary)) {
        assertThatExceptionOfType(InvalidJobException.class)
            .isThrownBy(() -> Work.scriptFile(bad))
            .withCauseInstanceOf(IOException.class)
            .satisfies(e -> assertOne(e.problems(), "work.script", bad));
      }
    }

    @Test
    void simulated_work_has_a_duration_and_an_exit_code() {
      assertOne(
          definition(b -> b.work(Work.simulated(Duration.ofSeconds(-1)))),
          "work.duration",
          "PT-1S");
      assertOne(definition(b -> b.work(Work.simulated(Duration.ZERO, 256))), "work.exitCode", 256);
      assertThat(definition(b -> b.work(Work.simulated(Duration.ZERO, 255)))).isEmpty();
    }
  }

  @Nested
  class Sizes {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, 1_000_001})
    void counts_below_one_or_beyond_a_million_are_refused(int count) {
      assertOne(resources(Resources.nodes(count)), "resources.nodes", count);
      assertOne(resources(Resources.cpus(count)), "resources.cpusPerTask", count);
      assertOne(resources(Resources.tasks(count)), "resources.totalTasks", count);
      assertOne(
          resources(Resources.defaults().tasksPerNode(count)), "resources.tasksPerNode", count);
    }

    @Test
    void memory_of_zero_or_less_is_refused() {
      assertOne(resources(Resources.defaults().memoryGiB(0)), "resources.memory", "0 B");
      assertOne(resources(Resources.defaults().memoryGiB(-1)), "resources.memory", "-1 GiB");
    }

    @Test
    void fewer_than_no_gpus_and_less_than_one_consumable_are_refused() {
      assertOne(resources(Resources.defaults().gpus(-1)), "resources.gpus", -1);
      assertOne(
          resources(Resources.defaults().consumable("ansys", 0)),
          "resources.consumables",
          "ansys=0");
      assertOne(resources(Resources.defaults().consumable(" ", 1)), "resources.consumables", " ");
      assertThat(resources(Resources.defaults().gpus(0))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT-1S"})
    void a_timeout_of_zero_or_less_is_refused(Duration timeout) {
      assertOne(definition(b -> b.timeout(timeout)), "timeout", timeout);
      assertOne(request(b -> b.failIfUnschedulableFor(timeout)), "failIfUnschedulableFor", timeout);
    }

    @Test
    void more_than_one_node_without_launch_is_refused() {
      assertOne(definition(b -> b.resources(Resources.nodes(2))), "launch", "");
      assertThat(definition(b -> b.resources(Resources.nodes(2)).launch(Launch.MAIN))).isEmpty();
    }

    @Test
    void two_nodes_that_follow_from_the_tasks_need_launch_too() {
      assertOne(definition(b -> b.resources(Resources.tasks(4).tasksPerNode(2))), "launch", "");
    }

    private List<Problem> resources(Resources resources) {
      return definition(b -> b.resources(resources).launch(Launch.PER_TASK));
    }
  }

  @Nested
  class Environment {
    @ParameterizedTest
    @ValueSource(strings = {"", "1A", "A-B", "A B", "A=B", "A\0", "É"})
    void names_that_no_shell_could_use_are_refused(String name) {
      assertOne(definition(b -> b.environment(name, "s3cret")), "environment", name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HPC4J_JOB_ID", "HPC4J_", "AWS_BATCH_JOB_ID", "AWS_BATCH"})
    void reserved_names_are_refused_from_the_definition_and_the_request(String name) {
      assertOne(definition(b -> b.environment(name, "s3cret")), "environment", name);
      assertOne(request(b -> b.environment(name, "s3cret")), "environment", name);
    }

    @Test
    void nul_in_a_value_is_refused_without_showing_it() {
      List<Problem> problems = definition(b -> b.environment("TOKEN", "s3cret\0"));

      assertOne(problems, "environment", "TOKEN");
      assertThat(problems.toString()).doesNotContain("s3cret");
    }

    @Test
    void values_are_free_text_otherwise() {
      assertThat(definition(b -> b.environment("A", "a\"b$(id)\n").environment("_", ""))).isEmpty();
    }
  }

  @Nested
  class Files_and_names {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\0", "a\nb"})
    void blank_text_nul_and_line_breaks_are_refused(String text) {
      assertOne(definition(b -> b.image(text)), "image", text);
      assertOne(definition(b -> b.workingDirectory(text)), "workingDirectory", text);
      assertOne(definition(b -> b.stdin(text)), "stdin", text);
      assertOne(definition(b -> b.stdout(text)), "stdout", text);
      assertOne(definition(b -> b.stderr(text)), "stderr", text);
      assertOne(request(b -> b.queue(text)), "queue", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%q", "a%", "%%%", "%%%z", "%x%"})
    void unknown_placeholders_in_output_patterns_are_refused(String pattern) {
      assertOne(definition(b -> b.stdout(pattern)), "stdout", pattern);
    }

    @ParameterizedTest
    @ValueSource(strings = {"out", "%x-%j_%a.%t.%n@%N", "100%%", "%%x", "out/a b.txt"})
    void known_placeholders_in_output_patterns_are_allowed(String pattern) {
      assertThat(definition(b -> b.stdout(pattern).stderr(pattern))).isEmpty();
    }

    @Test
    void a_very_long_output_pattern_does_not_overflow_the_stack() {
      assertThat(definition(b -> b.stdout("a%x".repeat(100_000)))).isEmpty();
    }
  }

  @Nested
  class Arrays {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, JobRequest.MAX_ARRAY_SIZE + 1})
    void sizes_that_no_array_can_have_are_refused(int size) {
      assertOne(request(b -> b.array(size)), "array.size", size);
    }

    @Test
    void the_smallest_and_the_largest_array_are_allowed() {
      assertThat(request(b -> b.array(1))).isEmpty();
      assertThat(request(b -> b.array(JobRequest.MAX_ARRAY_SIZE))).isEmpty();
    }

    @Test
    void a_valid_size_takes_the_place_of_a_bad_one() {
      assertThat(request(b -> b.array(0).array(3))).isEmpty();
      assertThat(request(b -> b.array(0).array(IndexSet.of(3)))).isEmpty();
    }

    @Test
    void no_indices_and_indices_that_are_too_large_are_refused() {
      assertOne(request(b -> b.array(IndexSet.empty())), "array", "");
      assertOne(request(b -> b.array(IndexSet.of(10_000_000))), "array", "10000000");
      assertThat(request(b -> b.array(IndexSet.of(9_999_999)))).isEmpty();
    }

    @Test
    void throttle_and_failure_budget_have_to_be_possible() {
      assertOne(request(b -> b.array(3).throttle(0)), "throttle", 0);
      assertOne(request(b -> b.array(3).maxFailures(-1)), "maxFailures", -1);
      assertThat(request(b -> b.array(3).maxFailures(0).throttle(1))).isEmpty();
    }

    @Test
    void what_has_a_meaning_only_for_an_array_is_refused_without_one() {
      assertThat(request(b -> b.sequential().throttle(2).maxFailures(1).failFast()))
          .extracting(Problem::field)
          .containsExactly("sequential", "throttle", "maxFailures", "failFast");
      assertOne(request(b -> b.throttle(2)), "throttle", 2);
    }
  }

  @Nested
  class Dependencies {
    @Test
    void index_by_index_is_refused_outside_an_array_and_on_an_element() {
      assertOne(
          request(b -> b.afterEach(OTHER)),
          "dependencies",
          new Dependency(Dependency.Kind.EACH, OTHER));
      assertOne(
          request(b -> b.array(2).afterEach(OTHER.element(1))),
          "dependencies",
          new Dependency(Dependency.Kind.EACH, OTHER.element(1)));
      assertThat(request(b -> b.array(2).afterEach(OTHER))).isEmpty();
    }

    @Test
    void the_same_condition_twice_and_a_single_node_are_refused() {
      assertOne(
          request(b -> b.after(OTHER, OTHER)),
          "dependencies",
          new Dependency(Dependency.Kind.SUCCESS, OTHER));
      assertOne(
          request(b -> b.after(OTHER.onNode(0))),
          "dependencies",
          new Dependency(Dependency.Kind.SUCCESS, OTHER.onNode(0)));
      assertThat(request(b -> b.after(OTHER).afterEnd(OTHER))).isEmpty();
    }
  }

  @Nested
  class Scheduling {
    @ParameterizedTest
    @ValueSource(ints = {-1, 10_000})
    void priorities_outside_their_range_are_refused(int priority) {
      assertOne(request(b -> b.priority(priority)), "priority", priority);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "user-1", "user_1", "UserA*", "ü", "a\n"})
    void a_share_of_other_than_letters_and_digits_is_refused(String share) {
      assertOne(request(b -> b.share(share)), "share", share);
    }

    @Test
    void a_share_has_at_most_255_characters() {
      String longest = "a".repeat(255);

      assertThat(request(b -> b.share(longest))).isEmpty();
      assertThat(request(b -> b.share(longest + "a")))
          .extracting(Problem::field)
          .containsExactly("share");
    }

    @Test
    void a_share_is_absent_unless_said_and_part_of_what_makes_requests_equal() {
      JobRequest plain = JobRequest.of(TRUE);
      JobRequest charged = plain.toBuilder().share("UserA1").build();

      assertThat(plain.share()).isEmpty();
      assertThat(charged.share()).contains("UserA1");
      assertThat(charged).isNotEqualTo(plain).isEqualTo(charged.toBuilder().build());
    }

    @Test
    void a_deadline_has_to_be_after_the_begin() {
      Instant noon = Instant.parse("2026-01-01T12:00:00Z");

      assertOne(request(b -> b.begin(noon).deadline(noon)), "deadline", noon);
      assertThat(request(b -> b.begin(noon).deadline(noon.plusNanos(1)))).isEmpty();
    }
  }

  @Nested
  class Retries {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, 11})
    void attempts_outside_one_to_ten_are_refused(int attempts) {
      assertOne(retry(RetryPolicy.attempts(attempts)), "retry.attempts", attempts);
      assertOne(request(b -> b.retry(RetryPolicy.attempts(attempts))), "retry.attempts", attempts);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, -2, Double.NaN, Double.POSITIVE_INFINITY})
    void factors_that_shrink_or_explode_are_refused(double factor) {
      assertOne(retry(two().backoff(factor)), "retry.backoff", factor);
      assertOne(
          retry(two().growMemoryOn(Reason.OUT_OF_MEMORY, factor)), "retry.memoryFactor", factor);
    }

    @Test
    void a_negative_delay_and_a_memory_limit_of_zero_are_refused() {
      assertOne(retry(two().delay(Duration.ofSeconds(-1))), "retry.delay", "PT-1S");
      assertOne(retry(two().growMemoryUpTo(Memory.ofGiB(0))), "retry.maxMemory", "0 B");
    }

    @Test
    void a_rule_that_names_nothing_or_what_is_never_retried_is_refused() {
      RetryPolicy.Rule nothing = new RetryPolicy.Rule(Set.of(), Set.of(), true, 1.0);

      assertOne(retry(two().with(nothing)), "retry.rules", nothing);
      assertOne(retry(two().retryOn(Reason.DEADLINE)), "retry.rules", "DEADLINE");
      assertThat(retry(two().stopOn(Reason.DEADLINE))).isEmpty();
    }

    private RetryPolicy two() {
      return RetryPolicy.attempts(2);
    }

    private List<Problem> retry(RetryPolicy policy) {
      return definition(b -> b.retry(policy));
    }
  }

  @Nested
  class All_at_once {
    private final JobRequest bad =
        JobRequest.builder(
                JobDefinition.builder("\n")
                    .command("", "\0")
                    .resources(Resources.nodes(0).cpusPerTask(-1).memoryGiB(0))
                    .environment("HPC4J_TOKEN", "s3cret-1")
                    .environment("1", "s3cret-2\0")
                    .parameter("p", "1")
                    .stdout("%q")
                    .timeout(Duration.ZERO)
                    .retry(RetryPolicy.attempts(0))
                    .build())
            .array(0)
            .priority(-1)
            .environment("A B", "s3cret-3")
            .build();

    @Test
    void everything_that_is_wrong_is_listed_in_the_order_of_the_fields() {
      assertThat(bad.problems())
          .extracting(Problem::field)
          .containsExactly(
              "name",
              "name",
              "work.command",
              "work.command",
              "resources.nodes",
              "resources.cpusPerTask",
              "resources.memory",
              "environment",
              "environment",
              "environment",
              "environment",
              "parameters",
              "stdout",
              "timeout",
              "retry.attempts",
              "array.size",
              "priority");
    }

    @Test
    void no_environment_value_is_among_it() {
      assertThat(new InvalidJobException(bad.problems()).getMessage())
          .doesNotContain("s3cret")
          .contains("HPC4J_TOKEN");
      assertThat(bad + " " + bad.definition() + " " + bad.effective() + " " + bad.overrides())
          .doesNotContain("s3cret");
    }
  }
}
