package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The compute environments, each as nodes of the local backend. Owned by the turns. */
final class ComputeEnvironments {
  private static final int MOST = 50;
  private static final int MOST_NODES = 10_000;

  private final LocalBackend backend;
  private final Duration provisioning;
  private final Supplier<Collection<JobQueues.Queue>> queues;
  private final Map<String, Environment> byName = new LinkedHashMap<>();

  /** One of them. */
  static final class Environment {
    final String name;
    final Resource resource;
    ComputeEnvironment local;

    Environment(String name, Resource resource, ComputeEnvironment local) {
      this.name = name;
      this.resource = resource;
      this.local = local;
    }

    String type() {
      return Json.text(resource.members().path("computeResources"), "type", "EC2");
    }

    boolean isFargate() {
      return type().startsWith("FARGATE");
    }

    boolean isManaged() {
      return Json.text(resource.members(), "type", "").equals("MANAGED");
    }
  }

  ComputeEnvironments(
      LocalBackend backend, Duration provisioning, Supplier<Collection<JobQueues.Queue>> queues) {
    this.backend = backend;
    this.provisioning = provisioning;
    this.queues = queues;
    backend.environments().forEach(this::declare);
  }

  /** Makes one of what the backend was declared with. */
  private void declare(ComputeEnvironment local) {
    int cpus = local.nodes().values().stream().mapToInt(Capacity::cpus).sum();
    ObjectNode resources = Json.object().put("type", "EC2").put("minvCpus", cpus);
    resources.put("desiredvCpus", cpus).put("maxvCpus", cpus);
    resources.putArray("instanceTypes").add("optimal");
    resources.putArray("subnets").add("subnet-local");
    resources.put("instanceRole", "ecsInstanceRole");
    ObjectNode members = Json.object().put("type", "MANAGED").put("state", "ENABLED");
    members.set("computeResources", resources);
    add(local.name(), members, local, now());
  }

  private Instant now() {
    return backend.time().instant();
  }

  private Instant done() {
    return WorkToCome.in(provisioning, backend.time());
  }

  private void add(String name, ObjectNode members, ComputeEnvironment local, Instant until) {
    members.put("computeEnvironmentName", name);
    members.put("computeEnvironmentArn", Arn.of("compute-environment", name));
    members.put(
        "ecsClusterArn", "arn:aws:ecs:us-east-1:123456789012:cluster/AWSBatch-" + name + "-local");
    members.put("containerOrchestrationType", "ECS");
    byName.put(name, new Environment(name, new Resource(members, until), local));
  }

  /**
   * Finds one by its name or ARN.
   *
   * @throws ApiException if there is none
   */
  Environment get(String nameOrArn) {
    removeGone();
    Environment found = byName.get(Arn.name("compute-environment", nameOrArn));
    if (found == null) {
      throw ApiException.client(nameOrArn + " does not exist");
    }
    return found;
  }

  private void removeGone() {
    byName.values().removeIf(environment -> environment.resource.isGone(now()));
  }

  ObjectNode create(ObjectNode request) {
    removeGone();
    String name = Names.check(request, "computeEnvironmentName");
    if (byName.containsKey(name)) {
      throw ApiException.client("Object already exists");
    }
    if (byName.size() >= MOST) {
      throw ApiException.client("There can be at most " + MOST + " compute environments");
    }
    Names.checkState(request);
    Names.checkTags(request);
    String type = Json.required(request, "type");
    if (type.equals("MANAGED")) {
      EnvironmentRules.check(Json.member(request, "computeResources"));
    } else if (!type.equals("UNMANAGED")) {
      throw ApiException.client("type must be MANAGED or UNMANAGED: " + type);
    }
    ObjectNode members = Json.object().put("state", Json.text(request, "state", "ENABLED"));
    Json.copy(
        request,
        members,
        "type",
        "unmanagedvCpus",
        "computeResources",
        "serviceRole",
        "tags",
        "context");
    add(name, members, local(name, members), done());
    return names(name);
  }

  private static ObjectNode names(String name) {
    return Json.object()
        .put("computeEnvironmentName", name)
        .put("computeEnvironmentArn", Arn.of("compute-environment", name));
  }

