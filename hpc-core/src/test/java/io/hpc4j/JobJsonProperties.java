package io.hpc4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class JobJsonProperties {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> SNIPPETS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "\\",
          "\\ud8",
          "null",
          "true",
          "-1",
          "1e999",
          "\0",
          "99999999999999999999",
          "\"hpc4j\":1,",
          "\"x\":{},",
          "{}",
          "[[[[[[[[",
          "😀",
          "PT1S");
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1.5",
          "1e999",
          "99999999999999999999",
          "\"\"",
          "\"x\"",
          "[]",
          "[null]",
          "{}",
          "{\"x\":1}",
          "\"PT1S\"",
          "\"0-3\"",
          "[1,\"a\",{}]",
          "2147483648");

  @Property
  void a_definition_reads_back_as_an_equal_one(@ForAll long seed) {
    JobDefinition definition = new RandomJobs(seed).definition();

    JobDefinition read = JobJson.readDefinition(JobJson.write(definition));

    assertThat(read).isEqualTo(definition);
  }

  @Property
  void a_request_reads_back_as_an_equal_one_with_the_same_problems(@ForAll long seed) {
    JobRequest request = new RandomJobs(seed).request();

    JobRequest read = JobJson.readRequest(JobJson.write(request));

    assertThat(read).isEqualTo(request);
    assertThat(read.problems()).isEqualTo(request.problems());
  }

  @Property
  void what_was_read_is_written_byte_for_byte_as_before(@ForAll long seed) {
    String text = JobJson.write(new RandomJobs(seed).request());

    String again = JobJson.write(JobJson.readRequest(text));

    assertThat(again).isEqualTo(text);
    assertThat(text).isASCII().doesNotContainPattern("[\\x00-\\x1f]"); // DEL stays as it is
  }

  @Property
  void edited_text_is_read_or_refused_and_nothing_else(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(JobJson.write(new RandomJobs(seed).request()));
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(8));
      text.replace(from, to, random.nextBoolean() ? "" : any(SNIPPETS, random));
    }

    assertReadOrRefused(text.toString());
  }

  @Property
  void a_value_of_another_type_is_read_or_refused_and_nothing_else(@ForAll long seed)
      throws JsonProcessingException {
    Random random = new Random(seed);
    JsonNode tree = MAPPER.readTree(JobJson.write(new RandomJobs(seed).request()));
    List<Consumer<JsonNode>> places = new ArrayList<>();
    collectPlaces(tree, places);

    any(places, random).accept(MAPPER.readTree(any(VALUES, random)));

    assertReadOrRefused(tree.toString());
  }

  private static void collectPlaces(JsonNode node, List<Consumer<JsonNode>> places) {
    if (node instanceof ObjectNode object) {
      object.fieldNames().forEachRemaining(name -> places.add(v -> object.set(name, v)));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int index = i;
        places.add(v -> array.set(index, v));
      }
    }
    node.forEach(child -> collectPlaces(child, places));
  }

  private static void assertReadOrRefused(String text) {
    List<JobRequest> read = new ArrayList<>();

    Throwable thrown = catchThrowable(() -> read.add(JobJson.readRequest(text)));

    if (thrown == null) {
      JobRequest request = read.get(0);
      assertThat(JobJson.readRequest(JobJson.write(request))).isEqualTo(request);
    } else {
      assertThat(thrown).isInstanceOf(InvalidJobException.class);
      assertThat(((InvalidJobException) thrown).problems()).isNotEmpty();
    }
  }

  private static <T> T any(List<T> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }
}
