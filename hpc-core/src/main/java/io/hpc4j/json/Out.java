package io.hpc4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes one JSON object; what is absent is left out. */
final class Out {
  /** Beyond this, and below zero, the text form of an amount of memory cannot be read. */
  private static final long LARGEST_MEMORY_TEXT = 1_000_000_000_000_000_000L;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ObjectNode node = NODES.objectNode();
  private final String path;
  private final List<Problem> problems;

  Out(String path, List<Problem> problems) {
    this.path = path;
    this.problems = problems;
  }

  ObjectNode node() {
    return node;
  }

  /** An object for a field of this one; it is part of it only once it is put. */
  Out child(String name) {
    return new Out(Fields.child(path, name), problems);
  }

  /** As {@link #child}, for an element of an array. */
  Out element(String name, int index) {
    return new Out(Fields.child(path, name) + "[" + index + "]", problems);
  }

  void put(String name, JsonNode value) {
    node.set(name, value);
  }

  void object(String name, Out value) {
    node.set(name, value.node);
  }

  void text(String name, String value) {
    node.put(name, value);
  }

  /** Writes the text form of a value that is there. */
  void text(String name, Optional<?> value) {
    value.ifPresent(v -> node.put(name, v.toString()));
  }

  void flag(String name, boolean value) {
    if (value) {
      node.put(name, true);
    }
  }

  void integer(String name, int value) {
    node.put(name, value);
  }

  void integer(String name, OptionalInt value) {
    value.ifPresent(v -> node.put(name, v));
  }

  /** Writes a factor other than 1. */
  void factor(String name, double value) {
    if (!Double.isFinite(value)) {
      problem(name, value, "has no JSON form");
    } else if (Double.compare(value, 1.0) != 0) {
      node.put(name, value);
    }
  }

  void memory(String name, Optional<Memory> value) {
    value.ifPresent(
        memory -> {
          if (memory.bytes() >= 0 && memory.bytes() < LARGEST_MEMORY_TEXT) {
            node.put(name, memory.toString());
          } else {
            node.put(name, memory.bytes());
          }
        });
  }

  void texts(String name, Collection<String> values) {
    ArrayNode array = node.putArray(name);
    values.forEach(array::add);
  }

  void integers(String name, Collection<Integer> values) {
    ArrayNode array = node.putArray(name);
    values.forEach(array::add);
  }

  void textMap(String name, Map<String, String> values) {
    if (!values.isEmpty()) {
      ObjectNode object = node.putObject(name);
      values.forEach(object::put);
    }
  }

  void longMap(String name, Map<String, Long> values) {
    if (!values.isEmpty()) {
      ObjectNode object = node.putObject(name);
      values.forEach(object::put);
    }
  }

  void problem(String name, Object value, String rule) {
    problems.add(Problem.of(Fields.child(path, name), value, rule));
  }
}
