package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The {@code ecsProperties} of a job definition: one task of up to ten containers, which may wait
 * for each other. The first essential container that ends takes the others with it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html">
 *     TaskContainerProperties, AWS Batch API Reference</a>
 */
final class EcsTasks {
  private static final int MOST_CONTAINERS = 10;
  private static final int SHORTEST_STOP = 2;
  private static final int LONGEST_STOP_ON_FARGATE = 120;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,255}");
  private static final Set<String> CONDITIONS = Set.of("START", "COMPLETE", "SUCCESS");

  private EcsTasks() {}

  static String name(JsonNode container) {
    return Json.text(container, "name", "");
  }

  static boolean isEssential(JsonNode container) {
    return Json.member(container, "essential").asBoolean(true);
  }

  static int firstEssential(List<JsonNode> containers) {
    int first = 0;
    while (!isEssential(containers.get(first))) {
      first++;
    }
    return first;
  }

  private static JsonNode task(JsonNode properties) {
    JsonNode tasks = properties.path("taskProperties");
    if (tasks.size() != 1) {
      throw ApiException.client("ecsProperties.taskProperties must have exactly one entry");
    }
    return tasks.path(0);
  }

  static void check(JsonNode properties, boolean fargate) {
    JsonNode task = task(properties);
    if (fargate) {
      Json.required(task, "executionRoleArn");
      DefinitionRules.checkStorage(task);
    }
    List<JsonNode> containers = new ArrayList<>();
    task.path("containers").forEach(containers::add);
    check(containers, fargate);
  }

  private static void check(List<JsonNode> containers, boolean fargate) {
    if (containers.isEmpty() || containers.size() > MOST_CONTAINERS) {
      throw ApiException.client("containers must have 1 to " + MOST_CONTAINERS + " entries");
    }
    Map<String, JsonNode> byName = new LinkedHashMap<>();
    for (JsonNode container : containers) {
      String name = Json.required(container, "name");
      if (!NAME.matcher(name).matches()) {
        throw ApiException.client(
            "a container's name has up to 255 letters, digits, hyphens and underscores: " + name);
      }
      if (byName.put(name, container) != null) {
        throw ApiException.client("two containers have the same name: " + name);
      }
      checkContainer(container, fargate);
    }
    if (containers.stream().noneMatch(EcsTasks::isEssential)) {
      throw ApiException.client("at least one container must be essential");
    }
    byName.values().forEach(container -> checkDependencies(container, byName));
    List<JsonNode> unused = inOrder(containers);
    if (fargate) {
      DefinitionRules.checkFargateSize(sum(containers, "VCPU"), sum(containers, "MEMORY"));
    }
  }

  private static void checkContainer(JsonNode container, boolean fargate) {
    int stop = Json.integer(container, "stopTimeout", SHORTEST_STOP);
    if (stop < SHORTEST_STOP || (fargate && stop > LONGEST_STOP_ON_FARGATE)) {
      throw ApiException.client("stopTimeout must be at least 2, on Fargate at most 120: " + stop);
    }
    if (fargate) {
      DefinitionRules.checkWork(container);
      DefinitionRules.checkNotOnFargate(container);
    } else {
      DefinitionRules.checkContainer(container, false);
    }
  }

  private static void checkDependencies(JsonNode container, Map<String, JsonNode> byName) {
    for (JsonNode dependency : container.path("dependsOn")) {
      String on = Json.required(dependency, "containerName");
      String condition = Json.required(dependency, "condition");
      JsonNode other = byName.get(on);
      if (other == null) {
        throw ApiException.client(
            "container " + name(container) + " depends on " + on + ", which does not exist");
      }
      if (!CONDITIONS.contains(condition)) {
        throw ApiException.client(
            "dependsOn.condition must be START, COMPLETE or SUCCESS: " + condition);
      }
      if (!condition.equals("START") && isEssential(other)) {
        throw ApiException.client(
            "dependsOn.condition " + condition + " cannot be set on an essential container: " + on);
      }
    }
  }

  /**
   * The containers, each behind those that it depends on.
   *
   * @throws ApiException if they depend on each other in a circle
   */
  static List<JsonNode> inOrder(List<JsonNode> containers) {
    List<JsonNode> ordered = new ArrayList<>();
    Set<String> done = new HashSet<>();
    while (ordered.size() < containers.size()) {
      int before = ordered.size();
      for (JsonNode container : containers) {
        if (!done.contains(name(container)) && done.containsAll(dependencies(container))) {
          ordered.add(container);
          done.add(name(container));
        }
      }
      if (ordered.size() == before) {
        throw ApiException.client("the containers depend on each other in a circle");
      }
    }
    return ordered;
  }

  private static List<String> dependencies(JsonNode container) {
    List<String> names = new ArrayList<>();
    container.path("dependsOn").forEach(d -> names.add(Json.text(d, "containerName", "")));
    return names;
  }

  /** The containers of a submission, with what it overrides. */
  static List<JsonNode> containers(JsonNode properties, JsonNode overrides, boolean fargate) {
    Map<String, JsonNode> byName = new LinkedHashMap<>();
    task(properties).path("containers").forEach(c -> byName.put(name(c), c));
    if (!overrides.isMissingNode()) {
      for (JsonNode override : task(overrides).path("containers")) {
        String name = Json.required(override, "name");
        JsonNode defined = byName.get(name);
        if (defined == null) {
          throw ApiException.client(
              "ecsPropertiesOverride names a container that the job definition does not have: "
                  + name);
        }
        DefinitionRules.checkWork(override);
        byName.put(name, Containers.merge(defined, override));
      }
    }
    List<JsonNode> containers = List.copyOf(byName.values());
    check(containers, fargate);
    return containers;
  }

  /** What they need together. */
  static String sum(List<JsonNode> containers, String kind) {
    return containers.stream()
        .map(container -> Containers.requirement(container, kind, ""))
        .filter(value -> !value.isEmpty())
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .toPlainString();
  }
}
