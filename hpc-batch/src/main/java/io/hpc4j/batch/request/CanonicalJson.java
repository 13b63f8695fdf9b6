package io.hpc4j.batch.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;

/**
 * Turns a request into the JSON that the SDK sends for it, with the members sorted by name. What is
 * not said is left out, so equal requests have equal text. Pure.
 */
public final class CanonicalJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private CanonicalJson() {}

  /** The JSON of a request or a part of one. */
  public static JsonNode of(SdkPojo request) {
    Map<String, JsonNode> members = new TreeMap<>();
    for (SdkField<?> field : request.sdkFields()) {
      Object value = field.getValueOrDefault(request);
      if (value != null
          && !(value instanceof SdkAutoConstructList)
          && !(value instanceof SdkAutoConstructMap)) {
        members.put(field.locationName(), any(value));
      }
    }
    ObjectNode object = JSON.objectNode();
    members.forEach(object::set);
    return object;
  }

  /** The length of the JSON in bytes; 0 for nothing. */
  public static int bytes(@Nullable SdkPojo request) {
    return request == null ? 0 : JsonLength.of(request);
  }

  private static JsonNode any(Object value) {
    if (value instanceof SdkPojo pojo) {
      return of(pojo);
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = JSON.objectNode();
      new TreeMap<>(map).forEach((key, each) -> object.set(String.valueOf(key), any(each)));
      return object;
    }
    if (value instanceof Collection<?> list) {
      ArrayNode array = JSON.arrayNode();
      list.forEach(each -> array.add(any(each)));
      return array;
    }
    return simple(value);
  }

  private static ValueNode simple(Object value) {
    if (value instanceof Integer number) {
      return JSON.numberNode(number);
    }
    if (value instanceof Long number) {
      return JSON.numberNode(number);
    }
    if (value instanceof Number number) {
      return JSON.numberNode(number.doubleValue());
    }
    if (value instanceof Boolean flag) {
      return JSON.booleanNode(flag);
    }
    return JSON.textNode(value.toString());
  }
}
