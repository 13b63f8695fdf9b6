package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The rules of names, states and tags that all nouns share. */
final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,128}");
  private static final Pattern JOB_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");
  private static final int MOST_TAGS = 50;

  private Names() {}

  static String check(ObjectNode request, String member) {
    return check(request, member, NAME, "");
  }

  static String checkJob(ObjectNode request) {
    return check(request, "jobName", JOB_NAME, ", and begin with a letter or digit");
  }

  private static String check(ObjectNode request, String member, Pattern pattern, String more) {
    String name = Json.required(request, member);
    if (!pattern.matcher(name).matches()) {
      throw ApiException.client(
          member
              + " should match valid pattern: up to 128 letters (uppercase and lowercase),"
              + " numbers, hyphens and underscores"
              + more
              + ": "
              + name);
    }
    return name;
  }

  /** Whether a name is meant by one without regard to case, which may end in {@code *}. */
  static boolean matches(String pattern, String name) {
    String wanted = pattern.toLowerCase(Locale.ROOT);
    String own = name.toLowerCase(Locale.ROOT);
    return wanted.endsWith("*")
        ? own.startsWith(wanted.substring(0, wanted.length() - 1))
        : own.equals(wanted);
  }

  static void checkState(JsonNode request) {
    String state = Json.text(request, "state", "ENABLED");
    if (!state.equals("ENABLED") && !state.equals("DISABLED")) {
      throw ApiException.client("state must be ENABLED or DISABLED: " + state);
    }
  }

  static void checkTags(JsonNode request) {
    checkTags(Json.map(request, "tags"));
  }

  static void checkTags(Map<String, String> tags) {
    if (tags.size() > MOST_TAGS) {
      throw ApiException.client("tags must have at most " + MOST_TAGS + " entries");
    }
    tags.forEach(
        (key, value) -> {
          if (key.isEmpty() || key.length() > 128 || value.length() > 256) {
            throw ApiException.client(
                "a tag's key has 1 to 128 characters and its value at most 256: " + key);
          }
        });
  }
}
