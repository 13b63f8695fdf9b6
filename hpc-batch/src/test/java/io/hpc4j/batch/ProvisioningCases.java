package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.testkit.BatchEndpoint;
import io.hpc4j.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;
import software.amazon.awssdk.services.batch.model.SchedulingPolicyDetail;

/**
 * An account in virtual time in which everything that is changed takes a minute, and a record of
 * what was changed in it.
 */
abstract class ProvisioningCases {
  static final Duration TAKES = Duration.ofMinutes(1);
  static final ComputeEnvironment BURST = environment("burst", 64);

  static final SchedulingPolicy SHARES =
      SchedulingPolicy.fairShare()
          .share("climate", 1)
          .share("genomics", 4)
          .decay(Duration.ofHours(1))
          .reservation(25)
          .build();

  final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  final List<String> changing = new ArrayList<>(); // operations
  final Map<String, Instant> lastAt = new TreeMap<>(); // by operation
  private final List<AutoCloseable> open = new ArrayList<>();
  private BatchEndpoint endpoint;
  BatchClient aws;

  @BeforeEach
  void open() {
    endpoint =
        BatchEndpoint.builder()
            .over(
                LocalBackend.builder()
                    .time(time)
                    .simulate((definition, index, attempt) -> Simulated.success(TAKES))
                    .queue(JobQueue.builder("theirs").runsOn(environment("cluster", 8)).build())
                    .build())
            .provisioning(TAKES)
            .start();
    open.add(endpoint);
    aws = client(new Recording());
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private final class Recording implements ExecutionInterceptor {
    @Override
    public void beforeTransmission(
        Context.BeforeTransmission context, ExecutionAttributes attributes) {
      String operation = operation(context.request());
      if (!operation.matches("(Describe|List|Get).*")) {
        changing.add(operation);
        lastAt.put(operation, time.instant());
      }
    }
  }

  static String operation(SdkRequest request) {
    return request.getClass().getSimpleName().replace("Request", "");
  }

  /** A client that somebody can look over the shoulder of. */
  BatchClient client(ExecutionInterceptor... interceptors) {
    URI url = endpoint.url();
    BatchClient client =
        BatchClient.builder()
            .endpointOverride(url)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
            .overrideConfiguration(
                o -> {
                  o.addExecutionInterceptor(new CheckedByModel());
                  for (ExecutionInterceptor each : interceptors) {
                    o.addExecutionInterceptor(each);
                  }
                })
            .build();
    open.add(client);
    return client;
  }

  BatchBackend backend(BatchEnvironment... environments) {
    return backend(aws, b -> b, environments);
  }

  BatchBackend backend(
      BatchClient client,
      UnaryOperator<BatchBackend.Builder> more,
      BatchEnvironment... environments) {
    BatchBackend.Builder builder = BatchBackend.builder(client).time(time);
    for (BatchEnvironment each : environments) {
      builder.environment(each);
    }
    return more.apply(builder).build();
  }

  static ComputeEnvironment environment(String name, int cpus) {
    return ComputeEnvironment.fixed(name, 1, Capacity.cpus(cpus));
  }

  static JobQueue.Builder queue(String name) {
    return JobQueue.builder(name).runsOn(BURST);
  }

  static BatchEnvironment fargate(String name) {
    return BatchEnvironment.fargate(name).subnets("subnet-1").securityGroups("sg-1");
  }

  static BatchEnvironment ec2(String name) {
    return BatchEnvironment.ec2(name)
        .subnets("subnet-1", "subnet-2")
        .securityGroups("sg-1")
        .instanceTypes("c7i", "m7i")
        .instanceRole("ecsInstanceRole");
  }

  JobQueueDetail described(String queue) {
    return aws.describeJobQueues(r -> r.jobQueues(queue)).jobQueues().get(0);
  }

  ComputeEnvironmentDetail environmentDescribed(String name) {
    return aws.describeComputeEnvironments(r -> r.computeEnvironments(name))
        .computeEnvironments()
        .get(0);
  }

  SchedulingPolicyDetail policyOf(String queue) {
    String arn = described(queue).schedulingPolicyArn();
    return aws.describeSchedulingPolicies(r -> r.arns(arn)).schedulingPolicies().get(0);
  }

  static SchedulingPolicy shares() {
    return SchedulingPolicy.fairShare().build();
  }

  /** What is refused as {@code field: rule}. */
  List<String> refused(BatchBackend backend, JobQueue queue) {
    changing.clear();
    InvalidJobException refusal =
        catchThrowableOfType(InvalidJobException.class, () -> backend.apply(queue));
    assertThat(changing).isEmpty();
    return refusal.problems().stream().map(p -> p.field() + ": " + p.rule()).toList();
  }

  List<String> refused(BatchEnvironment environment) {
    return refused(backend(environment), queue("mine").build());
  }
}
