package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.testkit.batch.JobDefinitions.Definition;
import io.hpc4j.testkit.batch.JobEngine.Edge;
import io.hpc4j.testkit.batch.JobQueues.Queue;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** SubmitJob: from a request to a job that the engine takes in. Owned by the turns. */
final class Submitting {
  private final InstantSource time;
  private final JobQueues queues;
  private final JobDefinitions definitions;
  private final JobBook book;
  private final JobEngine engine;
  private final ConsumableResources consumables;
  private final FaultState faults;
  private long lastNumber;

  Submitting(
      InstantSource time,
      JobQueues queues,
      JobDefinitions definitions,
      JobBook book,
      JobEngine engine,
      ConsumableResources consumables,
      FaultState faults) {
    this.time = time;
    this.queues = queues;
    this.definitions = definitions;
    this.book = book;
    this.engine = engine;
    this.consumables = consumables;
    this.faults = faults;
  }

  ObjectNode submit(ObjectNode request) {
    SubmitRules.check(request, Json.bytes(request).length);
    Queue queue = queues.get(Json.required(request, "jobQueue"));
    SubmitRules.checkQueue(queue, time.instant());
    SubmitRules.checkShare(request, queue);
    Definition definition = definitions.active(Json.required(request, "jobDefinition"));
    checkPlatform(definition, queue);
    int size = Json.integer(request.path("arrayProperties"), "size", 0);
    if (size > 0 && definition.isMultiNode()) {
      throw ApiException.client("An array of multi-node parallel jobs is not supported");
    }
    BatchJob job = job(submitted(request, queue, definition));
    consumables.check(job.submitted);
    addChildren(job, size);
    List<Edge> edges = edges(job, request);
    engine.accept(job, edges, faults.unseen());
    return Json.object().put("jobName", job.name()).put("jobId", job.id).put("jobArn", job.arn());
  }

  private static void checkPlatform(Definition definition, Queue queue) {
    boolean fargate = queue.environments.stream().anyMatch(e -> e.isFargate());
    if (!definition.runsOn(fargate)) {
      throw ApiException.client(
          "The job definition is for "
              + (definition.isFargate() ? "FARGATE" : "EC2")
              + ", the job queue's compute environments are for "
              + (fargate ? "FARGATE" : "EC2"));
    }
    if (definition.isMultiNode()
        && queue.environments.stream()
            .anyMatch(e -> !e.isManaged() || e.type().startsWith("SPOT"))) {
      throw ApiException.client(
          "Multi-node parallel jobs run on managed compute environments of EC2 On-Demand only");
    }
  }

  private static BatchJob.Submitted submitted(
      ObjectNode request, Queue queue, Definition definition) {
    Map<String, String> parameters =
        new LinkedHashMap<>(Json.map(definition.members, "parameters"));
    parameters.putAll(Json.map(request, "parameters"));
    return new BatchJob.Submitted(
        Json.required(request, "jobName"),
        queue,
        definition,
        request,
        containers(request, definition),
        parameters,
        new LinkedHashMap<>(Json.map(request, "tags")));
  }

  private static List<JsonNode> containers(ObjectNode request, Definition definition) {
    if (Json.has(request, "ecsPropertiesOverride") && !definition.isTask()) {
      throw ApiException.client(
          "ecsPropertiesOverride can be specified for a job with ecsProperties only");
    }
    if (definition.isMultiNode()) {
      if (Json.has(request, "containerOverrides")) {
        throw ApiException.client("containerOverrides cannot be specified for a multinode job");
      }
      return NodeRanges.containers(
          definition.members.path("nodeProperties"), Json.member(request, "nodeOverrides"));
    }
    if (Json.has(request, "nodeOverrides")) {
      throw ApiException.client("nodeOverrides can be specified for a multinode job only");
    }
    if (definition.isTask()) {
      if (Json.has(request, "containerOverrides")) {
        throw ApiException.client(
            "containerOverrides cannot be specified for a job with ecsProperties:"
                + " ecsPropertiesOverride can");
      }
      return EcsTasks.containers(
          definition.members.path("ecsProperties"),
          Json.member(request, "ecsPropertiesOverride"),
          definition.isFargate());
    }
    JsonNode merged =
        Containers.merge(
            definition.members.path("containerProperties"),
            Json.member(request, "containerOverrides"));
    DefinitionRules.checkContainer(merged, definition.isFargate());
    return List.of(merged);
  }

  private BatchJob job(BatchJob.Submitted submitted) {
    Instant now = time.instant();
    lastNumber++;
    String id = UUID.randomUUID().toString();
    return new BatchJob(id, lastNumber, submitted, null, -1, now, faults.visibleFrom());
  }

  private static void addChildren(BatchJob job, int size) {
    if (size == 0) {
      return;
    }
    List<BatchJob> children = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      children.add(
          new BatchJob(job.id + ":" + i, i, job.submitted, job, i, job.createdAt, Instant.MAX));
    }
    job.children = children;
  }

  private List<Edge> edges(BatchJob job, ObjectNode request) {
    List<Edge> edges = new ArrayList<>();
    for (JsonNode dependency : request.path("dependsOn")) {
      String on = Json.text(dependency, "jobId");
      switch (Json.text(dependency, "type", "")) {
        case "" -> edges.add(new Edge(job, target(on)));
        case "SEQUENTIAL" -> addSequential(job, on, edges);
        case "N_TO_N" -> addEach(job, target(on), edges);
        default ->
            throw ApiException.client(
                "dependsOn.type must be N_TO_N or SEQUENTIAL: " + dependency.path("type").asText());
      }
    }
    return edges;
  }

  private BatchJob target(@Nullable String id) {
    if (id == null || id.isEmpty()) {
      throw ApiException.client("dependsOn.jobId must not be empty");
    }
    BatchJob found = book.find(id);
    if (found == null) {
      throw ApiException.client("Dependency job " + id + " does not exist");
    }
    return found;
  }

  private void addSequential(BatchJob job, @Nullable String on, List<Edge> edges) {
    if (on != null) { // of another job it means no more than a plain dependency
      edges.add(new Edge(job, target(on)));
    }
    if (!job.isArray()) {
      throw ApiException.client("A SEQUENTIAL dependency is for an array job only");
    }
    for (int i = 1; i < job.children.size(); i++) {
      edges.add(new Edge(job.children.get(i), job.children.get(i - 1)));
    }
  }

  private static void addEach(BatchJob job, BatchJob on, List<Edge> edges) {
    if (!job.isArray() || on.children.size() != job.children.size()) {
      throw ApiException.client(
          "An N_TO_N dependency is for an array job on an array job of equal size");
    }
    for (int i = 0; i < job.children.size(); i++) {
      edges.add(new Edge(job.children.get(i), on.children.get(i)));
    }
  }
}
