package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.testkit.batch.JobDefinitions.Definition;
import io.hpc4j.testkit.batch.JobQueues.Queue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job, an array, or a child of one. Owned by the turns. */
final class BatchJob {
  final String id;
  final long number;
  final Submitted submitted;
  final @Nullable BatchJob parent;
  final int index;
  Instant createdAt;
  final List<JobAttempt> attempts = new ArrayList<>(1);
  List<BatchJob> children = List.of();
  final Map<Status, Integer> childrenIn = new EnumMap<>(Status.class);

  Status status = Status.SUBMITTED;
  String statusReason = "";
  @Nullable JobAttempt current;
  @Nullable Instant startedAt;
  @Nullable Instant stoppedAt;
  @Nullable Instant endedAt;
  Instant visibleAt;

  /** How many jobs it still waits for. */
  int open;

  List<BatchJob> dependents = List.of();

  boolean isCancelled;
  boolean isTerminated;

  /** Why somebody wants it to end; it may still wait or run. */
  @Nullable String stopReason;

  boolean holdsConsumables;

  /** Since when it has been RUNNABLE, if it is. */
  @Nullable Instant runnableAt;

  /** Whether its instance is being taken away. */
  boolean isReclaimed;

  /** Why nothing could ever run it. */
  @Nullable String blocked;

  /**
   * What one submission asks for; shared by an array's children.
   *
   * @param containers of each part: of each node of a multi-node job, or of its task
   */
  record Submitted(
      String name,
      Queue queue,
      Definition definition,
      ObjectNode request,
      List<JsonNode> containers,
      Map<String, String> parameters,
      Map<String, String> tags) {
    /** A member of the request, else of the definition. */
    JsonNode either(String member) {
      return Json.member(Json.has(request, member) ? request : definition.members, member);
    }

    /** The container whose end is the job's. */
    JsonNode main() {
      return containers.get(mainPart());
    }

    /** The main node, or the first essential container. */
    int mainPart() {
      if (definition.isMultiNode()) {
        return Json.integer(definition.members.path("nodeProperties"), "mainNode", 0);
      }
      return definition.isTask() ? EcsTasks.firstEssential(containers) : 0;
    }

    /** The consumable resources that it wants. */
    JsonNode consumables() {
      String overrides = "consumableResourcePropertiesOverride";
      return Json.has(request, overrides)
          ? request.path(overrides)
          : Json.member(definition.members, "consumableResourceProperties");
    }

    int priority() {
      int defined = Json.integer(definition.members, "schedulingPriority", 0);
      return Json.integer(request, "schedulingPriorityOverride", defined);
    }
  }

  BatchJob(
      String id,
      long number,
      Submitted submitted,
      @Nullable BatchJob parent,
      int index,
      Instant createdAt,
      Instant visibleAt) {
    this.id = id;
    this.number = number;
    this.submitted = submitted;
    this.parent = parent;
    this.index = index;
    this.createdAt = createdAt;
    this.visibleAt = visibleAt;
  }

  String name() {
    return submitted.name();
  }

  Queue queue() {
    return submitted.queue();
  }

  /** Priorities count within a share only. */
  int startingPriority() {
    return queue().isFairShare() ? submitted.priority() : 0;
  }

  String share() {
    return Json.text(submitted.request(), "shareIdentifier", "");
  }

  String arn() {
    return Arn.of("job", id);
  }

  int childrenIn(Status state) {
    return childrenIn.getOrDefault(state, 0);
  }

  boolean isArray() {
    return !children.isEmpty();
  }

  boolean isMultiNode() {
    return submitted.definition().isMultiNode();
  }

  boolean isTask() {
    return submitted.definition().isTask();
  }

  /** The attempt that is under way, else the last one; null before the first. */
  @Nullable JobAttempt lastAttempt() {
    if (current != null) {
      return current;
    }
    return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
  }

  /** Whether it waits for no other job, nor does its array. */
  boolean isFree() {
    return open == 0 && (parent == null || parent.open == 0);
  }

  void addDependent(BatchJob job) {
    dependents = dependents.isEmpty() ? new ArrayList<>(1) : dependents;
    dependents.add(job);
  }

  /** The task of the scheduler's job that is a node: the main node is its first. */
  int taskOf(int node) {
    int main = submitted.mainPart();
    if (node == main) {
      return 0;
    }
    return node == 0 ? main : node;
  }

  String logStream(JobAttempt attempt, int part) {
    String name = submitted.definition().name;
    String prefix = name.substring(0, Math.min(200, name.length()));
    if (isTask()) {
      return prefix + "/" + EcsTasks.name(submitted.containers().get(part)) + "/" + attempt.taskId;
    }
    String task = part == submitted.mainPart() ? attempt.taskId : attempt.taskId + "-" + part;
    return prefix + "/default/" + task;
  }
}