  /**
   * As many instances of the largest type as its vCPUs allow, at least one; on Fargate as many
   * small places as there are vCPUs would split them, so all in one.
   */
  private static ComputeEnvironment local(String name, ObjectNode members) {
    JsonNode resources = members.path("computeResources");
    if (resources.isMissingNode()) {
      int cpus = Math.max(1, Json.integer(members, "unmanagedvCpus", 1));
      return ComputeEnvironment.fixed(name, 1, Capacity.cpus(cpus).memoryGiB(4L * cpus));
    }
    int most = Json.integer(resources, "maxvCpus", 1);
    if (Json.text(resources, "type", "").startsWith("FARGATE")) {
      return ComputeEnvironment.fixed(name, 1, Capacity.cpus(most).memory(Memory.ofGiB(8L * most)));
    }
    Capacity each =
        Json.texts(resources, "instanceTypes").stream()
            .map(InstanceTypes::of)
            .max(Comparator.comparingInt(Capacity::cpus))
            .orElseThrow();
    boolean flexible =
        Json.texts(resources, "instanceTypes").stream().noneMatch(type -> type.contains("."));
    if (flexible && most < each.cpus()) {
      each = new Capacity(most, Memory.ofGiB(4L * most), each.gpus());
    }
    int nodes = Math.min(MOST_NODES, Math.max(1, most / each.cpus()));
    return ComputeEnvironment.fixed(name, nodes, each);
  }

  ObjectNode update(ObjectNode request) {
    Environment environment = get(Json.required(request, "computeEnvironment"));
    Names.checkState(request);
    ObjectNode members = environment.resource.members();
    ObjectNode changed = members.deepCopy();
    Json.copy(request, changed, "state", "serviceRole", "unmanagedvCpus", "updatePolicy");
    JsonNode resources = Json.member(request, "computeResources");
    if (resources.path("allocationStrategy").asText().equals("BEST_FIT")) {
      throw ApiException.client("allocationStrategy cannot be changed to BEST_FIT");
    }
    if (resources instanceof ObjectNode more) {
      changed.withObject("/computeResources").setAll(more);
    }
    if (environment.isManaged()) {
      EnvironmentRules.check(changed.path("computeResources"));
    }
    boolean wasEnabled = environment.resource.isEnabled();
    if (!resources.isMissingNode() || Json.has(request, "unmanagedvCpus")) {
      resize(environment, local(environment.name, changed));
    }
    members.setAll(changed);
    environment.resource.updating(done());
    if (wasEnabled != environment.resource.isEnabled()) {
      open(environment);
    }
    return names(environment.name);
  }

  /** Queues carry the capacity to the backend. */
  private void resize(Environment environment, ComputeEnvironment local) {
    ComputeEnvironment before = environment.local;
    environment.local = local;
    try {
      queues.get().stream().filter(q -> q.uses(environment)).forEach(q -> q.apply(backend));
    } catch (IllegalArgumentException e) {
      environment.local = before;
      throw ApiException.client("The capacity cannot be taken away now: " + e.getMessage());
    }
  }

  /** A disabled environment takes no new jobs; what runs goes on. */
  void open(Environment environment) {
    boolean known =
        backend.environments().stream().anyMatch(e -> e.name().equals(environment.name));
    if (known) {
      for (String node : environment.local.nodes().keySet()) {
        if (environment.resource.isEnabled()) {
          backend.restoreNode(node);
        } else {
          backend.drainNode(node, "the compute environment is DISABLED");
        }
      }
    }
  }

  ObjectNode delete(ObjectNode request) {
    Environment environment = get(Json.required(request, "computeEnvironment"));
    if (environment.resource.isEnabled()) {
      throw ApiException.client("Cannot delete, state of compute environment must be DISABLED");
    }
    if (queues.get().stream().anyMatch(queue -> queue.uses(environment))) {
      throw ApiException.client("Cannot delete, found existing JobQueue relationship");
    }
    environment.resource.deleting(done());
    removeGone();
    return Json.object();
  }

  ObjectNode describe(ObjectNode request) {
    removeGone();
    List<String> wanted =
        Json.texts(request, "computeEnvironments").stream()
            .map(text -> Arn.name("compute-environment", text))
            .toList();
    Page<Environment> page =
        Page.of(
            byName.values().stream()
                .filter(e -> wanted.isEmpty() || wanted.contains(e.name))
                .toList(),
            request,
            100);
    ObjectNode reply = Json.object();
    page.items()
        .forEach(e -> reply.withArray("computeEnvironments").add(e.resource.describe(now())));
    if (page.items().isEmpty()) {
      reply.putArray("computeEnvironments");
    }
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }
}
