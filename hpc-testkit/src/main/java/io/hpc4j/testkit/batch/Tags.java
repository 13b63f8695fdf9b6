package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tags of what an ARN names. Owned by the turns. */
final class Tags {
  private final ComputeEnvironments environments;
  private final JobQueues queues;
  private final JobDefinitions definitions;
  private final SchedulingPolicies policies;
  private final ConsumableResources consumables;
  private final JobBook book;

  Tags(
      ComputeEnvironments environments,
      JobQueues queues,
      JobDefinitions definitions,
      SchedulingPolicies policies,
      ConsumableResources consumables,
      JobBook book) {
    this.environments = environments;
    this.queues = queues;
    this.definitions = definitions;
    this.policies = policies;
    this.consumables = consumables;
    this.book = book;
  }

  ObjectNode list(String arn) {
    ObjectNode reply = Json.object();
    BatchJob job = job(arn);
    reply.set(
        "tags",
        job == null ? members(arn).withObject("/tags") : Json.objectOf(job.submitted.tags()));
    return reply;
  }

  ObjectNode add(String arn, ObjectNode request) {
    Map<String, String> tags = Json.map(request, "tags");
    BatchJob job = job(arn);
    Map<String, String> all = new HashMap<>(Json.map(list(arn), "tags"));
    all.putAll(tags);
    Names.checkTags(all);
    if (job == null) {
      ObjectNode present = members(arn).withObject("/tags");
      tags.forEach(present::put);
    } else {
      job.submitted.tags().putAll(tags);
    }
    return Json.object();
  }

  ObjectNode remove(String arn, List<String> keys) {
    BatchJob job = job(arn);
    if (job == null) {
      members(arn).withObject("/tags").remove(keys);
    } else {
      job.submitted.tags().keySet().removeAll(keys);
    }
    return Json.object();
  }

  private @Nullable BatchJob job(String arn) {
    String id = Arn.name("job", arn);
    return id.equals(arn) ? null : book.find(id);
  }

  private ObjectNode members(String arn) {
    String kind = arn.replaceAll("^arn:aws:batch:[^:]*:[^:]*:([a-z-]+)/.*$", "$1");
    return switch (kind) {
      case "compute-environment" -> environments.get(arn).resource.members();
      case "job-queue" -> queues.get(arn).resource.members();
      case "job-definition" -> definitions.get(Arn.name(kind, arn)).members;
      case "scheduling-policy" -> policies.get(arn);
      case "consumable-resource" -> consumables.members(arn);
      default -> throw ApiException.client("Resource " + arn + " does not exist");
    };
  }
}
