package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemTest {
  @Test
  void it_reads_as_field_value_and_rule() {
    assertThat(Problem.of("priority", 10_000, "must be 0..9999"))
        .hasToString("priority = '10000': must be 0..9999");
  }

  @Test
  void control_characters_are_escaped_wherever_they_are() {
    Problem problem = Problem.of("a\u001b[31m", "x\0\n\u0085", "has no value\r");

    assertThat(problem.toString())
        .isEqualTo("a\\u001b[31m = 'x\\u0000\\u000a\\u0085': has no value\\u000d");
  }

  @Test
  void other_alphabets_are_left_alone() {
    assertThat(Problem.of("name", "Zürich 東京 😀", "is fine").toString()).contains("Zürich 東京 😀");
  }

  @Test
  void a_long_value_is_shortened_and_tells_its_length() {
    Problem problem = Problem.of("name", "x".repeat(5000), "must have at most 128 characters");

    assertThat(problem.value()).hasSizeLessThan(230).endsWith("... (5000 characters)");
  }

  @Test
  void an_exception_lists_every_problem_on_a_line_of_its_own() {
    InvalidJobException e =
        new InvalidJobException(
            List.of(Problem.of("a", 1, "is wrong"), Problem.of("b", 2, "is wrong too")));

    assertThat(e)
        .hasMessage("the request is not valid\n  a = '1': is wrong\n  b = '2': is wrong too");
    assertThat(e.problems()).hasSize(2);
  }

  @Test
  void an_unsupported_feature_names_the_backend() {
    assertThat(
            new UnsupportedFeatureException(
                "batch", List.of(Problem.of("array", "0,7", "is not supported"))))
        .hasMessageContaining("'batch'")
        .isInstanceOf(InvalidJobException.class);
  }
}
