package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What requests look like, by the table {@code requests.txt}: what does not fit is refused before
 * an operation sees it, what is not known is left out. Immutable.
 */
final class Shapes {
  private static final String TABLE = "requests.txt";
  private static final String UNSUPPORTED = "unsupported";
  private static final JsonNode EMPTY = TextNode.valueOf("");

  private final Map<String, List<Member>> structures = new HashMap<>();
  private final List<String> unsupported = new ArrayList<>();

  private record Member(String name, ShapeType type, boolean isRequired) {
    static Member parse(String text) {
      String[] parts = text.split(":", 2);
      boolean required = parts[1].endsWith("!");
      String type = required ? parts[1].substring(0, parts[1].length() - 1) : parts[1];
      return new Member(parts[0], ShapeType.parse(type), required);
    }
  }

  Shapes() {
    try (InputStream in = Objects.requireNonNull(Shapes.class.getResourceAsStream(TABLE), TABLE)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(this::addLine);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void addLine(String line) {
    List<String> words = List.of(line.split(" "));
    String name = words.get(0);
    if (words.contains(UNSUPPORTED)) {
      unsupported.add(name);
    } else {
      structures.put(name, words.stream().skip(1).map(Member::parse).toList());
    }
  }

  /** The names of the operations that AWS has and this endpoint has not. */
  List<String> unsupported() {
    return unsupported;
  }

  static ApiException notSupported(String what) {
    return ApiException.client(what + " is not supported by this endpoint");
  }

  /**
   * A request with what is known of it.
   *
   * @throws ApiException if something does not fit
   */
  ObjectNode read(String operation, ObjectNode request) {
    if (unsupported.contains(operation)) {
      throw notSupported(operation);
    }
    return structure(operation, request, "");
  }

  private ObjectNode structure(String name, JsonNode value, String path) {
    List<Member> members = Objects.requireNonNull(structures.get(name), name);
    ObjectNode read = Json.object();
    for (Member member : members) {
      JsonNode found = Json.member(value, member.name());
      if (!found.isMissingNode()) {
        read.set(member.name(), value(member.type(), found, path + member.name()));
      }
    }
    for (Member member : members) {
      JsonNode found = read.path(member.name());
      if (member.isRequired() && (found.isMissingNode() || found.equals(EMPTY))) {
        throw ApiException.client(path + member.name() + " must not be empty");
      }
    }
    return read;
  }

  private JsonNode value(ShapeType type, JsonNode value, String path) {
    type.check(value, path);
    return switch (type.kind()) {
      case LIST -> {
        ArrayNode list = Json.array();
        for (JsonNode each : value) {
          list.add(value(type.element(), each, path + "[" + list.size() + "]"));
        }
        yield list;
      }
      case MAP -> {
        ObjectNode map = Json.object();
        for (Map.Entry<String, JsonNode> each : value.properties()) {
          ShapeType.checkText(each.getKey(), path);
          map.set(
              each.getKey(), value(type.element(), each.getValue(), path + "." + each.getKey()));
        }
        yield map;
      }
      case STRUCTURE -> structure(type.name(), value, path + ".");
      default -> value;
    };
  }
}
