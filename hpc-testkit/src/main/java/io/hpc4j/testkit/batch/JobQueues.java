package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.testkit.batch.ComputeEnvironments.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The job queues, each as a queue of the local backend. Owned by the turns. */
final class JobQueues {
  private static final int MOST = 50;
  private static final int MOST_ENVIRONMENTS = 3;

  private final LocalBackend backend;
  private final Duration provisioning;
  private final ComputeEnvironments environments;
  private final SchedulingPolicies policies;
  private final Map<String, Queue> byName = new LinkedHashMap<>();
  private int created;

  /** One of them. */
  static final class Queue {
    final String name;
    final Resource resource;
    final String localName;
    final JobIndex jobs = new JobIndex();
    List<Environment> environments;
    SchedulingPolicy policy;

    Queue(
        String name,
        Resource resource,
        String localName,
        List<Environment> environments,
        SchedulingPolicy policy) {
      this.name = name;
      this.resource = resource;
      this.localName = localName;
      this.environments = environments;
      this.policy = policy;
    }

    String arn() {
      return Arn.of("job-queue", name);
    }

    boolean uses(Environment environment) {
      return environments.contains(environment);
    }

    boolean isFairShare() {
      return policyArn() != null;
    }

    @Nullable String policyArn() {
      return Json.text(resource.members(), "schedulingPolicyArn");
    }

    /** Carries it, and the capacity of its environments, to the backend. */
    void apply(LocalBackend backend) {
      backend.apply(
          JobQueue.builder(localName)
              .priority(Json.integer(resource.members(), "priority", 0))
              .policy(policy)
              .runsOn(environments.stream().map(e -> e.local).toArray(ComputeEnvironment[]::new))
              .build());
    }
  }

  JobQueues(
      LocalBackend backend,
      Duration provisioning,
      ComputeEnvironments environments,
      SchedulingPolicies policies) {
    this.backend = backend;
    this.provisioning = provisioning;
    this.environments = environments;
    this.policies = policies;
    backend.queues().forEach(this::declare);
  }

  /** Makes one of what the backend was declared with. */
  private void declare(JobQueue local) {
    ObjectNode members =
        Json.object()
            .put("jobQueueName", local.name())
            .put("jobQueueArn", Arn.of("job-queue", local.name()))
            .put("state", "ENABLED")
            .put("priority", local.priority());
    if (local.policy().isFairShare()) {
      members.put("schedulingPolicyArn", policies.declare(local.name(), local.policy()));
    }
    List<Environment> used = new ArrayList<>();
    ArrayNode order = members.putArray("computeEnvironmentOrder");
    for (ComputeEnvironment environment : local.environments()) {
      used.add(environments.get(environment.name()));
      order
          .addObject()
          .put("order", used.size())
          .put("computeEnvironment", Arn.of("compute-environment", environment.name()));
    }
    byName.put(
        local.name(),
        new Queue(local.name(), new Resource(members, now()), local.name(), used, local.policy()));
  }

  private Instant now() {
    return backend.time().instant();
  }

  private Instant done() {
    return WorkToCome.in(provisioning, backend.time());
  }

  Collection<Queue> all() {
    byName.values().removeIf(queue -> queue.resource.isGone(now()));
    return byName.values();
  }

  @Nullable Queue find(String nameOrArn) {
    Queue found = byName.get(Arn.name("job-queue", nameOrArn));
    return found == null || found.resource.isGone(now()) ? null : found;
  }

  /**
   * Finds one by its name or ARN.
   *
   * @throws ApiException if there is none
   */
  Queue get(String nameOrArn) {
    Queue found = find(nameOrArn);
    if (found == null) {
      throw ApiException.client("JobQueue " + nameOrArn + " not found.");
    }
    return found;
  }

  ObjectNode create(ObjectNode request) {
    String name = Names.check(request, "jobQueueName");
    if (all().stream().anyMatch(queue -> queue.name.equals(name))) {
      throw ApiException.client("Object already exists");
    }
    if (byName.size() >= MOST) {
      throw ApiException.client("There can be at most " + MOST + " job queues");
    }
    Names.checkState(request);
    Names.checkTags(request);
    TimeLimits.check(request);
    String policyArn = Json.text(request, "schedulingPolicyArn");
    SchedulingPolicy policy =
        policyArn == null ? SchedulingPolicy.fifo() : policies.policy(policyArn);
    List<Environment> used = environments(request);
    ObjectNode members =
        Json.object()
            .put("jobQueueName", name)
            .put("jobQueueArn", Arn.of("job-queue", name))
            .put("state", Json.text(request, "state", "ENABLED"));
    Json.copy(
        request,
        members,
        "schedulingPolicyArn",
        "priority",
        "computeEnvironmentOrder",
        "jobQueueType",
        "jobStateTimeLimitActions",
        "tags");
    created++;
    Queue queue =
        new Queue(name, new Resource(members, done()), name + "~" + created, used, policy);
    apply(queue);
    byName.put(name, queue);
    return names(queue);
  }

