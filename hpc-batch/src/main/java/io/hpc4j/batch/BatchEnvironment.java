package io.hpc4j.batch;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.services.batch.model.ComputeResource;

/**
 * What AWS Batch has to be told of a compute environment so that {@link BatchBackend#apply} can
 * create or update it; it goes with the queues' environment of the same name. Immutable; each
 * method returns a changed one. Does no I/O.
 *
 * <pre>{@code
 * BatchBackend.builder(client)
 *     .environment(BatchEnvironment.fargate("burst")
 *         .subnets("subnet-0a1b").securityGroups("sg-2c3d").maxVcpus(256))
 *     .build()
 *     .apply(JobQueue.builder("overflow")
 *         .runsOn(ComputeEnvironment.fixed("burst", 1, Capacity.cpus(256))).build());
 * }</pre>
 *
 * <p>What is wrong with it is told when a queue that names it is applied. What is not said is left
 * to AWS, and as it is in an environment that exists.
 *
 * @see <a href="https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html">
 *     ComputeResource, AWS Batch API Reference</a>
 */
public final class BatchEnvironment {
  private final String name;
  private final ComputeResource resources;
  private final String serviceRole;
  private final Map<String, String> tags;

  private BatchEnvironment(
      String name, ComputeResource resources, String serviceRole, Map<String, String> tags) {
    this.name = Objects.requireNonNull(name, "name");
    this.resources = resources;
    this.serviceRole = Objects.requireNonNull(serviceRole, "serviceRole");
    this.tags = tags;
  }

  private static BatchEnvironment of(String name, ComputeResource resources) {
    return new BatchEnvironment(name, resources, "", Map.of());
  }

  /**
   * Returns one of On-Demand instances, started as jobs need them. It needs {@link #subnets},
   * {@link #instanceTypes} and {@link #instanceRole}. Its allocation strategy is {@code
   * BEST_FIT_PROGRESSIVE}: AWS's own default, {@code BEST_FIT}, cannot be updated.
   */
  public static BatchEnvironment ec2(String name) {
    return of(
        name,
        ComputeResource.builder()
            .type("EC2")
            .allocationStrategy("BEST_FIT_PROGRESSIVE")
            .minvCpus(0)
            .build());
  }

  /**
   * Returns one of Spot instances, which AWS may reclaim. It needs what {@link #ec2} needs. Its
   * allocation strategy is {@code SPOT_PRICE_CAPACITY_OPTIMIZED}.
   */
  public static BatchEnvironment spot(String name) {
    return of(
        name,
        ComputeResource.builder()
            .type("SPOT")
            .allocationStrategy("SPOT_PRICE_CAPACITY_OPTIMIZED")
            .minvCpus(0)
            .build());
  }

  /** Returns one of Fargate. It needs {@link #subnets} and {@link #securityGroups}. */
  public static BatchEnvironment fargate(String name) {
    return of(name, ComputeResource.builder().type("FARGATE").build());
  }

  /** Returns one of Fargate Spot, which AWS may reclaim. It needs what {@link #fargate} needs. */
  public static BatchEnvironment fargateSpot(String name) {
    return of(name, ComputeResource.builder().type("FARGATE_SPOT").build());
  }

  /**
   * Returns an unmanaged one, for instances that somebody else starts. Of its sizes only {@link
   * #maxVcpus} can be said, by which fair shares are reserved.
   */
  public static BatchEnvironment unmanaged(String name) {
    return of(name, ComputeResource.builder().build());
  }

  /** Returns this with these subnets, by their ids, instead of earlier ones. */
  public BatchEnvironment subnets(String... ids) {
    return changeResources(r -> r.subnets(ids));
  }

  /** Returns this with these security groups, by their ids, instead of earlier ones. */
  public BatchEnvironment securityGroups(String... ids) {
    return changeResources(r -> r.securityGroupIds(ids));
  }

  /** Returns this with these instance types or families, {@code c7i}, instead of earlier ones. */
  public BatchEnvironment instanceTypes(String... types) {
    return changeResources(r -> r.instanceTypes(types));
  }

  /** Returns this with the instance profile of its instances, by name or ARN. */
  public BatchEnvironment instanceRole(String nameOrArn) {
    return changeResources(r -> r.instanceRole(nameOrArn));
  }

  /** Returns this with the role of AWS Batch, by its ARN; default: the service-linked one. */
  public BatchEnvironment serviceRole(String arn) {
    return new BatchEnvironment(name, resources, arn, tags);
  }

  /**
   * Returns this with a launch template.
   *
   * @param idOrName its id, {@code lt-...}, or its name
   * @param version its version: a number, {@code $Latest} or {@code $Default}
   */
  public BatchEnvironment launchTemplate(String idOrName, String version) {
    boolean isId = idOrName.startsWith("lt-");
    return changeResources(
        r ->
            r.launchTemplate(
                t ->
                    (isId ? t.launchTemplateId(idOrName) : t.launchTemplateName(idOrName))
                        .version(version)));
  }

  /** Returns this with an allocation strategy in AWS's words. */
  public BatchEnvironment allocationStrategy(String value) {
    return changeResources(r -> r.allocationStrategy(value));
  }

  /** Returns this with the vCPUs that are there, and paid for, even without jobs; default 0. */
  public BatchEnvironment minVcpus(int value) {
    return changeResources(r -> r.minvCpus(value));
  }

  /**
   * Returns this with the most vCPUs at any time; default: the cpus of all nodes of the queue's
   * environment.
   */
  public BatchEnvironment maxVcpus(int value) {
    return changeResources(r -> r.maxvCpus(value));
  }

  /** Returns this with a tag of the environment; those of others stay as they are. */
  public BatchEnvironment tag(String key, String value) {
    Map<String, String> more = new TreeMap<>(tags);
    more.put(key, Objects.requireNonNull(value, "value"));
    return new BatchEnvironment(name, resources, serviceRole, Collections.unmodifiableMap(more));
  }

  /** Returns this with what the change says of AWS's own form of it: {@code r -> r.imageId(..)}. */
  public BatchEnvironment changeResources(Consumer<ComputeResource.Builder> change) {
    ComputeResource.Builder changed = resources.toBuilder();
    change.accept(changed);
    return new BatchEnvironment(name, changed.build(), serviceRole, tags);
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** What AWS is told of its resources; its nodes say how large it is if nothing else does. */
  ComputeResource resources(ComputeEnvironment declared) {
    int cpus = declared.nodes().values().stream().mapToInt(Capacity::cpus).sum();
    return resources.maxvCpus() == null ? resources.toBuilder().maxvCpus(cpus).build() : resources;
  }

  boolean isManaged() {
    return resources.typeAsString() != null;
  }

  /** In AWS's words: {@code SPOT}, {@code UNMANAGED}. */
  String type() {
    return isManaged() ? resources.typeAsString() : "UNMANAGED";
  }

  Optional<String> serviceRole() {
    return Optional.of(serviceRole).filter(role -> !role.isEmpty());
  }

  Map<String, String> tags() {
    return tags;
  }

  @Override
  public String toString() {
    return name + " (" + type() + ")";
  }
}
