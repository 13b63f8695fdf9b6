package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a container of a job is: its definition with what a submission says differently. */
final class Containers {
  private static final Pattern REFERENCE = Pattern.compile("Ref::([A-Za-z0-9_-]+)");

  private Containers() {}

  /** A requirement's value, by the list or else by the older member; empty if there is none. */
  static String requirement(JsonNode container, String kind, String older) {
    for (JsonNode requirement : container.path("resourceRequirements")) {
      if (kind.equals(requirement.path("type").asText())) {
        return requirement.path("value").asText();
      }
    }
    return older.isEmpty() ? "" : Json.text(container, older, "");
  }

  /**
   * The container with its overrides: command, environment by name and requirements by type. The
   * older vcpus and memory of overrides do not reach a definition that has requirements, and AWS
   * says nothing of it.
   */
  static JsonNode merge(JsonNode defined, JsonNode overrides) {
    if (overrides.isEmpty()) {
      return defined;
    }
    ObjectNode merged = defined.deepCopy();
    if (!overrides.path("command").isEmpty()) {
      merged.set("command", overrides.path("command"));
    }
    Json.copy(overrides, merged, "instanceType", "vcpus", "memory");
    merge(merged, overrides, "environment", "name");
    merge(merged, overrides, "resourceRequirements", "type");
    return merged;
  }

  private static void merge(ObjectNode merged, JsonNode overrides, String list, String key) {
    if (overrides.path(list).isEmpty()) {
      return;
    }
    Map<String, JsonNode> byKey = new LinkedHashMap<>();
    merged.path(list).forEach(entry -> byKey.put(entry.path(key).asText(), entry));
    overrides.path(list).forEach(entry -> byKey.put(entry.path(key).asText(), entry));
    ArrayNode all = Json.array();
    byKey.values().forEach(all::add);
    merged.set(list, all);
  }

  /** The command with the values of its parameters; a reference without a value stays. */
  static List<String> command(JsonNode container, Map<String, String> parameters) {
    List<String> command = new ArrayList<>();
    for (String argument : Json.texts(container, "command")) {
      Matcher matcher = REFERENCE.matcher(argument);
      command.add(
          matcher.replaceAll(
              match ->
                  Matcher.quoteReplacement(
                      parameters.getOrDefault(match.group(1), match.group()))));
    }
    return command;
  }
}
