package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** ListJobsByConsumableResource. Owned by the turns. */
final class ConsumableJobs {
  private static final int MOST = 100;

  private final JobBook book;
  private final ConsumableResources consumables;
  private final JobViews views;

  ConsumableJobs(JobBook book, ConsumableResources consumables, JobViews views) {
    this.book = book;
    this.consumables = consumables;
    this.views = views;
  }

  ObjectNode list(ObjectNode request) {
    String resource = Json.required(request, "consumableResource");
    Predicate<BatchJob> filter = job -> consumables.quantity(job, resource) > 0;
    for (JsonNode one : request.path("filters")) {
      filter = filter.and(filter(Json.required(one, "name"), Json.texts(one, "values")));
    }
    List<BatchJob> found = new ArrayList<>();
    for (BatchJob job : book.jobs()) {
      if (filter.test(job)) {
        found.add(0, job);
      }
    }
    Page<BatchJob> page = Page.of(found, request, MOST);
    ObjectNode reply = Json.object();
    ArrayNode jobs = reply.putArray("jobs");
    page.items().forEach(job -> jobs.add(views.use(job, consumables.quantity(job, resource))));
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }

  private static Predicate<BatchJob> filter(String name, List<String> values) {
    return switch (name) {
      case "JOB_STATUS" -> {
        List<Status> wanted = values.stream().map(Status::of).toList();
        yield job -> wanted.contains(job.status);
      }
      case "JOB_NAME" -> job -> values.stream().anyMatch(value -> Names.matches(value, job.name()));
      default -> throw ApiException.client("The filter is not known: " + name);
    };
  }
}
