package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.testkit.batch.JobQueues.Queue;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What AWS refuses of a SubmitJob request, at once or later. */
final class SubmitRules {
  private static final int LARGEST = 30 * 1024;
  private static final int LONGEST_OVERRIDES = 8192;
  private static final int MOST_DEPENDENCIES = 20;
  private static final int MOST_TAGS = 50;
  private static final Pattern SHARE = Pattern.compile("[A-Za-z0-9]{1,255}");

  private SubmitRules() {}

  static void check(ObjectNode request, int size) {
    if (size > LARGEST) {
      throw ApiException.client(
          "Job size must be less than 30 KiB, got " + (size + 1023) / 1024 + " KiB");
    }
    String unused = Names.checkJob(request);
    Names.checkTags(request);
    Json.required(request, "jobQueue");
    Json.required(request, "jobDefinition");
    if (request.path("dependsOn").size() > MOST_DEPENDENCIES) {
      throw ApiException.client("Job cannot have more than 20 dependencies");
    }
    Retries.check(Json.member(request, "retryStrategy"));
    DefinitionRules.checkTimeout(Json.member(request, "timeout"));
    DefinitionRules.checkPriority(request, "schedulingPriorityOverride");
    DefinitionRules.checkWork(Json.member(request, "containerOverrides"));
    JsonNode array = Json.member(request, "arrayProperties");
    if (Json.has(array, "size")) {
      int elements = Json.integer(array, "size", 0);
      if (elements < 2 || elements > 10_000) {
        throw ApiException.client("Array size must be 2 to 10000: " + elements);
      }
    }
  }

  static void checkQueue(Queue queue, Instant now) {
    if (!queue.resource.isEnabled()) {
      throw ApiException.client("JobQueue " + queue.name + " is not ENABLED.");
    }
    if (!queue.resource.isUsable(now)) {
      throw ApiException.client("JobQueue " + queue.name + " is not VALID.");
    }
  }

  static void checkShare(ObjectNode request, Queue queue) {
    String share = Json.text(request, "shareIdentifier", "");
    if (!queue.isFairShare()) {
      if (!share.isEmpty()) {
        throw ApiException.client(
            "shareIdentifier cannot be specified for a job queue without a scheduling policy");
      }
    } else if (!SHARE.matcher(share).matches()) {
      throw ApiException.client(
          "shareIdentifier must be specified for a job queue with a scheduling policy, as 1 to 255"
              + " letters and digits: '"
              + share
              + "'");
    } else if (!queue.jobs.isActive(share)
        && queue.jobs.activeShares() >= SchedulingPolicy.MAX_ACTIVE_SHARES) {
      throw ApiException.client("There can be at most 500 active share identifiers in a job queue");
    }
  }

  /** What lets a job fail after it has been accepted; null if nothing does. */
  static @Nullable String refusedLater(BatchJob.Submitted submitted) {
    for (String member : List.of("containerOverrides", "nodeOverrides", "ecsPropertiesOverride")) {
      JsonNode overrides = Json.member(submitted.request(), member);
      if (!overrides.isMissingNode() && Json.bytes(overrides).length > LONGEST_OVERRIDES) {
        return "Container Overrides length must be at most 8192";
      }
    }
    if (submitted.either("propagateTags").asBoolean()
        && submitted.tags().size() + submitted.definition().members.path("tags").size()
            > MOST_TAGS) {
      return "The job and its definition have more than 50 tags to propagate";
    }
    return null;
  }
}
