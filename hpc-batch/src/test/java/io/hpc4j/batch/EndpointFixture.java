package io.hpc4j.batch;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.local.SimulationRule;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.Work;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.testkit.BackendFixture;
import io.hpc4j.testkit.BatchEndpoint;
import io.hpc4j.testkit.ContractWork;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/**
 * The contract's standard cluster behind AWS Batch's API on loopback, asked by the real client over
 * real HTTP; in real time or in virtual time.
 */
class EndpointFixture implements BackendFixture {
  private static final StaticCredentialsProvider ANYBODY =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret"));

  private final boolean virtual;
  private final SimulationRule rule;
  private final TimeSource time;
  private final List<AutoCloseable> open = new ArrayList<>();
  private @Nullable BatchEndpoint endpoint;

  EndpointFixture(boolean virtual) {
    this(virtual, RULE);
  }

  /** With commands of another kind in virtual time. */
  EndpointFixture(boolean virtual, SimulationRule rule) {
    this.virtual = virtual;
    this.rule = rule;
    time = virtual ? VirtualTime.startingAt("2026-01-01T00:00:00Z") : TimeSource.system();
  }

  /** What commands do in virtual time, behind the lines of shell that the backend adds. */
  private static final SimulationRule RULE =
      (definition, index, localAttempt) -> {
        ContractWork.Outcome outcome =
            work(definition).in(index(definition, index), attempt(definition));
        return Simulated.exit(outcome.exitCode(), outcome.lasting());
      };

  private static ContractWork work(JobDefinition definition) {
    List<String> all = ((Work.Command) definition.work().orElseThrow()).arguments();
    boolean shim = all.size() > 4 && all.get(0).equals("/bin/sh") && all.get(3).equals("sh");
    boolean script = shim && all.get(2).contains("HPC4J_F=");
    if (script || (all.size() == 3 && all.get(2).equals("exit 0"))) {
      return ContractWork.quick();
    }
    List<String> own = shim ? all.subList(4, all.size()) : all;
    JobDefinition plain = definition.toBuilder().command(own.toArray(String[]::new)).build();
    return ContractWork.of(plain).orElseThrow(() -> new AssertionError("no contract work: " + own));
  }

  /** Our index of an element. */
  static int index(JobDefinition definition, int nativeIndex) {
    String indices = definition.environment().get("HPC4J_INDICES");
    return indices == null ? 0 : IndexSet.parse(indices).indexAt(Math.max(0, nativeIndex));
  }

  /** Our number of an attempt. */
  static int attempt(JobDefinition definition) {
    return number(definition, "HPC4J_FIRST_ATTEMPT")
        + number(definition, "AWS_BATCH_JOB_ATTEMPT")
        - 1;
  }

  private static int number(JobDefinition definition, String variable) {
    return Integer.parseInt(definition.environment().getOrDefault(variable, "1"));
  }

  BatchEndpoint start(Path directory) {
    ComputeEnvironment environment =
        ComputeEnvironment.fixed("cluster", nodes(), Capacity.cpus(cpusPerNode()).memoryGiB(4));
    LocalBackend.Builder local =
        LocalBackend.builder()
            .workingDirectory(directory)
            .queue(queue("normal", environment))
            .queue(queue("other", environment))
            .queue(JobQueue.builder("fifo").runsOn(environment).build());
    if (virtual) {
      local.time(time).simulate(rule);
    }
    BatchEndpoint started = BatchEndpoint.builder().over(local.build()).start();
    open.add(started);
    endpoint = started;
    return started;
  }

  private static JobQueue queue(String name, ComputeEnvironment environment) {
    return JobQueue.builder(name)
        .runsOn(environment)
        .policy(SchedulingPolicy.fairShare().build())
        .build();
  }

  /** A client of the endpoint, closed with the fixture. */
  BatchClient client() {
    return client(c -> {});
  }

  BatchClient client(Consumer<ClientOverrideConfiguration.Builder> change) {
    BatchClient client = client(endpoint().url(), change);
    open.add(client);
    return client;
  }

  /** A client whose requests are checked; to be closed. */
  static BatchClient client(URI url, Consumer<ClientOverrideConfiguration.Builder> change) {
    return BatchClient.builder()
        .endpointOverride(url)
        .region(Region.US_EAST_1)
        .credentialsProvider(ANYBODY)
        .overrideConfiguration(o -> change.accept(o.addExecutionInterceptor(new CheckedByModel())))
        .build();
  }

  private CloudWatchLogsClient logs() {
    CloudWatchLogsClient client =
        CloudWatchLogsClient.builder()
            .endpointOverride(Objects.requireNonNull(endpoint).url())
            .region(Region.US_EAST_1)
            .credentialsProvider(ANYBODY)
            .build();
    open.add(client);
    return client;
  }

  BatchBackend.Builder builder() {
    return builder(client());
  }

  BatchBackend.Builder builder(BatchClient client) {
    return builder(client, time)
        .scope("port-" + endpoint().url().getPort()) // whoever shares a scope shares a tracker
        .logs(logs())
        .pollPolicy(pollPolicy());
  }

  /** A backend for the contract's cluster, of any program. */
  static BatchBackend.Builder builder(BatchClient client, TimeSource time) {
    return BatchBackend.builder(client)
        .image("example.org/contract:1")
        .queue("normal")
        .share("users")
        .time(time)
        .callsPerSecond(1000, 1000);
  }

  private PollPolicy pollPolicy() {
    return virtual
        ? new PollPolicy(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(5))
        : new PollPolicy(Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofMinutes(1));
  }

  /** Opens a backend that differs from the contract's. */
  BatchBackend open(Path directory, UnaryOperator<BatchBackend.Builder> change) {
    start(directory);
    return change.apply(builder()).build();
  }

  BatchEndpoint endpoint() {
    return Objects.requireNonNull(endpoint);
  }

  TimeSource time() {
    return time;
  }

  @Override
  public Backend open(Path directory) {
    return open(directory, BatchBackend.Builder::cancelJobsOnClose);
  }

  @Override
  public Backend reconnect(Backend backend) {
    return builder().build();
  }

  @Override
  public Duration unit() {
    return virtual ? Duration.ofMinutes(10) : Duration.ofMillis(300);
  }

  @Override
  public Duration shortestTimeout() {
    return Duration.ofMinutes(1);
  }

  @Override
  public Duration patience() {
    return virtual ? Duration.ofDays(30) : Duration.ofMinutes(3);
  }

  /** AWS Batch's stamps are in milliseconds. */
  @Override
  public Duration resolution() {
    return Duration.ofMillis(1);
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception e) {
        throw new AssertionError("cannot close " + open.get(i), e);
      }
    }
  }
}
