package io.hpc4j.testkit;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.SimulationRule;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.testkit.batch.BatchServer;
import io.hpc4j.testkit.batch.BatchService;
import io.hpc4j.testkit.batch.FaultState;
import io.hpc4j.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * AWS Batch's API on loopback, over a {@link LocalBackend}: clients of AWS Batch run their jobs on
 * this machine, or in virtual time. Thread-safe.
 *
 * <p>States, dependencies, attempts, arrays and multi-node jobs, limits and refusals are those of
 * AWS Batch; scheduling, fair share included, is the local backend's. A container's image is
 * ignored: its command runs on this machine. What a job writes is to be read by CloudWatch Logs'
 * GetLogEvents, from the same address. Requests have to be signed, by any credentials.
 *
 * <p>A compute environment becomes as many nodes of its largest instance type as its maxvCpus
 * allow. The queues and environments that the backend was declared with are there from the start.
 *
 * <pre>{@code
 * try (BatchEndpoint endpoint = BatchEndpoint.start()) {
 *   // aws --endpoint-url <endpoint.url()> batch submit-job --job-queue default ...
 * }
 * }</pre>
 *
 * <p>In virtual time requests take effect at the present instant, and time goes on only when
 * somebody drives it; no request waits for that.
 */
public final class BatchEndpoint implements AutoCloseable {
  private final BatchService service;
  private final BatchServer server;
  private final BatchFaults faults;

  /**
   * A job in the endpoint's own books, which know what no fault hides.
   *
   * @param id its id
   * @param name its name
   * @param queue its queue's name
   * @param status its status in AWS's words
   */
  public record Entry(String id, String name, String queue, String status) {}

  private BatchEndpoint(Builder b) {
    LocalBackend backend = b.backend == null ? b.ownBackend() : b.backend;
    FaultState state = new FaultState(backend.time());
    service = new BatchService(backend, state, b.provisioning);
    faults = new BatchFaults(state, service);
    server = BatchServer.start(service, state, b.port);
  }

  /** Starts one on this machine, with one queue, {@code default}, on a free port. */
  public static BatchEndpoint start() {
    return builder().start();
  }

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** Where clients have to be pointed to: {@code http://127.0.0.1:<port>}. */
  public URI url() {
    return server.uri();
  }

  /** What it does wrong, to be changed at any time, and how often it was called. */
  public BatchFaults faults() {
    return faults;
  }

  /** All jobs and arrays it has accepted and not forgotten, in that order. */
  public List<Entry> jobs() {
    return service.jobs().stream()
        .map(job -> new Entry(job.id(), job.name(), job.queue(), job.status()))
        .toList();
  }

  /** Stops answering, and ends the backend with all that runs. */
  @Override
  public void close() {
    server.close();
    service.close();
  }

  /**
   * Serves AWS Batch on this machine until it is stopped.
   *
   * @param args {@code --port} and its number; without it any that is free
   */
  public static void main(String... args) throws InterruptedException {
    Builder builder = builder();
    if (args.length == 2 && args[0].equals("--port")) {
      builder.port(Integer.parseInt(args[1]));
    } else if (args.length > 0) {
      throw new IllegalArgumentException("the only option is --port <number>");
    }
    try (BatchEndpoint endpoint = builder.start()) {
      // a signal is how it is stopped: nothing that jobs have left is to stay
      Runtime.getRuntime().addShutdownHook(new Thread(endpoint::close, "hpc4j-batch-close"));
      System.out.println(endpoint.url());
      new CountDownLatch(1).await();
    }
  }

  /** Builds a {@link BatchEndpoint}; not thread-safe. */
  public static final class Builder {
    private @Nullable LocalBackend backend;
    private @Nullable VirtualTime time;
    private @Nullable SimulationRule rule;
    private final List<JobQueue> queues = new ArrayList<>();
    private Duration provisioning = Duration.ZERO;
    private int port;

    private Builder() {}

    /**
     * Runs jobs on this backend, which belongs to the endpoint from then on: it alone is told of
     * its jobs, and closes it. Each attempt is a job of its own there, so that a rule that
     * simulates commands has to look for its number in the variable {@code AWS_BATCH_JOB_ATTEMPT}.
     * Default: one of its own on this machine.
     */
    public Builder over(LocalBackend value) {
      backend = Objects.requireNonNull(value, "backend");
      return this;
    }

    /**
     * Runs jobs in virtual time, on a backend of its own.
     *
     * @param whatCommandsDo the rule; it is told the array index, and the attempt as AWS counts it
     */
    public Builder virtual(VirtualTime value, SimulationRule whatCommandsDo) {
      time = Objects.requireNonNull(value, "time");
      rule = Objects.requireNonNull(whatCommandsDo, "rule");
      return this;
    }

    /**
     * Adds a queue, with its environments, to the endpoint's own backend; without any there is
     * {@code default}. Has no effect on one that is given.
     */
    public Builder queue(JobQueue value) {
      queues.add(Objects.requireNonNull(value, "queue"));
      return this;
    }

    /**
     * Sets how long compute environments and queues are CREATING, UPDATING and DELETING, in the
     * backend's time; default not at all.
     */
    public Builder provisioning(Duration value) {
      provisioning = Objects.requireNonNull(value, "provisioning");
      return this;
    }

    /** Sets the port; default 0, any that is free. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    private LocalBackend ownBackend() {
      LocalBackend.Builder own = LocalBackend.builder();
      queues.forEach(own::queue);
      SimulationRule told = rule;
      if (time != null && told != null) {
        own.time(time)
            .simulate(
                (definition, index, attempt) ->
                    told.simulate(definition, index, attempt(definition)));
      }
      return own.build();
    }

    /** Each attempt is a job of its own to the backend. */
    private static int attempt(JobDefinition definition) {
      return Integer.parseInt(definition.environment().getOrDefault("AWS_BATCH_JOB_ATTEMPT", "1"));
    }

    /**
     * Starts it.
     *
     * @throws java.io.UncheckedIOException if the port cannot be had
     */
    public BatchEndpoint start() {
      return new BatchEndpoint(this);
    }
  }
}
