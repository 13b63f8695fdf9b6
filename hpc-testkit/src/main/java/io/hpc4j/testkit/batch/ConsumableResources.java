package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The consumable resources, and which jobs hold and want them. A job that wants more than is there
 * waits in PENDING; of those that wait for the same resource the first goes first. Owned by the
 * turns.
 */
final class ConsumableResources {
  private final InstantSource time;
  private final Map<String, Consumable> byName = new LinkedHashMap<>();

  private static final class Consumable {
    final String name;
    final boolean isReplenishable;
    final Instant createdAt;
    final ObjectNode members;
    final Deque<BatchJob> waiting = new ArrayDeque<>();
    long total;
    long inUse;

    Consumable(String name, boolean isReplenishable, long total, Instant createdAt) {
      this.name = name;
      this.isReplenishable = isReplenishable;
      this.total = total;
      this.createdAt = createdAt;
      members = Json.object();
    }

    String arn() {
      return Arn.of("consumable-resource", name);
    }

    long available() {
      return total - inUse;
    }
  }

  private record Need(Consumable of, long quantity) {}

  ConsumableResources(InstantSource time) {
    this.time = time;
  }

  private Consumable get(String nameOrArn) {
    Consumable found = byName.get(Arn.name("consumable-resource", nameOrArn));
    if (found == null) {
      throw ApiException.client("Consumable resource " + nameOrArn + " does not exist");
    }
    return found;
  }

  /** What can be tagged. */
  ObjectNode members(String arn) {
    return get(arn).members;
  }

  /** Refuses properties that name what is not there. */
  void check(BatchJob.Submitted submitted) {
    for (JsonNode entry : submitted.consumables().path("consumableResourceList")) {
      Consumable unused = get(Json.required(entry, "consumableResource"));
      if (entry.path("quantity").asLong(1) < 1) {
        throw ApiException.client("consumableResourceList.quantity must be at least 1");
      }
    }
  }

  /** Of resources that have been deleted meanwhile nothing is wanted any more. */
  private List<Need> needs(BatchJob.Submitted submitted) {
    List<Need> needs = new ArrayList<>(0); // mostly there is none
    for (JsonNode entry : submitted.consumables().path("consumableResourceList")) {
      String name = Json.text(entry, "consumableResource", "");
      Consumable resource = byName.get(Arn.name("consumable-resource", name));
      if (resource != null) {
        needs.add(new Need(resource, entry.path("quantity").asLong(1)));
      }
    }
    return needs;
  }

  /** Takes what a job wants, or else puts it in line. */
  boolean take(BatchJob job) {
    List<Need> needs = needs(job.submitted);
    for (Need need : needs) {
      if (need.of().available() < need.quantity()) {
        need.of().waiting.add(job);
        return false;
      }
    }
    needs.forEach(need -> need.of().inUse += need.quantity());
    job.holdsConsumables = !needs.isEmpty();
    return true;
  }

  /** Gives back what a job holds; returns those that may try again. */
  List<BatchJob> giveBack(BatchJob job) {
    if (!job.holdsConsumables) {
      return List.of();
    }
    job.holdsConsumables = false;
    List<BatchJob> next = new ArrayList<>();
    for (Need need : needs(job.submitted)) {
      if (need.of().isReplenishable) {
        need.of().inUse -= need.quantity();
        next.addAll(inLine(need.of()));
      }
    }
    return next;
  }

  /** As many from the front of the line as what is there is enough for. */
  private List<BatchJob> inLine(Consumable resource) {
    List<BatchJob> next = new ArrayList<>();
    long left = resource.available();
    for (BatchJob job = resource.waiting.peek(); job != null; job = resource.waiting.peek()) {
      long wanted = job.status.isEnded() ? 0 : quantity(job, resource);
      if (wanted > left) {
        break;
      }
      left -= wanted;
      next.add(job);
      resource.waiting.remove();
    }
    return next;
  }

  /** How much of a resource a job wants. */
  long quantity(BatchJob job, String nameOrArn) {
    return quantity(job, get(nameOrArn));
  }

  private long quantity(BatchJob job, Consumable resource) {
    return needs(job.submitted).stream()
        .filter(need -> need.of().equals(resource))
        .mapToLong(Need::quantity)
        .sum();
  }

  ObjectNode create(ObjectNode request) {
    String name = Names.check(request, "consumableResourceName");
    if (byName.containsKey(name)) {
      throw ApiException.client("Object already exists");
    }
    Names.checkTags(request);
    String type = Json.text(request, "resourceType", "REPLENISHABLE");
    if (!type.equals("REPLENISHABLE") && !type.equals("NON_REPLENISHABLE")) {
      throw ApiException.client("resourceType must be REPLENISHABLE or NON_REPLENISHABLE");
    }
    long total = request.path("totalQuantity").asLong(0);
    if (total < 0) {
      throw ApiException.client("totalQuantity must not be negative: " + total);
    }
    Consumable made = new Consumable(name, type.equals("REPLENISHABLE"), total, time.instant());
    Json.copy(request, made.members, "tags");
    byName.put(name, made);
    return names(made);
  }

  private static ObjectNode names(Consumable resource) {
    return Json.object()
        .put("consumableResourceName", resource.name)
        .put("consumableResourceArn", resource.arn());
  }

  /** Changes the total; {@code next} is given those that may try again. */
  ObjectNode update(ObjectNode request, Consumer<List<BatchJob>> next) {
    Consumable resource = get(Json.required(request, "consumableResource"));
    long quantity = request.path("quantity").asLong(0);
    long total =
        switch (Json.text(request, "operation", "SET")) {
          case "SET" -> quantity;
          case "ADD" -> resource.total + quantity;
          case "REMOVE" -> resource.total - quantity;
          default -> throw ApiException.client("operation must be SET, ADD or REMOVE");
        };
    if (total < 0) {
      throw ApiException.client("totalQuantity must not be negative: " + total);
    }
    resource.total = total;
    next.accept(inLine(resource));
    return names(resource).put("totalQuantity", total);
  }

  ObjectNode delete(ObjectNode request) {
    Consumable resource = get(Json.required(request, "consumableResource"));
    byName.remove(resource.name);
    return Json.object();
  }

  ObjectNode describe(ObjectNode request) {
    Consumable resource = get(Json.required(request, "consumableResource"));
    ObjectNode told = told(resource);
    told.put("availableQuantity", resource.available());
    told.put("createdAt", resource.createdAt.toEpochMilli());
    Json.copy(resource.members, told, "tags");
    return told;
  }

  private static ObjectNode told(Consumable resource) {
    return names(resource)
        .put("totalQuantity", resource.total)
        .put("inUseQuantity", resource.inUse)
        .put("resourceType", resource.isReplenishable ? "REPLENISHABLE" : "NON_REPLENISHABLE");
  }

  ObjectNode list(ObjectNode request) {
    List<Consumable> found = new ArrayList<>(byName.values());
    for (JsonNode filter : request.path("filters")) {
      String name = Json.required(filter, "name");
      if (!name.equals("CONSUMABLE_RESOURCE_NAME")) {
        throw ApiException.client("The filter is not known: " + name);
      }
      List<String> values = Json.texts(filter, "values");
      found.removeIf(r -> values.stream().noneMatch(value -> Names.matches(value, r.name)));
    }
    Page<Consumable> page = Page.of(found, request, 100);
    ObjectNode reply = Json.object();
    ArrayNode resources = reply.putArray("consumableResources");
    page.items().forEach(resource -> resources.add(told(resource)));
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }
}
