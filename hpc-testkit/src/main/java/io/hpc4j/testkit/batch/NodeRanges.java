package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which container each node of a multi-node job has, by ranges such as {@code 0:3} or {@code 4:}.
 */
final class NodeRanges {
  private static final int MOST_NODES = 1000;
  private static final int MOST_RANGES = 5;
  private static final Pattern FORM = Pattern.compile("\\d{1,6}|\\d{0,6}:\\d{0,6}");

  private NodeRanges() {}

  /**
   * One range.
   *
   * @param first its first node
   * @param last its last node
   * @param isOpen whether it goes up to the last node there is
   */
  record Range(int first, int last, boolean isOpen) {
    static Range parse(String text, int nodes) {
      if (!FORM.matcher(text).matches()) {
        throw ApiException.client("targetNodes is not a range of nodes: " + text);
      }
      String[] ends = text.split(":", -1);
      int first = ends[0].isEmpty() ? 0 : Integer.parseInt(ends[0]);
      if (ends.length == 1) {
        return new Range(first, first, false);
      }
      boolean open = ends[1].isEmpty();
      return new Range(first, open ? nodes - 1 : Integer.parseInt(ends[1]), open);
    }

    boolean contains(int node) {
      return node >= first && node <= last;
    }

    int size() {
      return last - first + 1;
    }
  }

  static void check(JsonNode properties) {
    if (properties.isMissingNode()) {
      throw ApiException.client("nodeProperties must be provided for type multinode");
    }
    int nodes = Json.integer(properties, "numNodes", 0);
    int main = Json.integer(properties, "mainNode", -1);
    if (nodes < 1 || nodes > MOST_NODES) {
      throw ApiException.client("numNodes must be 1 to 1000: " + nodes);
    }
    if (main < 0 || main >= nodes) {
      throw ApiException.client("mainNode must be less than numNodes: " + main);
    }
    JsonNode ranges = properties.path("nodeRangeProperties");
    if (ranges.isEmpty() || ranges.size() > MOST_RANGES) {
      throw ApiException.client("nodeRangeProperties must have 1 to 5 entries");
    }
    for (JsonNode range : ranges) {
      Range parsed = Range.parse(Json.required(range, "targetNodes"), nodes);
      if (parsed.first() > parsed.last() || parsed.last() >= nodes) {
        throw ApiException.client(
            "targetNodes " + range.path("targetNodes").asText() + " is not within numNodes");
      }
      DefinitionRules.checkContainer(Json.member(range, "container"), false);
    }
    for (int node = 0; node < nodes; node++) {
      JsonNode unused = rangeOf(properties, nodes, node);
    }
  }

  /** The innermost range that holds a node. */
  static JsonNode rangeOf(JsonNode properties, int nodes, int node) {
    JsonNode innermost = null;
    int smallest = Integer.MAX_VALUE;
    for (JsonNode range : properties.path("nodeRangeProperties")) {
      Range parsed = Range.parse(Json.required(range, "targetNodes"), nodes);
      if (parsed.contains(node) && parsed.size() < smallest) {
        innermost = range;
        smallest = parsed.size();
      }
    }
    if (innermost == null) {
      throw ApiException.client("nodeRangeProperties do not cover node " + node);
    }
    return innermost;
  }

  /** How many nodes a submission has, by its definition and its overrides. */
  static int nodes(JsonNode properties, JsonNode overrides) {
    int defined = Json.integer(properties, "numNodes", 1);
    int nodes = Json.integer(overrides, "numNodes", defined);
    if (nodes == defined) {
      return nodes;
    }
    boolean fits = false;
    for (JsonNode range : properties.path("nodeRangeProperties")) {
      Range parsed = Range.parse(Json.required(range, "targetNodes"), defined);
      fits |= parsed.isOpen() && parsed.first() < nodes;
    }
    if (!fits || Json.integer(properties, "mainNode", 0) >= nodes || nodes > MOST_NODES) {
      throw ApiException.client(
          "nodeOverrides.numNodes needs a node range without an upper end that begins below it,"
              + " and a main node below it: "
              + nodes);
    }
    return nodes;
  }

  /** The container of each node, with what a submission overrides. */
  static List<JsonNode> containers(JsonNode properties, JsonNode overrides) {
    int nodes = nodes(properties, overrides);
    checkTargets(properties, overrides);
    List<JsonNode> containers = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      JsonNode range = rangeOf(properties, nodes, node);
      JsonNode override = override(overrides, range);
      JsonNode previous = containers.isEmpty() ? null : containers.get(node - 1);
      JsonNode merged = Containers.merge(range.path("container"), override);
      containers.add(merged.equals(previous) ? previous : merged);
    }
    return containers;
  }

  private static JsonNode override(JsonNode overrides, JsonNode range) {
    String target = range.path("targetNodes").asText();
    for (JsonNode override : overrides.path("nodePropertyOverrides")) {
      if (target.equals(override.path("targetNodes").asText())) {
        return Json.member(override, "containerOverrides");
      }
    }
    return Json.object();
  }

  private static void checkTargets(JsonNode properties, JsonNode overrides) {
    List<String> defined = new ArrayList<>();
    properties
        .path("nodeRangeProperties")
        .forEach(r -> defined.add(r.path("targetNodes").asText()));
    for (JsonNode override : overrides.path("nodePropertyOverrides")) {
      if (!defined.contains(Json.required(override, "targetNodes"))) {
        throw ApiException.client("NodeOverride targets should match job definition");
      }
      DefinitionRules.checkWork(Json.member(override, "containerOverrides"));
    }
  }
}
