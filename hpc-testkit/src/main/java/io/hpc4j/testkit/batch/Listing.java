package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Predicate;

/** DescribeJobs and ListJobs. Owned by the turns. */
final class Listing {
  private static final int MOST_DESCRIBED = 100;
  private static final int MOST_LISTED = 1000;
  private static final int MOST_FILTERED = 100;

  private final InstantSource time;
  private final JobQueues queues;
  private final JobBook book;
  private final Parts parts;
  private final JobViews views;

  Listing(InstantSource time, JobQueues queues, JobBook book, Parts parts, JobViews views) {
    this.time = time;
    this.queues = queues;
    this.book = book;
    this.parts = parts;
    this.views = views;
  }

  ObjectNode describe(ObjectNode request) {
    List<String> ids = Json.texts(request, "jobs");
    if (ids.isEmpty()) {
      throw ApiException.client("jobs must not be empty");
    }
    if (ids.size() > MOST_DESCRIBED) {
      throw ApiException.client("Maximum number of jobs supported is 100");
    }
    ObjectNode reply = Json.object();
    ArrayNode jobs = reply.putArray("jobs");
    ids.stream().distinct().forEach(id -> describe(Arn.name("job", id), jobs));
    return reply;
  }

  /** An unknown id is left out. */
  private void describe(String id, ArrayNode jobs) {
    int hash = id.indexOf('#');
    BatchJob job = book.find(hash < 0 ? id : id.substring(0, hash));
    if (job == null || !isVisible(job)) {
      return;
    }
    if (hash < 0) {
      jobs.add(views.detail(job));
    } else if (job.isMultiNode()) {
      for (int node = 0; node < job.submitted.containers().size(); node++) {
        if (id.substring(hash + 1).equals(String.valueOf(node))) {
          jobs.add(views.node(job, node));
        }
      }
    }
  }

  private boolean isVisible(BatchJob job) {
    return !time.instant().isBefore(job.visibleAt);
  }

  ObjectNode list(ObjectNode request) {
    List<String> places =
        List.of("jobQueue", "arrayJobId", "multiNodeJobId").stream()
            .filter(member -> Json.has(request, member))
            .toList();
    if (places.size() != 1) {
      throw ApiException.client(
          "Exactly one of jobQueue, arrayJobId and multiNodeJobId must be specified");
    }
    return switch (places.get(0)) {
      case "jobQueue" -> queue(request);
      case "arrayJobId" -> children(request);
      default -> nodes(request);
    };
  }

  private ObjectNode queue(ObjectNode request) {
    JobIndex jobs = queues.get(Json.required(request, "jobQueue")).jobs;
    JsonNode filters = request.path("filters");
    if (filters.size() > 1) {
      throw ApiException.client("Only one filter can be used at a time");
    }
    if (filters.isEmpty()) {
      return page(request, jobs.with(status(request)), job -> true, MOST_LISTED);
    }
    String name = Json.required(filters.get(0), "name");
    List<String> values = Json.texts(filters.get(0), "values");
    if (values.size() != 1) {
      throw ApiException.client("A filter must have exactly one value: " + name);
    }
    String value = values.get(0);
    return switch (name) {
      case "JOB_NAME" -> page(request, jobs.named(value), job -> true, MOST_FILTERED);
      case "JOB_DEFINITION" -> page(request, jobs.all(), definition(value), MOST_FILTERED);
      case "BEFORE_CREATED_AT" -> {
        Instant limit = instant(value);
        yield page(request, jobs.all(), j -> j.createdAt.isBefore(limit), MOST_FILTERED);
      }
      case "AFTER_CREATED_AT" -> {
        Instant limit = instant(value);
        yield page(request, jobs.all(), j -> j.createdAt.isAfter(limit), MOST_FILTERED);
      }
      case "SHARE_IDENTIFIER" ->
          page(request, jobs.with(status(request)), share(value), MOST_FILTERED);
      default -> throw ApiException.client("The filter is not known: " + name);
    };
  }

  private static Status status(ObjectNode request) {
    return Status.of(Json.text(request, "jobStatus", "RUNNING"));
  }

  private static Instant instant(String milliseconds) {
    try {
      return Instant.ofEpochMilli(Long.parseLong(milliseconds));
    } catch (NumberFormatException e) {
      throw ApiException.client("A time must be in milliseconds: " + milliseconds);
    }
  }

  private static Predicate<BatchJob> definition(String pattern) {
    String name = Arn.name("job-definition", pattern);
    return job -> {
      String own = job.submitted.definition().name;
      String revision = own + ":" + job.submitted.definition().revision;
      return name.endsWith("*")
          ? own.startsWith(name.substring(0, name.length() - 1))
          : name.equals(own) || name.equals(revision);
    };
  }

  private static Predicate<BatchJob> share(String pattern) {
    return pattern.endsWith("*")
        ? job -> job.share().startsWith(pattern.substring(0, pattern.length() - 1))
        : job -> job.share().equals(pattern);
  }

  /** The next page, newest first; the token is the number of the last job that was looked at. */
  private ObjectNode page(
      ObjectNode request, NavigableMap<Long, BatchJob> jobs, Predicate<BatchJob> filter, int most) {
    int size = Page.size(request, most);
    ObjectNode reply = Json.object();
    ArrayNode summaries = reply.putArray("jobSummaryList");
    long last = Long.MAX_VALUE;
    Collection<BatchJob> rest = jobs.headMap(start(request), false).descendingMap().values();
    for (BatchJob job : rest) {
      if (isVisible(job) && filter.test(job)) {
        if (summaries.size() == size) {
          return reply.put("nextToken", String.valueOf(last));
        }
        summaries.add(views.summary(job));
        last = job.number;
      }
    }
    return reply;
  }

  private static long start(ObjectNode request) {
    String token = Json.text(request, "nextToken", "");
    try {
      return token.isEmpty() ? Long.MAX_VALUE : Long.parseLong(token);
    } catch (NumberFormatException e) {
      throw ApiException.client("nextToken " + token + " is not valid");
    }
  }

  /** Of the children only those in a status, or all that run. */
  private ObjectNode children(ObjectNode request) {
    BatchJob array = book.find(Json.required(request, "arrayJobId"));
    Status status = status(request);
    List<BatchJob> found =
        array == null || !isVisible(array)
            ? List.of()
            : array.children.stream()
                .filter(child -> child.status == status && isVisible(child))
                .toList();
    Page<BatchJob> page = Page.of(found, request, MOST_LISTED);
    ObjectNode reply = Json.object();
    ArrayNode summaries = reply.putArray("jobSummaryList");
    page.items().forEach(child -> summaries.add(views.summary(child)));
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }

  private ObjectNode nodes(ObjectNode request) {
    BatchJob job = book.find(Json.required(request, "multiNodeJobId"));
    Status status = status(request);
    List<ObjectNode> found = new ArrayList<>();
    if (job != null && isVisible(job) && job.isMultiNode()) {
      for (int node = 0; node < job.submitted.containers().size(); node++) {
        if (parts.ofNode(job, node) == status) {
          found.add(views.nodeSummary(job, node));
        }
      }
    }
    Page<ObjectNode> page = Page.of(found, request, MOST_LISTED);
    ObjectNode reply = Json.object();
    ArrayNode summaries = reply.putArray("jobSummaryList");
    page.items().forEach(summaries::add);
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }
}
