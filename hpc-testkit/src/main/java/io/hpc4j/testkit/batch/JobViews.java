package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;

/** What DescribeJobs and ListJobs tell of a job. Reads, and changes nothing. */
final class JobViews {
  private final InstantSource time;
  private final FaultState faults;
  private final Parts parts;
  private final PartViews partViews;

  JobViews(InstantSource time, FaultState faults, Parts parts) {
    this.time = time;
    this.faults = faults;
    this.parts = parts;
    partViews = new PartViews(faults, parts);
  }

  ObjectNode detail(BatchJob job) {
    ObjectNode detail = base(job, job.id);
    if (job.isMultiNode()) {
      detail.set(
          "nodeProperties",
          ((ObjectNode) job.submitted.definition().members.path("nodeProperties").deepCopy())
              .put("numNodes", job.submitted.containers().size()));
    } else if (job.isTask()) {
      detail.set("ecsProperties", partViews.task(job));
    } else {
      detail.set("container", partViews.container(job, 0));
    }
    if (job.isArray()) {
      ObjectNode array = detail.putObject("arrayProperties");
      array.put("size", job.children.size());
      array.put("statusSummaryLastUpdatedAt", time.instant().toEpochMilli());
      ObjectNode summary = array.putObject("statusSummary");
      for (Status status : Status.values()) {
        summary.put(status.name(), job.childrenIn(status));
      }
    } else if (job.index >= 0) {
      detail.putObject("arrayProperties").put("index", job.index);
    }
    return detail;
  }

  /** What is told of one node of a multi-node job. */
  ObjectNode node(BatchJob job, int node) {
    ObjectNode detail = base(job, job.id + "#" + node);
    boolean isMain = node == job.submitted.mainPart();
    detail.put("status", faults.word(parts.ofNode(job, node)));
    detail.set("attempts", attempts(job, node));
    detail.set("container", partViews.container(job, node));
    detail.putObject("nodeDetails").put("nodeIndex", node).put("isMainNode", isMain);
    return detail;
  }

  private ObjectNode base(BatchJob job, String id) {
    BatchJob.Submitted submitted = job.submitted;
    ObjectNode detail =
        Json.object()
            .put("jobArn", Arn.of("job", id))
            .put("jobName", job.name())
            .put("jobId", id)
            .put("jobQueue", job.queue().arn())
            .put("jobDefinition", submitted.definition().arn())
            .put("status", faults.word(job.status));
    putReason(detail, job);
    detail.put("createdAt", job.createdAt.toEpochMilli());
    putTimes(detail, job);
    if (!job.share().isEmpty()) {
      detail.put("shareIdentifier", job.share());
      detail.put("schedulingPriority", submitted.priority());
    }
    detail.set("attempts", attempts(job, submitted.mainPart()));
    detail.set(
        "dependsOn",
        submitted.request().path("dependsOn").isMissingNode()
            ? Json.array()
            : submitted.request().path("dependsOn"));
    copy(submitted, detail, "retryStrategy");
    copy(submitted, detail, "timeout");
    copy(submitted, detail, "propagateTags");
    detail.set("parameters", Json.objectOf(submitted.parameters()));
    detail.set("tags", Json.objectOf(submitted.tags()));
    Json.copy(submitted.definition().members, detail, "platformCapabilities");
    if (!submitted.consumables().isMissingNode()) {
      detail.set("consumableResourceProperties", submitted.consumables());
    }
    return detail.put("isCancelled", job.isCancelled).put("isTerminated", job.isTerminated);
  }

  private static void copy(BatchJob.Submitted submitted, ObjectNode detail, String member) {
    JsonNode value = submitted.either(member);
    if (!value.isMissingNode()) {
      detail.set(member, value);
    }
  }

  private static void putReason(ObjectNode told, BatchJob job) {
    String blocked = job.blocked;
    String reason = blocked == null ? job.statusReason : blocked;
    if (!reason.isEmpty()) {
      told.put("statusReason", reason);
    }
  }

  private static void putTimes(ObjectNode object, BatchJob job) {
    Json.putTime(object, "startedAt", job.startedAt);
    Json.putTime(object, "stoppedAt", job.stoppedAt);
  }

  private ArrayNode attempts(BatchJob job, int part) {
    ArrayNode attempts = Json.array();
    for (JobAttempt attempt : job.attempts) {
      ObjectNode told = attempts.addObject();
      Json.putTime(told, "startedAt", attempt.startedAt);
      Json.putTime(told, "stoppedAt", attempt.stoppedAt);
      Json.putText(told, "statusReason", attempt.statusReason);
      if (job.isTask()) {
        told.set("taskProperties", partViews.attempt(job, attempt));
      } else {
        ObjectNode container = told.putObject("container");
        partViews.putEnd(container, job, attempt, part);
        attempt.putTask(container);
      }
    }
    return attempts;
  }

  /** What is told of a job that wants so much of a consumable resource. */
  ObjectNode use(BatchJob job, long quantity) {
    ObjectNode use =
        Json.object()
            .put("jobArn", job.arn())
            .put("jobQueueArn", job.queue().arn())
            .put("jobName", job.name())
            .put("jobDefinitionArn", job.submitted.definition().arn())
            .put("jobStatus", faults.word(job.status))
            .put("quantity", quantity)
            .put("createdAt", job.createdAt.toEpochMilli());
    Json.putTime(use, "startedAt", job.startedAt);
    putReason(use, job);
    if (!job.share().isEmpty()) {
      use.put("shareIdentifier", job.share());
    }
    use.set("consumableResourceProperties", job.submitted.consumables());
    return use;
  }

  ObjectNode summary(BatchJob job) {
    ObjectNode summary = summary(job, job.id, job.submitted.mainPart());
    if (job.isArray()) {
      summary.putObject("arrayProperties").put("size", job.children.size());
    } else if (job.index >= 0) {
      summary.putObject("arrayProperties").put("index", job.index);
    }
    if (job.isMultiNode()) {
      summary.putObject("nodeProperties").put("numNodes", job.submitted.containers().size());
    }
    return summary;
  }

  ObjectNode nodeSummary(BatchJob job, int node) {
    ObjectNode summary = summary(job, job.id + "#" + node, node);
    summary
        .putObject("nodeProperties")
        .put("nodeIndex", node)
        .put("isMainNode", node == job.submitted.mainPart());
    return summary.put("status", faults.word(parts.ofNode(job, node)));
  }

  private ObjectNode summary(BatchJob job, String id, int part) {
    ObjectNode summary =
        Json.object()
            .put("jobArn", Arn.of("job", id))
            .put("jobId", id)
            .put("jobName", job.name())
            .put("createdAt", job.createdAt.toEpochMilli())
            .put("status", faults.word(job.status))
            .put("jobDefinition", job.submitted.definition().arn());
    putReason(summary, job);
    putTimes(summary, job);
    if (!job.share().isEmpty()) {
      summary.put("shareIdentifier", job.share());
    }
    JobAttempt last = job.attempts.isEmpty() ? null : job.attempts.get(job.attempts.size() - 1);
    if (last != null) {
      partViews.putExit(summary.putObject("container"), job, last, part);
    }
    return summary.put("isCancelled", job.isCancelled).put("isTerminated", job.isTerminated);
  }
}
