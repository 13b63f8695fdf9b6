package io.hpc4j.batch.request;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.batch.model.ArrayProperties;
import software.amazon.awssdk.services.batch.model.ConsumableResourceRequirement;
import software.amazon.awssdk.services.batch.model.ContainerOverrides;
import software.amazon.awssdk.services.batch.model.ContainerProperties;
import software.amazon.awssdk.services.batch.model.JobDefinitionType;
import software.amazon.awssdk.services.batch.model.JobTimeout;
import software.amazon.awssdk.services.batch.model.KeyValuePair;
import software.amazon.awssdk.services.batch.model.NodeOverrides;
import software.amazon.awssdk.services.batch.model.NodeProperties;
import software.amazon.awssdk.services.batch.model.NodePropertyOverride;
import software.amazon.awssdk.services.batch.model.NodeRangeProperty;
import software.amazon.awssdk.services.batch.model.PlatformCapability;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;
import software.amazon.awssdk.services.batch.model.ResourceRequirement;
import software.amazon.awssdk.services.batch.model.RetryStrategy;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/**
 * Says a request as a definition, which holds only what a submission cannot change, and as
 * submissions, which hold the rest: so that equal jobs of any command share a definition. Pure.
 */
public final class RequestMapper {
  private static final String ARRAY_SIZE = "HPC4J_ARRAY_SIZE";
  private static final String ALL_NODES = "0:";
  private static final int PLACEHOLDER_NODES = 2;

  private RequestMapper() {}

  /** The definition, without a name. */
  public static RegisterJobDefinitionRequest definition(JobRequest request, Form form) {
    JobDefinition definition = request.effective();
    boolean nodes = isMultiNode(request);
    ContainerProperties.Builder container =
        ContainerProperties.builder()
            .image(definition.image().orElse(form.image()))
            .resourceRequirements(
                Sizes.requirements(Resources.defaults(), Resources.DEFAULT_MEMORY, form.fargate())
                    .orElseThrow());
    form.container().accept(container);
    RegisterJobDefinitionRequest.Builder b =
        RegisterJobDefinitionRequest.builder()
            .type(nodes ? JobDefinitionType.MULTINODE : JobDefinitionType.CONTAINER)
            .platformCapabilities(
                form.fargate() ? PlatformCapability.FARGATE : PlatformCapability.EC2);
    if (nodes) {
      b.nodeProperties(
          NodeProperties.builder()
              .numNodes(PLACEHOLDER_NODES)
              .mainNode(0)
              .nodeRangeProperties(
                  NodeRangeProperty.builder()
                      .targetNodes(ALL_NODES)
                      .container(container.build())
                      .build())
              .build());
    } else {
      b.containerProperties(container.build());
    }
    form.definition().accept(b);
    return b.build();
  }

  /** Whether it is one of AWS's jobs of several nodes. */
  public static boolean isMultiNode(JobRequest request) {
    return request.effective().resources().nodes() > 1;
  }

  /**
   * A submission.
   *
   * @param token the submission's token
   * @param definition the name or ARN of the definition
   */
  public static SubmitJobRequest submission(
      JobRequest request, Form form, String token, NativeJob job, String queue, String definition) {
    JobDefinition d = request.effective();
    String name =
        new NativeName(token, job.part(), job.attempt(), request.definition().name()).text();
    SubmitJobRequest.Builder b =
        SubmitJobRequest.builder()
            .jobName(name)
            .jobQueue(queue)
            .jobDefinition(definition)
            .retryStrategy(left(d.retry(), job.attempt()));
    request.share().ifPresent(b::shareIdentifier);
    if (request.share().isPresent()) {
      b.schedulingPriorityOverride(request.priority());
    }
    if (job.isArray()) {
      b.arrayProperties(ArrayProperties.builder().size(job.indices().size()).build());
    }
    if (!job.dependsOn().isEmpty()) {
      b.dependsOn(job.dependsOn());
    }
    d.timeout()
        .ifPresent(t -> b.timeout(JobTimeout.builder().attemptDurationSeconds(seconds(t)).build()));
    if (!form.tags().isEmpty()) {
      b.tags(form.tags());
    }
    if (form.propagateTags()) {
      b.propagateTags(true);
    }
    consumables(d.resources(), b);
    overrides(request, form, token, job, b);
    form.submission().accept(b);
    return b.jobName(name).jobQueue(queue).build(); // by which it is found again
  }

