package io.hpc4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobJsonTest {
  private static final String PLAIN = "{\"hpc4j\":1,\"definition\":{\"name\":\"x\"}}";

  private static List<Problem> problemsOf(String text) {
    InvalidJobException e =
        catchThrowableOfType(InvalidJobException.class, () -> JobJson.readRequest(text));
    assertThat(e).as("refused: %s", text).isNotNull();
    return e.problems();
  }

  private static List<String> fieldsOf(String text) {
    return problemsOf(text).stream().map(Problem::field).toList();
  }

  private static String request(String fields) {
    return "{\"hpc4j\":1,\"request\":{\"definition\":{\"name\":\"x\"}," + fields + "}}";
  }

  @Nested
  class Form {
    @Test
    void the_example_of_the_documentation_is_what_is_written() {
      JobDefinition wrf =
          JobDefinition.builder("wrf")
              .command("./wrf.exe", "namelist.input")
              .resources(Resources.nodes(4).tasksPerNode(16).memoryGiB(64))
              .launch(Launch.PER_TASK)
              .environment("OMP_NUM_THREADS", "1")
              .retry(
                  RetryPolicy.attempts(3)
                      .retryOn(Reason.NODE_FAILURE)
                      .growMemoryOn(Reason.OUT_OF_MEMORY, 2.0))
              .timeout(Duration.ofHours(6))
              .build();
      JobRequest request =
          JobRequest.builder(wrf)
              .queue("mpi")
              .array(IndexSet.parse("0-9:2,17"))
              .after(JobId.of("local", "host-1", "8f3k"))
              .build();

      assertThat(JobJson.write(request))
          .isEqualTo(
              "{'hpc4j':1,'request':{'definition':{'name':'wrf',".replace('\'', '"')
                  + ("'work':{'command':['./wrf.exe','namelist.input']},"
                          + "'resources':{'nodes':4,'tasksPerNode':16,'memoryPerNode':'64 GiB'},"
                          + "'launch':'PER_TASK','environment':{'OMP_NUM_THREADS':'1'},"
                          + "'retry':{'attempts':3,'rules':["
                          + "{'then':'RETRY','reasons':['NODE_FAILURE']},"
                          + "{'then':'RETRY','reasons':['OUT_OF_MEMORY'],'memoryFactor':2.0}]},"
                          + "'timeout':'PT6H'},"
                          + "'queue':'mpi','array':'0-8:2,17',"
                          + "'dependencies':[{'kind':'SUCCESS','on':'local:host-1:8f3k'}]}}")
                      .replace('\'', '"'));
    }

    @Test
    void what_was_not_said_is_left_out() {
      assertThat(JobJson.write(JobDefinition.builder("x").build())).isEqualTo(PLAIN);
    }

    @Test
    void share_features_and_whole_nodes_stand_beside_their_neighbours() {
      JobRequest request =
          JobRequest.builder(
                  JobDefinition.builder("x")
                      .resources(Resources.cpus(4).features("ssd", "avx512").exclusive())
                      .build())
              .priority(7)
              .share("physics")
              .hold()
              .build();

      String text = JobJson.write(request);

      assertThat(text)
          .contains("{\"cpusPerTask\":4,\"features\":[\"avx512\",\"ssd\"],\"exclusive\":true}")
          .contains("\"priority\":7,\"share\":\"physics\",\"hold\":true");
      assertThat(JobJson.readRequest(text)).isEqualTo(request);
    }

    @Test
    void resources_overridden_by_the_defaults_are_kept() {
      JobRequest request =
          JobRequest.builder(JobDefinition.builder("x").resources(Resources.cpus(4)).build())
              .resources(Resources.defaults())
              .build();

      assertThat(JobJson.readRequest(JobJson.write(request))).isEqualTo(request);
    }

    @Test
    void wrong_values_are_kept_to_be_found_by_problems() {
      JobRequest request =
          JobRequest.builder(
                  JobDefinition.builder("").resources(Resources.cpus(0).memory(memory(-5))).build())
              .array(IndexSet.empty())
              .build();

      JobRequest read = JobJson.readRequest(JobJson.write(request));

      assertThat(read).isEqualTo(request);
      assertThat(read.problems()).isEqualTo(request.problems()).isNotEmpty();
    }

    @Test
    void a_script_of_a_million_lines_is_read_back() {
      JobDefinition large =
          JobDefinition.builder("large")
              .script("echo 0123456789 0123456789\n".repeat(1 << 20))
              .build();

      assertThat(JobJson.readDefinition(JobJson.write(large))).isEqualTo(large);
    }

    @Test
    void memory_may_be_written_in_bytes() {
      String text = PLAIN.replace("\"x\"", "\"x\",\"resources\":{\"memoryPerNode\":1024}");

      assertThat(JobJson.readDefinition(text).resources().memoryPerNode()).isEqualTo(memory(1024));
    }

    private Memory memory(long bytes) {
      return Memory.ofBytes(bytes);
    }
  }

  @Nested
  class Refused {
    @Test
    void all_unknown_fields_are_named_at_once_wherever_they_are() {
      String text =
          "{\"hpc4j\":1,\"a\":1,\"request\":{\"definition\":{\"name\":\"x\",\"b\":1,"
              + "\"resources\":{\"cpus\":2},\"retry\":{\"attempts\":2,\"rules\":[{\"then\":\"STOP\","
              + "\"c\":[]}]}},\"dependencies\":[{\"d\":0}],\"e f\":null}}";

      assertThat(fieldsOf(text))
          .contains(
              "$.a",
              "$.request.definition.b",
              "$.request.definition.resources.cpus",
              "$.request.definition.retry.rules[0].c",
              "$.request.dependencies[0].d",
              "$.request[\"e f\"]");
    }

    @Test
    void an_unknown_field_is_told_which_there_are() {
      assertThat(problemsOf(request("\"prio\":1")).get(0).rule())
          .startsWith("is not one of [")
          .contains("priority");
    }

    @Test
    void all_keys_that_stand_twice_are_named_at_once() {
      String text =
          "{\"hpc4j\":1,\"hpc4j\":1,\"request\":{\"definition\":{\"name\":\"x\",\"name\":\"y\"}}}";

      assertThat(fieldsOf(text)).containsExactly("$.hpc4j", "$.request.definition.name");
    }

    @ParameterizedTest
    @CsvSource({
      "\"queue\":7, $.request.queue",
      "\"array\":64, $.request.array",
      "\"array\":\"1-\", $.request.array",
      "\"sequential\":\"yes\", $.request.sequential",
      "\"throttle\":1.5, $.request.throttle",
      "\"throttle\":2147483648, $.request.throttle",
      "\"priority\":1e3, $.request.priority",
      "\"priority\":99999999999999999999, $.request.priority",
      "\"share\":[\"physics\"], $.request.share",
      "\"begin\":\"tomorrow\", $.request.begin",
      "\"failIfUnschedulableFor\":\"6h\", $.request.failIfUnschedulableFor",
      "\"dependencies\":{}, $.request.dependencies",
      "\"dependencies\":[7], $.request.dependencies[0]",
      "\"dependencies\":[{\"kind\":\"AFTER\"; \"on\":\"a:b:c\"}], $.request.dependencies[0].kind",
      "\"dependencies\":[{\"kind\":\"END\"; \"on\":\"abc\"}], $.request.dependencies[0].on",
      "\"dependencies\":[{\"kind\":\"END\"}], $.request.dependencies[0].on",
      "\"queue\":null, $.request.queue",
      "\"overrides\":[], $.request.overrides",
      "\"overrides\":{\"work\":{}}, $.request.overrides.work",
      "\"overrides\":{\"work\":{\"command\":[];\"script\":\"\"}}, $.request.overrides.work",
      "\"overrides\":{\"retry\":{}}, $.request.overrides.retry.attempts",
      "\"overrides\":{\"retry\":{\"attempts\":2;\"backoff\":1e999}}, $.request.overrides.retry.backoff",
      "\"overrides\":{\"resources\":{\"memoryPerNode\":\"2 GB\"}}, $.request.overrides.resources.memoryPerNode",
      "\"overrides\":{\"resources\":{\"consumables\":{\"a b\":1.5}}}, $.request.overrides.resources.consumables[\"a b\"]",
      "\"overrides\":{\"resources\":{\"features\":\"ssd\"}}, $.request.overrides.resources.features",
      "\"overrides\":{\"resources\":{\"features\":[\"ssd\";7]}}, $.request.overrides.resources.features[1]",
      "\"overrides\":{\"resources\":{\"exclusive\":1}}, $.request.overrides.resources.exclusive",
    })
    void a_value_of_the_wrong_type_or_form_is_named_by_its_path(String fields, String path) {
      assertThat(fieldsOf(request(fields.replace(';', ',')))).containsExactly(path);
    }

    @Test
    void environment_values_are_never_shown() {
      String text =
          request("\"overrides\":{\"environment\":{\"TOKEN\":[\"s3cret\"]},\"x\":\"s3cret\"}");

      assertThat(problemsOf(text)).hasSize(2);
      assertThat(problemsOf(text).toString()).doesNotContain("s3cret").contains("TOKEN");
      assertThat(problemsOf(text.replace("[\"s3cret\"]", "s3cret")).toString())
          .doesNotContain("s3cret");
    }

    @Test
    void a_newer_version_is_the_only_problem_told() {
      List<Problem> problems = problemsOf("{\"hpc4j\":2,\"request\":{\"new\":1},\"more\":1}");

      assertThat(problems).hasSize(1);
      assertThat(problems.get(0).toString())
          .isEqualTo("$.hpc4j = '2': is not a version that this hpc4j reads; it reads 1");
    }

    @Test
    void a_definition_is_not_read_as_a_request() {
      assertThat(fieldsOf(PLAIN)).containsExactly("$.request", "$.definition");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          " ",
          "{",
          "}",
          "{\"hpc4j\":1",
          "{'hpc4j':1}",
          "{\"hpc4j\":01}",
          "nul",
          "NaN",
          "/**/{}",
          "{\"hpc4j\":1,}",
          "\ufeff{}",
          "{\"hpc4j\":\"\\ud8\"}",
          "{\"hpc4j\":1}}",
          "null",
          "[]",
          "1",
        })
    void what_is_no_json_object_is_one_problem_of_the_whole(String text) {
      assertThat(fieldsOf(text)).first().isEqualTo("$");
    }

    @Test
    void text_after_the_end_is_refused() {
      assertThat(problemsOf(request("\"priority\":1") + " {}").toString())
          .contains("must not follow the end");
    }

    @Test
    void deep_nesting_and_huge_numbers_are_beyond_a_limit() {
      assertThat(problemsOf("[".repeat(100_000)).toString()).contains("depth");
      assertThat(problemsOf(request("\"priority\":" + "9".repeat(100_000))).toString())
          .contains("length");
    }

    @Test
    void hostile_names_are_shown_escaped_and_shortened() {
      String message = problemsOf(request("\"\\u001b[31m" + "x".repeat(5000) + "\":1")).toString();

      assertThat(message).isPrintable().hasSizeLessThan(1000);
    }
  }

  @Nested
  class NotWritable {
    @Test
    void all_that_has_no_json_form_is_named_at_once() {
      JobRequest request =
          JobRequest.builder(
                  JobDefinition.builder("x")
                      .java(context -> "done")
                      .retry(
                          RetryPolicy.attempts(2)
                              .backoff(Double.NaN)
                              .growMemoryOn(Reason.OUT_OF_MEMORY, Double.POSITIVE_INFINITY))
                      .build())
              .options(() -> "elsewhere")
              .build();

      assertThatExceptionOfType(InvalidJobException.class)
          .isThrownBy(() -> JobJson.write(request))
          .satisfies(
              e ->
                  assertThat(e.problems().stream().map(Problem::field))
                      .containsExactly(
                          "$.request.definition.work",
                          "$.request.definition.retry.rules[0].memoryFactor",
                          "$.request.definition.retry.backoff",
                          "$.request.options.elsewhere"));
    }

    @Test
    void an_array_that_could_not_be_read_again_is_not_written() {
      JobRequest request =
          JobRequest.builder(JobDefinition.builder("x").build())
              .array(IndexSet.range(0, 10_000_000))
              .build();

      assertThatExceptionOfType(InvalidJobException.class)
          .isThrownBy(() -> JobJson.write(request))
          .withMessageContaining("$.request.array");
    }

    @Test
    void half_a_surrogate_pair_is_refused_when_written_and_when_read() {
      JobDefinition broken =
          JobDefinition.builder("x").environment("A", "\ud800").environment("\udc00", "").build();

      assertThatExceptionOfType(InvalidJobException.class)
          .isThrownBy(() -> JobJson.write(broken))
          .satisfies(e -> assertThat(e.problems()).hasSize(2));
      assertThat(fieldsOf(request("\"queue\":\"\\ud800\""))).containsExactly("$.request.queue");
    }

    @Test
    void options_without_a_codec_are_refused_when_read_too() {
      assertThat(problemsOf(request("\"options\":{\"elsewhere\":{\"account\":\"climate\"}}")))
          .singleElement()
          .satisfies(p -> assertThat(p.field()).isEqualTo("$.request.options.elsewhere"))
          .satisfies(p -> assertThat(p.rule()).contains("has no codec"));
    }
  }
}
