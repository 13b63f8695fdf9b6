package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ParametersTest {
  private static JobDefinition.Builder using(String text) {
    return JobDefinition.builder("x").command("run", text);
  }

  @Test
  void a_reference_is_replaced_wherever_text_may_stand() {
    JobDefinition effective =
        JobRequest.of(
                JobDefinition.builder("x")
                    .script("#!/bin/sh\necho Ref::p", "Ref::p", "a-Ref::p.txt")
                    .environment("A", "Ref::p")
                    .image("repo/Ref::p:1")
                    .workingDirectory("/data/Ref::p")
                    .stdin("Ref::p.in")
                    .stdout("Ref::p.out")
                    .stderr("Ref::p.err")
                    .parameter("p", "wrf")
                    .build())
            .effective();

    assertThat(effective.work()).contains(Work.script("#!/bin/sh\necho wrf", "wrf", "a-wrf.txt"));
    assertThat(effective.environment()).containsEntry("A", "wrf");
    assertThat(effective.image()).contains("repo/wrf:1");
    assertThat(effective.workingDirectory()).contains("/data/wrf");
    assertThat(effective.stdin()).contains("wrf.in");
    assertThat(effective.stdout()).contains("wrf.out");
    assertThat(effective.stderr()).contains("wrf.err");
  }

  @Test
  void references_stand_several_times_in_one_text_and_names_are_taken_whole() {
    JobRequest request =
        JobRequest.of(
            using("Ref::a/Ref::ab Ref::a").parameter("a", "1").parameter("ab", "2").build());

    assertThat(request.problems()).isEmpty();
    assertThat(request.effective().work()).contains(Work.command("run", "1/2 1"));
  }

  @Test
  void a_value_is_inserted_as_it_is_and_not_read_again() {
    JobRequest request = JobRequest.of(using("Ref::a").parameter("a", "$1 \\ Ref::a `id`").build());

    assertThat(request.problems()).isEmpty();
    assertThat(request.effective().work()).contains(Work.command("run", "$1 \\ Ref::a `id`"));
  }

  @Test
  void the_value_of_one_submission_replaces_the_definition_s() {
    JobDefinition definition = using("Ref::a").parameter("a", "default").build();

    JobRequest request = JobRequest.builder(definition).parameter("a", "mine").build();

    assertThat(request.effective().work()).contains(Work.command("run", "mine"));
    assertThat(request.definition()).isEqualTo(definition);
  }

  @Test
  void an_overriding_command_may_refer_to_the_definition_s_parameters() {
    JobRequest request =
        JobRequest.builder(using("Ref::a").parameter("a", "1").build())
            .command("other", "Ref::a")
            .build();

    assertThat(request.problems()).isEmpty();
    assertThat(request.effective().work()).contains(Work.command("other", "1"));
  }

  @Test
  void a_reference_without_a_value_is_refused_and_lists_the_values_there_are() {
    List<Problem> problems =
        JobRequest.of(using("Ref::typo Ref::a").parameter("a", "1").build()).problems();

    assertThat(problems)
        .containsExactly(
            new Problem("parameters", "Ref::typo", "has no value; there are values for [a]"));
  }

  @Test
  void a_value_without_a_reference_is_refused_and_lists_the_references_there_are() {
    List<Problem> problems =
        JobRequest.of(using("Ref::a").parameter("a", "1").parameter("unused", "2").build())
            .problems();

    assertThat(problems)
        .containsExactly(
            new Problem(
                "parameters", "unused", "is not referred to; the definition refers to [a]"));
  }
}
