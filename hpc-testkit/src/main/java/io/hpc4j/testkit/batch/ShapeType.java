package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The type of a member, with what values it may have.
 *
 * @param name the structure's, if it is one
 * @param of the type of the elements of a list or map
 * @param least the least number, or length
 * @param most the greatest
 * @param words the only texts there are; none for any
 */
record ShapeType(
    Kind kind, String name, @Nullable ShapeType of, long least, long most, List<String> words) {
  /** What JSON there is. */
  enum Kind {
    TEXT("a string"),
    INT("an integer"),
    LONG("an integer"),
    NUMBER("a number"),
    BOOL("a boolean"),
    LIST("a list"),
    MAP("an object"),
    STRUCTURE("an object"),
    UNSUPPORTED("");

    final String words;

    Kind(String words) {
      this.words = words;
    }

    boolean fits(JsonNode value) {
      return switch (this) {
        case TEXT -> value.isTextual();
        case INT -> value.isIntegralNumber() && value.canConvertToInt();
        case LONG -> value.isIntegralNumber() && value.canConvertToLong();
        case NUMBER -> value.isNumber();
        case BOOL -> value.isBoolean();
        case LIST -> value.isArray();
        case MAP, STRUCTURE -> value.isObject();
        case UNSUPPORTED -> true;
      };
    }
  }

  /** Reads {@code text(A|B)}, {@code int(0..9)}, {@code [Device](1..5)}, {@code {text}}. */
  static ShapeType parse(String text) {
    if (text.endsWith(")")) {
      int at = text.lastIndexOf('(');
      return parse(text.substring(0, at)).limited(text.substring(at + 1, text.length() - 1));
    }
    return switch (text.charAt(0)) {
      case '[' -> of(Kind.LIST, "", parse(text.substring(1, text.length() - 1)));
      case '{' -> of(Kind.MAP, "", parse(text.substring(1, text.length() - 1)));
      default ->
          Character.isUpperCase(text.charAt(0))
              ? of(Kind.STRUCTURE, text, null)
              : of(Kind.valueOf(text.toUpperCase(Locale.ROOT)), "", null);
    };
  }

  private static ShapeType of(Kind kind, String name, @Nullable ShapeType of) {
    return new ShapeType(kind, name, of, Long.MIN_VALUE, Long.MAX_VALUE, List.of());
  }

  private ShapeType limited(String limits) {
    if (!limits.contains("..")) {
      return new ShapeType(kind, name, of, least, most, List.of(limits.split("\\|")));
    }
    String[] ends = limits.split("\\.\\.", -1);
    long last = ends[1].isEmpty() ? most : Long.parseLong(ends[1]);
    return new ShapeType(kind, name, of, Long.parseLong(ends[0]), last, words);
  }

  ShapeType element() {
    return Objects.requireNonNull(of, "element");
  }

  /**
   * Refuses a value that does not fit; of lists and objects what is in them is not looked at.
   *
   * @throws ApiException if it does not
   */
  void check(JsonNode value, String path) {
    if (kind == Kind.UNSUPPORTED) {
      throw Shapes.notSupported(path);
    }
    if (!kind.fits(value)) {
      throw ApiException.client(path + " must be " + kind.words);
    }
    if (kind == Kind.TEXT) {
      checkText(value.asText(), path);
      if (!words.isEmpty() && !words.contains(value.asText())) {
        throw ApiException.client(path + " must be one of " + String.join(", ", words));
      }
    }
    checkRange(value, path);
  }

  private void checkRange(JsonNode value, String path) {
    boolean number = value.isIntegralNumber();
    long size =
        number ? value.longValue() : value.isTextual() ? value.asText().length() : value.size();
    if (size < least || size > most) {
      throw ApiException.client(
          path
              + (number ? " must be " : " must have ")
              + (most == Long.MAX_VALUE ? "at least " + least : least + " to " + most)
              + (number ? "" : value.isTextual() ? " characters" : " entries")
              + ": "
              + size);
    }
  }

  /** Neither a process nor JSON could carry it. */
  static void checkText(String text, String path) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (c == 0 || (Character.isSurrogate(c) && !pair)) {
        throw ApiException.client(path + " must be text without NUL");
      }
      i += pair ? 1 : 0;
    }
  }
}
