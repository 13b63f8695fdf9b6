package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobIdTest {
  private static final JobId JOB = JobId.of("local", "host-1", "8f3k");

  @Test
  void its_text_is_backend_scope_token_element_and_node() {
    assertThat(JOB.text()).isEqualTo("local:host-1:8f3k");
    assertThat(JOB.element(17).text()).isEqualTo("local:host-1:8f3k/17");
    assertThat(JOB.onNode(3).text()).isEqualTo("local:host-1:8f3k#3");
    assertThat(JOB.element(17).onNode(0).text()).isEqualTo("local:host-1:8f3k/17#0");
  }

  @Test
  void hints_stand_in_the_text_and_not_in_the_identity() {
    JobId hinted = JOB.withHints("20_1", "h4j8f3k-wrf");

    assertThat(hinted.text()).isEqualTo("local:host-1:8f3k?id=20_1&name=h4j8f3k-wrf");
    assertThat(hinted).isEqualTo(JOB).hasSameHashCodeAs(JOB).hasToString(JOB.toString());
    assertThat(JobId.parse(hinted.text()).nativeId()).contains("20_1");
    assertThat(JobId.parse(hinted.text()).nativeName()).contains("h4j8f3k-wrf");
  }

  @Test
  void empty_hints_are_no_hints() {
    assertThat(JOB.withHints("", "").text()).isEqualTo(JOB.text());
  }

  @Test
  void elements_and_nodes_are_jobs_of_their_own_below_their_job() {
    JobId element = JOB.withHints("20", "x").element(2);

    assertThat(element).isNotEqualTo(JOB).isNotEqualTo(JOB.element(3));
    assertThat(element.onNode(1)).isNotEqualTo(element);
    assertThat(element.onNode(1).job()).isEqualTo(JOB);
    assertThat(element.onNode(1).index()).hasValue(2);
    assertThat(element.onNode(1).node()).hasValue(1);
    assertThat(element.job().nativeId()).contains("20");
  }

  @Test
  void backend_scope_and_token_all_count_for_equality() {
    assertThat(JOB)
        .isNotEqualTo(JobId.of("slurm", "host-1", "8f3k"))
        .isNotEqualTo(JobId.of("local", "host-2", "8f3k"))
        .isNotEqualTo(JobId.of("local", "host-1", "8f3m"));
  }

  @Test
  void two_submissions_have_different_tokens() {
    assertThat(JobId.create("local", "x")).isNotEqualTo(JobId.create("local", "x"));
    assertThat(JobId.create("local", "x").token()).matches("[0-9a-z]{20}");
  }

  @Test
  void the_largest_index_reads_back_and_larger_ones_are_refused() {
    JobId last = JOB.element(IndexSet.MAX_INDEX).onNode(IndexSet.MAX_INDEX);

    assertThat(JobId.parse(last.text())).isEqualTo(last);
    assertThatIllegalArgumentException().isThrownBy(() -> JOB.element(IndexSet.MAX_INDEX + 1));
    assertThatIllegalArgumentException().isThrownBy(() -> JOB.element(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> JOB.onNode(-1));
  }

  @ParameterizedTest
  @CsvSource({"'',x,0", "x,'',0", "x,y,''", "x,y,A", "x,y,a-b"})
  void parts_that_make_no_id_are_refused(String backend, String scope, String token) {
    assertThatIllegalArgumentException().isThrownBy(() -> JobId.of(backend, scope, token));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "20",
        "local:host",
        "local:host:",
        ":host:8f",
        "local::8f",
        "local:host:8F",
        "local:host:8f/",
        "local:host:8f/-1",
        "local:host:8f/1/2",
        "local:host:8f#1/2",
        "local:host:8f/1234567890",
        "local:host:8f?id=1",
        "local:ho%zzst:8f",
        "local:host:8f ",
        "a:b:c:d",
      })
  void other_text_is_refused_with_the_form(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> JobId.parse(text));
  }
}