  private static ObjectNode names(Queue queue) {
    return Json.object().put("jobQueueName", queue.name).put("jobQueueArn", queue.arn());
  }

  private void apply(Queue queue) {
    try {
      queue.apply(backend);
    } catch (IllegalArgumentException e) {
      throw ApiException.client("The job queue cannot be carried out: " + e.getMessage());
    }
    queue.environments.stream()
        .filter(environment -> !environment.resource.isEnabled())
        .forEach(environments::open);
  }

  private List<Environment> environments(ObjectNode request) {
    List<JsonNode> order = new ArrayList<>();
    request.path("computeEnvironmentOrder").forEach(order::add);
    if (order.isEmpty() || order.size() > MOST_ENVIRONMENTS) {
      throw ApiException.client(
          "computeEnvironmentOrder must have 1 to " + MOST_ENVIRONMENTS + " entries");
    }
    order.sort(Comparator.comparingInt(entry -> Json.integer(entry, "order", 0)));
    List<Environment> found =
        order.stream()
            .map(entry -> environments.get(Json.required(entry, "computeEnvironment")))
            .toList();
    for (Environment environment : found) {
      if (!environment.resource.isValid(now())) {
        throw ApiException.client(environment.name + " is not in VALID state");
      }
    }
    if (found.stream().map(Environment::isFargate).distinct().count() > 1) {
      throw ApiException.client(
          "Compute environments of EC2 and of Fargate cannot be mixed in one job queue");
    }
    String type = Json.text(request, "jobQueueType");
    if (type != null && type.equals("ECS_FARGATE") != found.get(0).isFargate()) {
      throw ApiException.client("jobQueueType " + type + " does not suit the compute environments");
    }
    if (found.stream().distinct().count() < found.size()) {
      throw ApiException.client("A compute environment cannot stand twice in one job queue");
    }
    return found;
  }

  ObjectNode update(ObjectNode request) {
    Queue queue = get(Json.required(request, "jobQueue"));
    Names.checkState(request);
    TimeLimits.check(request);
    String policyArn = Json.text(request, "schedulingPolicyArn");
    if (policyArn != null && !queue.isFairShare()) {
      throw ApiException.client(
          "A scheduling policy cannot be added to a job queue that was created without one");
    }
    List<Environment> used =
        Json.has(request, "computeEnvironmentOrder") ? environments(request) : queue.environments;
    SchedulingPolicy policy = policyArn == null ? queue.policy : policies.policy(policyArn);
    Json.copy(
        request,
        queue.resource.members(),
        "state",
        "schedulingPolicyArn",
        "priority",
        "computeEnvironmentOrder",
        "jobStateTimeLimitActions");
    queue.environments = used;
    queue.policy = policy;
    apply(queue);
    queue.resource.updating(done());
    return names(queue);
  }

  /** Carries a changed policy to the queues that have it. */
  void policyChanged(String arn) {
    for (Queue queue : all()) {
      if (arn.equals(queue.policyArn())) {
        queue.policy = policies.policy(arn);
        apply(queue);
      }
    }
  }

  ObjectNode delete(ObjectNode request, Consumer<Queue> endJobs) {
    Queue queue = get(Json.required(request, "jobQueue"));
    if (queue.resource.isEnabled()) {
      throw ApiException.client("Cannot delete, state of job queue must be DISABLED");
    }
    endJobs.accept(queue);
    queue.resource.deleting(done());
    Collection<Queue> unused = all();
    return Json.object();
  }

  ObjectNode describe(ObjectNode request) {
    List<String> wanted =
        Json.texts(request, "jobQueues").stream().map(text -> Arn.name("job-queue", text)).toList();
    Page<Queue> page =
        Page.of(
            all().stream().filter(q -> wanted.isEmpty() || wanted.contains(q.name)).toList(),
            request,
            100);
    ObjectNode reply = Json.object();
    ArrayNode queues = reply.putArray("jobQueues");
    page.items().forEach(queue -> queues.add(queue.resource.describe(now())));
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }
}
