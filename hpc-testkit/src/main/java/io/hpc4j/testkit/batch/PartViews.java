package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What is told of the containers of a job, and of how they ended. Reads, and changes nothing. */
final class PartViews {
  private static final List<String> LISTS =
      List.of(
          "environment",
          "mountPoints",
          "ulimits",
          "resourceRequirements",
          "secrets",
          "networkInterfaces");

  private final FaultState faults;
  private final Parts parts;

  PartViews(FaultState faults, Parts parts) {
    this.faults = faults;
    this.parts = parts;
  }

  /** The container of a job, or of a node. */
  ObjectNode container(BatchJob job, int part) {
    ObjectNode container = defined(job, part);
    if (!container.has("volumes")) {
      container.putArray("volumes");
    }
    JobAttempt last = job.lastAttempt();
    if (last != null) {
      putEnd(container, job, last, part);
      last.putTask(container);
    }
    return container;
  }

  private static ObjectNode defined(BatchJob job, int part) {
    JsonNode defined = job.submitted.containers().get(part);
    ObjectNode container = defined.deepCopy();
    ArrayNode command = container.putArray("command");
    Containers.command(defined, job.submitted.parameters()).forEach(command::add);
    for (String list : LISTS) {
      if (!container.has(list)) {
        container.putArray(list);
      }
    }
    return container;
  }

  /** The {@code ecsProperties} of a job. */
  ObjectNode task(BatchJob job) {
    JsonNode properties = job.submitted.definition().members.path("ecsProperties");
    ObjectNode told = properties.deepCopy();
    ObjectNode task = (ObjectNode) told.path("taskProperties").path(0);
    ArrayNode containers = task.putArray("containers");
    JobAttempt last = job.lastAttempt();
    for (int part = 0; part < job.submitted.containers().size(); part++) {
      ObjectNode container = defined(job, part);
      container.put("essential", EcsTasks.isEssential(container));
      if (last != null) {
        putEnd(container, job, last, part);
      }
      containers.add(container);
    }
    if (last != null) {
      last.putTask(task);
    }
    return told;
  }

  /** The {@code taskProperties} of an attempt. */
  ArrayNode attempt(BatchJob job, JobAttempt attempt) {
    ArrayNode tasks = Json.array();
    ObjectNode task = tasks.addObject();
    attempt.putTask(task);
    ArrayNode containers = task.putArray("containers");
    for (int part = 0; part < job.submitted.containers().size(); part++) {
      ObjectNode container = containers.addObject();
      container.put("name", EcsTasks.name(job.submitted.containers().get(part)));
      putEnd(container, job, attempt, part);
      container.putArray("networkInterfaces");
    }
    return tasks;
  }

  /** Writes how a part ended, and where what it wrote is to be found. */
  void putEnd(ObjectNode container, BatchJob job, JobAttempt attempt, int part) {
    putExit(container, job, attempt, part);
    if (attempt.startedAt != null) {
      container.put("logStreamName", job.logStream(attempt, part));
    }
  }

  void putExit(ObjectNode container, BatchJob job, JobAttempt attempt, int part) {
    Integer code = parts.exitCode(job, attempt, part);
    if (code != null && faults.tellsExitCodes()) {
      container.put("exitCode", code);
    }
    if (part == job.submitted.mainPart()) {
      Json.putText(container, "reason", attempt.reason);
    }
  }
}
