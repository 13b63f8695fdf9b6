package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.model.SchedulingPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The fair-share policies. Owned by the turns. */
final class SchedulingPolicies {
  private final Map<String, ObjectNode> byArn = new LinkedHashMap<>();
  private final Supplier<Collection<JobQueues.Queue>> queues;

  SchedulingPolicies(Supplier<Collection<JobQueues.Queue>> queues) {
    this.queues = queues;
  }

  /**
   * The policy that a queue's ARN stands for.
   *
   * @throws ApiException if there is none
   */
  SchedulingPolicy policy(String arn) {
    return policy(get(arn));
  }

  /** Makes one of what a queue of the backend was declared with; returns its ARN. */
  String declare(String queue, SchedulingPolicy policy) {
    ObjectNode fairshare =
        Json.object()
            .put("shareDecaySeconds", policy.decay().toSeconds())
            .put("computeReservation", policy.reservation());
    ArrayNode shares = fairshare.putArray("shareDistribution");
    policy
        .shares()
        .forEach(
            (name, weight) ->
                shares.addObject().put("shareIdentifier", name).put("weightFactor", 1 / weight));
    String arn = Arn.of("scheduling-policy", queue);
    ObjectNode members = Json.object().put("name", queue).put("arn", arn);
    members.set("fairsharePolicy", fairshare);
    byArn.put(arn, members);
    return arn;
  }

  /**
   * The members of one.
   *
   * @throws ApiException if there is none
   */
  ObjectNode get(String arn) {
    ObjectNode found = byArn.get(arn);
    if (found == null) {
      throw ApiException.client("Scheduling policy " + arn + " does not exist");
    }
    return found;
  }

  /** A larger weightFactor means less; the scheduler's weights are the other way round. */
  private static SchedulingPolicy policy(ObjectNode members) {
    JsonNode fairshare = members.path("fairsharePolicy");
    SchedulingPolicy.Builder policy =
        SchedulingPolicy.fairShare()
            .decay(Duration.ofSeconds(Json.integer(fairshare, "shareDecaySeconds", 0)))
            .reservation(Json.integer(fairshare, "computeReservation", 0));
    for (JsonNode share : fairshare.path("shareDistribution")) {
      double factor = share.path("weightFactor").asDouble(1);
      if (!(factor >= 0.0001 && factor <= 999.9999)) {
        throw ApiException.client("weightFactor must be 0.0001 to 999.9999: " + factor);
      }
      policy.share(Json.required(share, "shareIdentifier"), 1 / factor);
    }
    try {
      return policy.build();
    } catch (IllegalArgumentException e) {
      throw ApiException.client("fairsharePolicy is not valid: " + e.getMessage());
    }
  }

  ObjectNode create(ObjectNode request) {
    String name = Names.check(request, "name");
    String arn = Arn.of("scheduling-policy", name);
    if (byArn.containsKey(arn)) {
      throw ApiException.client("Object already exists");
    }
    Names.checkTags(request);
    ObjectNode members = Json.object().put("name", name).put("arn", arn);
    members.set("fairsharePolicy", Json.object());
    Json.copy(request, members, "fairsharePolicy", "tags");
    SchedulingPolicy unused = policy(members);
    byArn.put(arn, members);
    return Json.object().put("name", name).put("arn", arn);
  }

  ObjectNode update(ObjectNode request, Runnable changed) {
    ObjectNode members = get(Json.required(request, "arn"));
    ObjectNode after = members.deepCopy();
    Json.copy(request, after, "fairsharePolicy");
    SchedulingPolicy unused = policy(after);
    members.setAll(after);
    changed.run();
    return Json.object();
  }

  ObjectNode delete(ObjectNode request) {
    String arn = Json.required(request, "arn");
    get(arn);
    if (queues.get().stream().anyMatch(queue -> arn.equals(queue.policyArn()))) {
      throw ApiException.client("Scheduling policy " + arn + " is used by a job queue");
    }
    byArn.remove(arn);
    return Json.object();
  }

  ObjectNode describe(ObjectNode request) {
    List<String> arns = Json.texts(request, "arns");
    if (arns.isEmpty() || arns.size() > 100) {
      throw ApiException.client("arns must have 1 to 100 entries");
    }
    ObjectNode reply = Json.object();
    ArrayNode found = reply.putArray("schedulingPolicies");
    arns.stream().filter(byArn::containsKey).map(byArn::get).forEach(found::add);
    return reply;
  }

  ObjectNode list(ObjectNode request) {
    Page<String> page = Page.of(List.copyOf(byArn.keySet()), request, 100);
    ObjectNode reply = Json.object();
    ArrayNode found = reply.putArray("schedulingPolicies");
    page.items().forEach(arn -> found.addObject().put("arn", arn));
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }
}
