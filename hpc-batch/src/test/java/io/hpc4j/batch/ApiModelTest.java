package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the check of requests finds what is wrong with them. */
class ApiModelTest {
  private static final String MODEL =
      """
      {"operations": {
         "Run": {"http": {"method": "POST", "requestUri": "/v1/run"}, "input": {"shape": "RunRequest"}},
         "Tag": {"http": {"method": "POST", "requestUri": "/v1/tags/{arn}"}, "input": {"shape": "TagRequest"}}},
       "shapes": {
         "RunRequest": {"type": "structure", "required": ["name"],
           "members": {"name": {"shape": "Name"}, "state": {"shape": "State"}, "size": {"shape": "Size"},
             "parts": {"shape": "Parts"}, "tags": {"shape": "Tags"}, "weight": {"shape": "Weight"}, "on": {"shape": "On"}}},
         "TagRequest": {"type": "structure", "required": ["arn", "tags"],
           "members": {"arn": {"shape": "Name", "location": "uri"}, "tags": {"shape": "Tags"}}},
         "Name": {"type": "string", "min": 1, "max": 4},
         "State": {"type": "string", "enum": ["ENABLED", "DISABLED"]},
         "Size": {"type": "integer"}, "Weight": {"type": "float"}, "On": {"type": "boolean"},
         "Parts": {"type": "list", "member": {"shape": "Part"}},
         "Part": {"type": "structure", "required": ["size"], "members": {"size": {"shape": "Size"}}},
         "Tags": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Name"}}}}
      """;

  private static List<String> problems(String path, String body) throws IOException {
    return ApiModel.of(MODEL).problems("POST", path, new ObjectMapper().readTree(body));
  }

  @Test
  void the_published_model_is_there_where_it_should_be() {
    assertThat(ApiModel.published().isPresent()).isEqualTo(Boolean.getBoolean("hpc4j.aws-model"));
  }

  @Test
  void what_fits_is_right() throws IOException {
    assertThat(
            problems(
                "/v1/run",
                """
                {"name": "a", "state": "ENABLED", "size": 3, "parts": [{"size": 1}], "tags": {"k": "v"},
                 "weight": 0.5, "on": true}
                """))
        .isEmpty();
    assertThat(problems("/v1/tags/arn%3Aaws", "{\"tags\": {\"k\": \"v\"}}")).isEmpty();
  }

  @Test
  void each_fault_is_found_with_its_place() throws IOException {
    assertThat(
            problems(
                "/v1/run",
                """
                {"state": "enabled", "size": "3", "parts": [{"size": 1}, {"sise": 1}], "tags": {"k": 1},
                 "weight": "x", "on": "true", "color": "red"}
                """))
        .containsExactlyInAnyOrder(
            "/name is missing",
            "/state is none of [\"ENABLED\",\"DISABLED\"]: \"enabled\"",
            "/size is no integer: \"3\"",
            "/parts/1/size is missing",
            "/parts/1/sise is no member of Part",
            "/tags/k is no string: 1",
            "/weight is no float: \"x\"",
            "/on is no boolean: \"true\"",
            "/color is no member of RunRequest");
    assertThat(problems("/v1/run", "{\"name\": \"abcde\"}"))
        .containsExactly("/name has 5 characters");
    assertThat(problems("/v1/tags/arn", "{}")).containsExactly("/tags is missing");
    assertThat(problems("/v1/walk", "{}")).containsExactly("there is no operation POST /v1/walk");
  }
}
