package io.hpc4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What submitting a request would send, and in what it would differ from the request.
 *
 * @param backend the backend's name
 * @param artifacts what would be sent, by name: the script, the arguments, the request; byte for
 *     byte
 * @param notes every difference and every default
 */
public record Plan(String backend, Map<String, String> artifacts, List<Note> notes) {
  /** Copies both. */
  public Plan {
    Objects.requireNonNull(backend, "backend");
    artifacts = Collections.unmodifiableMap(new LinkedHashMap<>(artifacts));
    notes = List.copyOf(notes);
  }

  /** How what is sent differs from what was asked for. */
  public enum Kind {
    /** A default fills a gap. */
    DEFAULT,
    /** A value is rounded. */
    ROUNDED,
    /** hpc4j does it, not the backend. */
    EMULATED,
    /** The field has no meaning here. */
    UNUSED,
    /** It works only as long as this client lives. */
    ENDS_WITH_CLIENT
  }

  /**
   * One difference.
   *
   * @param kind how it differs
   * @param field the request's field
   * @param text the difference in words, with both values
   */
  public record Note(Kind kind, String field, String text) {
    /** Checks for {@code null}. */
    public Note {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(field, "field");
      Objects.requireNonNull(text, "text");
    }

    @Override
    public String toString() {
      return kind + " " + field + ": " + text;
    }
  }

  /** All of it as text for people. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("plan for ").append(backend).append('\n');
    artifacts.forEach((name, text) -> out.append("--- ").append(name).append('\n').append(text));
    if (!artifacts.isEmpty() && out.charAt(out.length() - 1) != '\n') {
      out.append('\n');
    }
    notes.forEach(note -> out.append(note).append('\n'));
    return out.toString();
  }
}