  /** The attempts that are left to AWS: those before the first that it makes have been made. */
  private static RetryStrategy left(RetryPolicy policy, int first) {
    return Retries.natively(policy)
        .map(all -> all.toBuilder().attempts(Math.max(1, all.attempts() - first + 1)).build())
        .orElse(RetryStrategy.builder().attempts(1).build());
  }

  private static void consumables(Resources resources, SubmitJobRequest.Builder b) {
    List<ConsumableResourceRequirement> all =
        resources.consumables().entrySet().stream()
            .map(
                e ->
                    ConsumableResourceRequirement.builder()
                        .consumableResource(e.getKey())
                        .quantity(e.getValue())
                        .build())
            .toList();
    if (!all.isEmpty()) {
      b.consumableResourcePropertiesOverride(c -> c.consumableResourceList(all));
    }
  }

  private static void overrides(
      JobRequest request, Form form, String token, NativeJob job, SubmitJobRequest.Builder b) {
    Resources r = request.effective().resources();
    ContainerOverrides overrides =
        ContainerOverrides.builder()
            .command(command(request, form))
            .environment(environment(request, form, token, job))
            .resourceRequirements(requirements(r, job.memory(), form))
            .build();
    if (isMultiNode(request)) {
      b.nodeOverrides(
          NodeOverrides.builder()
              .numNodes(r.nodes())
              .nodePropertyOverrides(
                  NodePropertyOverride.builder()
                      .targetNodes(ALL_NODES)
                      .containerOverrides(overrides)
                      .build())
              .build());
    } else {
      b.containerOverrides(overrides);
    }
  }

  private static List<ResourceRequirement> requirements(
      Resources resources, Memory memory, Form form) {
    return Sizes.requirements(resources, memory, form.fargate())
        .or(() -> Sizes.requirements(resources, memory, false))
        .orElseThrow();
  }

  private static List<String> command(JobRequest request, Form form) {
    Work work = request.effective().work().orElseThrow();
    return form.shim()
        ? Shim.command(
            work,
            request.isArray(),
            isMultiNode(request),
            request.effective().workingDirectory().isPresent())
        : Shim.plain(work);
  }

  private static List<KeyValuePair> environment(
      JobRequest request, Form form, String token, NativeJob job) {
    JobDefinition d = request.effective();
    Map<String, String> all = new TreeMap<>(d.environment());
    all.put("HPC4J_JOB_ID", token);
    all.put("HPC4J_JOB_NAME", request.definition().name());
    all.put("HPC4J_NUM_NODES", "" + d.resources().nodes());
    if (request.isArray()) {
      all.put(ARRAY_SIZE, "" + request.size());
      all.put(Shim.INDICES, job.indices().toString());
    }
    FurtherAttempts further = FurtherAttempts.of(d.retry());
    if (further.isAny()) {
      all.put(FurtherAttempts.VARIABLE, further.text());
    }
    if (job.attempt() > 1) {
      all.put(Shim.FIRST_ATTEMPT, "" + job.attempt());
    }
    if (form.shim()) {
      d.workingDirectory().ifPresent(directory -> all.put(Shim.DIRECTORY, directory));
    }
    List<KeyValuePair> pairs = new ArrayList<>();
    all.forEach((name, value) -> pairs.add(KeyValuePair.builder().name(name).value(value).build()));
    return pairs;
  }

  /** Whole seconds, rounded up. */
  public static int seconds(Duration timeout) {
    return (int) Math.min(Integer.MAX_VALUE, timeout.plusNanos(999_999_999).toSeconds());
  }

  /** Our elements that a native job carries, by its environment; empty outside an array. */
  public static Optional<String> indices(List<KeyValuePair> environment) {
    return found(environment, Shim.INDICES);
  }

  /** How many elements there are in all, by its environment; empty outside an array. */
  public static Optional<String> arraySize(List<KeyValuePair> environment) {
    return found(environment, ARRAY_SIZE);
  }

  /** The user's own name of a job, by its environment; empty if it is none of ours. */
  public static String name(List<KeyValuePair> environment) {
    return value(environment, "HPC4J_JOB_NAME");
  }

  static String value(List<KeyValuePair> environment, String name) {
    return found(environment, name).orElse("");
  }

  private static Optional<String> found(List<KeyValuePair> environment, String name) {
    return environment.stream()
        .filter(pair -> name.equals(pair.name()))
        .map(KeyValuePair::value)
        .findFirst();
  }
}
