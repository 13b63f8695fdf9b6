package io.hpc4j.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Problem;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the fields of one JSON object. Whatever is wrong is noted under its path and then read as
 * if it were absent, so that one reading finds everything; fields that were never asked for are
 * noted by {@link #end()}.
 */
final class Fields {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int LONGEST_NAME = 64;

  private final JsonNode object;
  private final String path;
  private final List<Problem> problems;
  private final Set<String> known = new TreeSet<>();

  Fields(JsonNode object, String path, List<Problem> problems) {
    this.object = object;
    this.path = path;
    this.problems = problems;
  }

  static String child(String path, String name) {
    if (PLAIN.matcher(name).matches()) {
      return path + "." + name;
    }
    String shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "..." : name;
    return path + "[\"" + new String(JsonStringEncoder.getInstance().quoteAsString(shown)) + "\"]";
  }

  /** What a value is, in words; never the value itself, which may be a secret. */
  static String kindOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT, POJO -> "an object";
      case ARRAY -> "an array";
      case STRING, BINARY -> "a text";
      case BOOLEAN -> "true or false";
      case NUMBER -> value.isIntegralNumber() ? "a whole number" : "a fraction";
      case NULL, MISSING -> "null";
    };
  }

  boolean has(String name) {
    known.add(name);
    return object.has(name);
  }

  Optional<String> text(String name) {
    return read(name, this::textAt);
  }

  boolean flag(String name) {
    return read(
            name,
            (place, value) ->
                value.isBoolean()
                    ? Optional.of(value.booleanValue())
                    : wrong(place, value, "true or false"))
        .orElse(false);
  }

  Optional<Integer> integer(String name) {
    return read(name, this::integerAt);
  }

  Optional<Double> fraction(String name) {
    return read(
        name,
        (place, value) ->
            value.isNumber() && Double.isFinite(value.doubleValue())
                ? Optional.of(value.doubleValue())
                : wrong(place, value, "a number within the range of a double"));
  }

  /** Reads a text by a parser that throws when the text is not of its form. */
  <T> Optional<T> parsed(String name, String form, Function<String, T> parser) {
    return read(name, (place, value) -> parse(place, value, form, parser));
  }

  /** Reads an amount of memory: text with a unit, or a whole number of bytes. */
  Optional<Memory> memory(String name) {
    return read(
        name,
        (place, value) ->
            value.isIntegralNumber() && value.canConvertToLong()
                ? Optional.of(Memory.ofBytes(value.longValue()))
                : parse(place, value, "an amount of memory such as 64 GiB", Memory::parse));
  }

  Optional<Duration> duration(String name) {
    return parsed(name, "a duration in ISO-8601 such as PT90S or PT6H", Duration::parse);
  }

  Optional<Instant> instant(String name) {
    return parsed(name, "an instant in ISO-8601 such as 2026-01-01T00:00:00Z", Instant::parse);
  }

  <E extends Enum<E>> Optional<E> constant(String name, Class<E> type) {
    return read(name, (place, value) -> constantAt(place, value, type));
  }

  <E extends Enum<E>> Set<E> constants(String name, Class<E> type) {
    EnumSet<E> constants = EnumSet.noneOf(type);
    constants.addAll(list(name, (place, value) -> constantAt(place, value, type)));
    return constants;
  }

  List<String> texts(String name) {
    return list(name, this::textAt);
  }

  Set<Integer> integers(String name) {
    return new TreeSet<>(list(name, this::integerAt));
  }

  Map<String, String> textMap(String name) {
    return map(name, this::textAt);
  }

  Map<String, Long> longMap(String name) {
    return map(
        name,
        (place, value) ->
            value.isIntegralNumber() && value.canConvertToLong()
                ? Optional.of(value.longValue())
                : wrong(place, value, "a whole number of at most 64 bits"));
  }

  /** Reads a field that is an object, to its end. */
  <T> Optional<T> object(String name, Function<Fields, T> reader) {
    return read(name, (place, value) -> objectAt(place, value, reader));
  }

  /** Reads a field that is an array of objects, each to its end. */
  <T> List<T> objects(String name, Function<Fields, T> reader) {
    return list(name, (place, value) -> objectAt(place, value, reader));
  }

  private <T> Map<String, T> map(String name, BiFunction<String, JsonNode, Optional<T>> reader) {
    Map<String, T> map = new TreeMap<>();
    read(
        name,
        (place, value) -> {
          if (!value.isObject()) {
            return wrong(place, value, "an object");
          }
          value
              .properties()
              .forEach(
                  field ->
                      reader
                          .apply(child(place, field.getKey()), field.getValue())
                          .ifPresent(read -> map.put(field.getKey(), read)));
          return Optional.empty();
        });
    return map;
  }

  /** The names of all fields there are, whether known or not. */
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** A field as it stands. */
  Optional<JsonNode> raw(String name) {
    return read(name, (place, value) -> Optional.of(value));
  }

  /** Notes a required field that is absent, and returns the stand-in for one that was not read. */
  <T> T required(String name, Optional<T> read, T standIn) {
    if (!has(name)) {
      problem(name, "nothing", "is missing");
    }
    return read.orElse(standIn);
  }

  /** Notes something that is wrong with a field. */
  void problem(String name, Object value, String rule) {
    problems.add(Problem.of(child(path, name), value, rule));
  }

  /** Notes something that is wrong with this object itself. */
  void problem(String rule) {
    problems.add(Problem.of(path, kindOf(object), rule));
  }

  /** Notes the fields that nobody has asked for. */
  void end() {
    object
        .properties()
        .forEach(
            field -> {
              if (!known.contains(field.getKey())) {
                problem(field.getKey(), kindOf(field.getValue()), "is not one of " + known);
              }
            });
  }

  private <T> Optional<T> read(String name, BiFunction<String, JsonNode, Optional<T>> reader) {
    known.add(name);
    JsonNode value = object.get(name);
    return value == null ? Optional.empty() : reader.apply(child(path, name), value);
  }

  private <T> List<T> list(String name, BiFunction<String, JsonNode, Optional<T>> reader) {
    List<T> list = new ArrayList<>();
    read(
        name,
        (place, value) -> {
          if (!value.isArray()) {
            return wrong(place, value, "an array");
          }
          for (int i = 0; i < value.size(); i++) {
            reader.apply(place + "[" + i + "]", value.get(i)).ifPresent(list::add);
          }
          return Optional.empty();
        });
    return list;
  }

  private Optional<String> textAt(String place, JsonNode value) {
    return value.isTextual() ? Optional.of(value.textValue()) : wrong(place, value, "a text");
  }

  private Optional<Integer> integerAt(String place, JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToInt()
        ? Optional.of(value.intValue())
        : wrong(place, value, "a whole number of at most 32 bits");
  }

  private <E extends Enum<E>> Optional<E> constantAt(String place, JsonNode value, Class<E> type) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    return parse(place, value, "one of " + constants, text -> Enum.valueOf(type, text));
  }

  private <T> Optional<T> parse(
      String place, JsonNode value, String form, Function<String, T> parser) {
    Optional<String> text = textAt(place, value);
    try {
      return text.map(parser);
    } catch (IllegalArgumentException | DateTimeException e) {
      problems.add(Problem.of(place, value.textValue(), "must be " + form));
      return Optional.empty();
    }
  }

  private <T> Optional<T> objectAt(String place, JsonNode value, Function<Fields, T> reader) {
    if (!value.isObject()) {
      return wrong(place, value, "an object");
    }
    Fields fields = new Fields(value, place, problems);
    T read = reader.apply(fields);
    fields.end();
    return Optional.of(read);
  }

  private <T> Optional<T> wrong(String place, JsonNode value, String form) {
    problems.add(Problem.of(place, kindOf(value), "must be " + form));
    return Optional.empty();
  }
}
