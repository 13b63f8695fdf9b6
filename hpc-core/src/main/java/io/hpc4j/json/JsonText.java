package io.hpc4j.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.model.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Text to tree and back. */
final class JsonText {
  private static final int DEEPEST = 100;

  /**
   * The text to be read is in memory already, so only depth and the length of numbers are limited.
   * ASCII and one way to write numbers make for the same bytes in any encoding and on any JDK.
   */
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNameLength(Integer.MAX_VALUE)
                          .build())
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                  .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                  .build())
          .build();

  private static final String BROKEN = "is not Unicode: it holds half of a surrogate pair";

  private final JsonParser parser;
  private final List<Problem> problems;

  private JsonText(JsonParser parser, List<Problem> problems) {
    this.parser = parser;
    this.problems = problems;
  }

  static String write(JsonNode tree) {
    try {
      return MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a tree. Keys that stand twice are noted, and their first value counts; text that is not
   * JSON is noted, and there is no tree.
   */
  static Optional<JsonNode> read(String text, List<Problem> problems) {
    try (JsonParser parser = MAPPER.createParser(text)) {
      parser.nextToken();
      return new JsonText(parser, problems).document();
    } catch (StreamConstraintsException e) {
      problems.add(Problem.of("$", place(e), "is beyond a limit: " + e.getOriginalMessage()));
    } catch (JsonProcessingException e) {
      // The parser's own message quotes the text, which may be a secret.
      problems.add(Problem.of("$", place(e), "is not well-formed JSON"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.empty();
  }

  /** Notes texts and names that no encoding can carry: half of a surrogate pair. */
  static void checkTexts(JsonNode node, String path, List<Problem> problems) {
    if (node.isTextual() && isBroken(node.textValue())) {
      problems.add(Problem.of(path, "a text", BROKEN));
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String place = Fields.child(path, field.getKey());
      if (isBroken(field.getKey())) {
        problems.add(Problem.of(place, "a name", BROKEN));
      }
      checkTexts(field.getValue(), place, problems);
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      checkTexts(node.get(i), path + "[" + i + "]", problems);
    }
  }

  private static boolean isBroken(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null ? "text" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  private Optional<JsonNode> document() throws IOException {
    if (parser.currentToken() == null) {
      problems.add(Problem.of("$", "nothing", "is not JSON"));
      return Optional.empty();
    }
    JsonNode tree = value("$");
    if (parser.nextToken() != null) {
      problems.add(Problem.of("$", "more text", "must not follow the end of the JSON"));
    }
    checkTexts(tree, "$", problems);
    return Optional.of(tree);
  }

  private JsonNode value(String path) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return object(path);
    }
    return parser.currentToken() == JsonToken.START_ARRAY ? array(path) : MAPPER.readTree(parser);
  }

  private ObjectNode object(String path) throws IOException {
    ObjectNode object = MAPPER.createObjectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      String place = Fields.child(path, name);
      parser.nextToken();
      JsonNode value = value(place);
      if (object.has(name)) {
        problems.add(Problem.of(place, Fields.kindOf(value), "is there twice"));
      } else {
        object.set(name, value);
      }
    }
    return object;
  }

  private ArrayNode array(String path) throws IOException {
    ArrayNode array = MAPPER.createArrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(path + "[" + array.size() + "]"));
    }
    return array;
  }
}
