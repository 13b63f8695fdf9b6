package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The job definitions and their revisions. Owned by the turns. */
final class JobDefinitions {
  private static final int LARGEST = 24 * 1024;

  private final Map<String, List<Definition>> byName = new LinkedHashMap<>();

  /** One revision. */
  static final class Definition {
    final String name;
    final int revision;
    final ObjectNode members;

    Definition(String name, int revision, ObjectNode members) {
      this.name = name;
      this.revision = revision;
      this.members = members;
    }

    String arn() {
      return Arn.of("job-definition", name + ":" + revision);
    }

    boolean isActive() {
      return Json.text(members, "status", "").equals("ACTIVE");
    }

    boolean isMultiNode() {
      return Json.text(members, "type", "").equals("multinode");
    }

    /** Whether it has several containers. */
    boolean isTask() {
      return Json.has(members, "ecsProperties");
    }

    boolean isFargate() {
      return Json.texts(members, "platformCapabilities").contains("FARGATE");
    }

    /** EC2 if it says nothing; it may say both. */
    boolean runsOn(boolean fargate) {
      return fargate
          ? isFargate()
          : !isFargate() || Json.texts(members, "platformCapabilities").contains("EC2");
    }
  }

  ObjectNode register(ObjectNode request) {
    String name = Names.check(request, "jobDefinitionName");
    int size = Json.bytes(request).length;
    if (size > LARGEST) {
      throw ApiException.client(
          "Job definition must be less than 24 KiB, got " + (size + 1023) / 1024 + " KiB");
    }
    DefinitionRules.check(request);
    List<Definition> revisions = byName.computeIfAbsent(name, any -> new ArrayList<>());
    ObjectNode members = Json.object().put("jobDefinitionName", name);
    Definition definition = new Definition(name, revisions.size() + 1, members);
    members.put("jobDefinitionArn", definition.arn());
    members.put("revision", definition.revision);
    members.put("status", "ACTIVE");
    members.put("containerOrchestrationType", "ECS");
    Json.copy(
        request,
        members,
        "type",
        "parameters",
        "schedulingPriority",
        "retryStrategy",
        "containerProperties",
        "nodeProperties",
        "ecsProperties",
        "consumableResourceProperties",
        "timeout",
        "propagateTags",
        "platformCapabilities",
        "tags");
    revisions.add(definition);
    return Json.object()
        .put("jobDefinitionName", name)
        .put("jobDefinitionArn", definition.arn())
        .put("revision", definition.revision);
  }

  /**
   * Finds one by its ARN, by {@code name:revision}, or the latest active one of a name.
   *
   * @throws ApiException if there is none, or it is not active
   */
  Definition active(String text) {
    String name = Arn.name("job-definition", text);
    Definition found = name.contains(":") ? get(name) : latest(name);
    if (!found.isActive()) {
      throw ApiException.client("JobDefinition " + text + " is not ACTIVE.");
    }
    return found;
  }

  Definition get(String nameAndRevision) {
    return all().stream()
        .filter(d -> (d.name + ":" + d.revision).equals(nameAndRevision))
        .findFirst()
        .orElseThrow(
            () -> ApiException.client("Job definition " + nameAndRevision + " not found."));
  }

  private Definition latest(String name) {
    List<Definition> revisions = Objects.requireNonNullElse(byName.get(name), List.of());
    return revisions.stream()
        .filter(Definition::isActive)
        .reduce((older, newer) -> newer)
        .orElseThrow(() -> ApiException.client("Job definition " + name + " not found."));
  }

  private List<Definition> all() {
    return byName.values().stream().flatMap(List::stream).toList();
  }

  ObjectNode deregister(ObjectNode request) {
    String text = Arn.name("job-definition", Json.required(request, "jobDefinition"));
    if (!text.contains(":")) {
      throw ApiException.client("jobDefinition must be an ARN or name:revision: " + text);
    }
    get(text).members.put("status", "INACTIVE");
    return Json.object();
  }

  ObjectNode describe(ObjectNode request) {
    List<String> wanted =
        Json.texts(request, "jobDefinitions").stream()
            .map(text -> Arn.name("job-definition", text))
            .toList();
    String name = Json.text(request, "jobDefinitionName", "");
    String status = Json.text(request, "status", "");
    List<Definition> candidates =
        name.isEmpty() ? all() : Objects.requireNonNullElse(byName.get(name), List.of());
    List<Definition> found = new ArrayList<>();
    for (Definition d : candidates) {
      boolean named =
          wanted.isEmpty() || wanted.contains(d.name + ":" + d.revision) || wanted.contains(d.name);
      if (named && (status.isEmpty() || status.equals(d.members.path("status").asText()))) {
        found.add(0, d);
      }
    }
    Page<Definition> page = Page.of(found, request, 100);
    ObjectNode reply = Json.object();
    ArrayNode definitions = reply.putArray("jobDefinitions");
    page.items().forEach(d -> definitions.add(d.members));
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }
}
