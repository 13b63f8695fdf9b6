package io.hpc4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Texts, numbers, booleans, lists and maps as JSON, and back. Maps are sorted by key. */
final class Values {
  private static final int DEEPEST = 50;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Values() {}

  /**
   * Writes a value.
   *
   * @throws IllegalArgumentException if it is none of these, or holds one that is not
   */
  static JsonNode toJson(@Nullable Object value) {
    return toJson(value, 0);
  }

  private static JsonNode toJson(@Nullable Object value, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("nested deeper than " + DEEPEST);
    }
    if (value instanceof String text) {
      return NODES.textNode(text);
    }
    if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    }
    if (value instanceof Integer || value instanceof Long) {
      return NODES.numberNode(((Number) value).longValue());
    }
    if (value instanceof Double number && Double.isFinite(number)) {
      return NODES.numberNode(number.doubleValue());
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(toJson(element, depth + 1)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      return object(map, depth);
    }
    throw new IllegalArgumentException(
        (value == null ? "null" : value.getClass().getName()) + " has no JSON form");
  }

  private static ObjectNode object(Map<?, ?> map, int depth) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    map.forEach(
        (key, value) -> {
          if (!(key instanceof String name)) {
            throw new IllegalArgumentException("a key that is not a text has no JSON form");
          }
          sorted.put(name, toJson(value, depth + 1));
        });
    ObjectNode object = NODES.objectNode();
    sorted.forEach(object::set);
    return object;
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if it is null or a number that is neither a long nor a double,
   *     or holds one that is
   */
  static Object toJava(JsonNode node) {
    if (node.isTextual()) {
      return node.textValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    if (node.isFloatingPointNumber() && Double.isFinite(node.doubleValue())) {
      return node.doubleValue();
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.forEach(element -> list.add(toJava(element)));
      return Collections.unmodifiableList(list);
    }
    if (node.isObject()) {
      return toMap(node);
    }
    throw new IllegalArgumentException(Fields.kindOf(node) + " is no value that it can have");
  }

  static Map<String, Object> toMap(JsonNode object) {
    Map<String, Object> map = new TreeMap<>();
    object.properties().forEach(field -> map.put(field.getKey(), toJava(field.getValue())));
    return Collections.unmodifiableMap(map);
  }
}
