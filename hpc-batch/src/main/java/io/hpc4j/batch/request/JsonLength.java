package io.hpc4j.batch.request;

import java.util.Collection;
import java.util.Map;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;

/**
 * Counts the bytes of the JSON that the SDK sends for a request without writing it: each submission
 * is measured before it is sent. Pure.
 */
final class JsonLength {
  private static final int QUOTES = 2;
  private static final int COLON = 1;

  private JsonLength() {}

  /** The bytes of an object: its members that are stated, with braces and commas. */
  static int of(SdkPojo pojo) {
    int bytes = 0;
    int members = 0;
    for (SdkField<?> field : pojo.sdkFields()) {
      Object value = field.getValueOrDefault(pojo);
      if (value != null
          && !(value instanceof SdkAutoConstructList)
          && !(value instanceof SdkAutoConstructMap)) {
        bytes += text(field.locationName()) + COLON + any(value);
        members++;
      }
    }
    return enclosed(bytes, members);
  }

  private static int any(Object value) {
    if (value instanceof SdkPojo pojo) {
      return of(pojo);
    }
    if (value instanceof Map<?, ?> map) {
      int bytes = 0;
      for (Map.Entry<?, ?> e : map.entrySet()) {
        bytes += text(String.valueOf(e.getKey())) + COLON + any(e.getValue());
      }
      return enclosed(bytes, map.size());
    }
    if (value instanceof Collection<?> list) {
      int bytes = 0;
      for (Object each : list) {
        bytes += any(each);
      }
      return enclosed(bytes, list.size());
    }
    boolean plain = value instanceof Number || value instanceof Boolean;
    return plain ? value.toString().length() : text(value.toString());
  }

  private static int enclosed(int bytes, int members) {
    return 2 + bytes + Math.max(0, members - 1);
  }

  private static int text(String text) {
    int bytes = QUOTES;
    for (int i = 0; i < text.length(); i++) {
      bytes += bytes(text.charAt(i));
    }
    return bytes;
  }

  /** In UTF-8, each half of a pair for itself. */
  private static int bytes(char c) {
    if (c < ' ') {
      return c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r' ? 2 : 6;
    }
    if (c == '"' || c == '\\') {
      return 2;
    }
    if (c < 0x80) {
      return 1;
    }
    return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }
}
