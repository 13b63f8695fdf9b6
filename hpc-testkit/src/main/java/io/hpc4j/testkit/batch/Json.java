package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads and writes JSON trees; a member that is null counts as missing. */
final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static ObjectNode parse(byte[] body) {
    if (body.length == 0) {
      return object();
    }
    try {
      if (MAPPER.readTree(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw ApiException.client("The request body is not JSON: " + e.getMessage());
    }
    throw ApiException.client("The request body is not a JSON object");
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The member, or a missing node. */
  static JsonNode member(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  static boolean has(JsonNode object, String name) {
    return !member(object, name).isMissingNode();
  }

  /** The text of a member; null if it is missing. */
  static @Nullable String text(JsonNode object, String name) {
    JsonNode value = member(object, name);
    return value.isValueNode() ? value.asText() : null;
  }

  static String text(JsonNode object, String name, String otherwise) {
    String text = text(object, name);
    return text == null ? otherwise : text;
  }

  /**
   * The text of a member that has to be there.
   *
   * @throws ApiException if it is missing or empty
   */
  static String required(JsonNode object, String name) {
    String text = text(object, name);
    if (text == null || text.isEmpty()) {
      throw ApiException.client(name + " must not be empty");
    }
    return text;
  }

  static OptionalInt integer(JsonNode object, String name) {
    JsonNode value = member(object, name);
    if (value.isMissingNode()) {
      return OptionalInt.empty();
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw ApiException.client(name + " must be an integer");
    }
    return OptionalInt.of(value.intValue());
  }

  static int integer(JsonNode object, String name, int otherwise) {
    return integer(object, name).orElse(otherwise);
  }

  /** The texts of a member that is a list; none if it is missing. */
  static List<String> texts(JsonNode object, String name) {
    List<String> texts = new ArrayList<>();
    object.path(name).forEach(value -> texts.add(value.asText()));
    return texts;
  }

  /** The texts of a member that is a map, in their order; none if it is missing. */
  static Map<String, String> map(JsonNode object, String name) {
    Map<String, String> map = new LinkedHashMap<>();
    object.path(name).properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
    return map;
  }

  /** A list of names and values, as of environment variables. */
  static Map<String, String> pairs(JsonNode object, String name) {
    Map<String, String> map = new LinkedHashMap<>();
    object.path(name).forEach(pair -> map.put(text(pair, "name", ""), text(pair, "value", "")));
    return map;
  }

  static ObjectNode objectOf(Map<String, String> map) {
    ObjectNode object = object();
    map.forEach(object::put);
    return object;
  }

  static void putTime(ObjectNode object, String name, @Nullable Instant time) {
    if (time != null) {
      object.put(name, time.toEpochMilli());
    }
  }

  static void putText(ObjectNode object, String name, @Nullable String text) {
    if (text != null) {
      object.put(name, text);
    }
  }

  /** Copies these members as far as they are there. */
  static void copy(JsonNode from, ObjectNode to, String... names) {
    for (String name : names) {
      JsonNode value = member(from, name);
      if (!value.isMissingNode()) {
        to.set(name, value);
      }
    }
  }
}
