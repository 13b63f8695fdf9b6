package io.hpc4j.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * AWS's own model of its API, in the form in which its SDKs are made: says what is wrong with a
 * request. Immutable.
 */
final class ApiModel {
  private static final String FILE = "models/batch-2016-08-10-model.json";

  /** What has been added to AWS Batch since the model was published. */
  private static final Set<String> NEWER =
      Set.of(
          "/v1/createconsumableresource",
          "/v1/deleteconsumableresource",
          "/v1/describeconsumableresource",
          "/v1/listconsumableresources",
          "RegisterJobDefinitionRequest.consumableResourceProperties",
          "SubmitJobRequest.consumableResourcePropertiesOverride");

  private final JsonNode operations;
  private final JsonNode shapes;

  private ApiModel(JsonNode model) {
    operations = model.path("operations");
    shapes = model.path("shapes");
  }

  static ApiModel of(String json) throws IOException {
    return new ApiModel(new ObjectMapper().readTree(json));
  }

  /** The model of AWS Batch, where the build has it: in the profile {@code aws-model}. */
  static Optional<ApiModel> published() {
    try (InputStream in = ClassLoader.getSystemResourceAsStream(FILE)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new ApiModel(new ObjectMapper().readTree(in)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Finds what is wrong with a request; nothing, if it is all right. */
  List<String> problems(String method, String path, JsonNode body) {
    if (NEWER.contains(path)) {
      return List.of();
    }
    for (JsonNode operation : operations) {
      JsonNode http = operation.path("http");
      String uri = http.path("requestUri").asText();
      int parameter = uri.indexOf('{');
      if (parameter < 0 ? path.equals(uri) : path.startsWith(uri.substring(0, parameter))) {
        if (http.path("method").asText().equals(method)) {
          List<String> problems = new ArrayList<>();
          check(operation.path("input").path("shape").asText(), body, "", problems);
          return problems;
        }
      }
    }
    return List.of("there is no operation " + method + " " + path);
  }

  private void check(String name, JsonNode value, String at, List<String> problems) {
    JsonNode shape = shapes.path(name);
    String type = shape.path("type").asText();
    boolean fits =
        switch (type) {
          case "structure", "map" -> value.isObject();
          case "list" -> value.isArray();
          case "integer", "long" -> value.isIntegralNumber();
          case "float", "double" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          default -> value.isTextual();
        };
    if (!fits) {
      problems.add(at + " is no " + type + ": " + value);
      return;
    }
    switch (type) {
      case "structure" -> members(name, shape, value, at, problems);
      case "list" -> {
        int number = 0;
        for (JsonNode each : value) {
          check(shape.path("member").path("shape").asText(), each, at + "/" + number++, problems);
        }
      }
      case "map" -> {
        for (Map.Entry<String, JsonNode> each : value.properties()) {
          String entry = shape.path("value").path("shape").asText();
          check(entry, each.getValue(), at + "/" + each.getKey(), problems);
        }
      }
      default -> limits(shape, value, at, problems);
    }
  }

  private void members(
      String name, JsonNode shape, JsonNode value, String at, List<String> problems) {
    JsonNode members = shape.path("members");
    for (JsonNode required : shape.path("required")) {
      String member = required.asText();
      if (!members.path(member).has("location") && !value.hasNonNull(member)) {
        problems.add(at + "/" + member + " is missing");
      }
    }
    for (Map.Entry<String, JsonNode> each : value.properties()) {
      String member = each.getKey();
      if (members.has(member)) {
        String type = members.path(member).path("shape").asText();
        check(type, each.getValue(), at + "/" + member, problems);
      } else if (!NEWER.contains(name + "." + member)) {
        problems.add(at + "/" + member + " is no member of " + name);
      }
    }
  }

  private static void limits(JsonNode shape, JsonNode value, String at, List<String> problems) {
    boolean known = !shape.has("enum");
    for (JsonNode word : shape.path("enum")) {
      known |= word.equals(value);
    }
    if (!known) {
      problems.add(at + " is none of " + shape.path("enum") + ": " + value);
    }
    if (value.isTextual()) {
      int length = value.asText().length();
      if (length < shape.path("min").asInt(0)
          || length > shape.path("max").asInt(Integer.MAX_VALUE)) {
        problems.add(at + " has " + length + " characters");
      }
    }
  }
}
