package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Memory;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Resources;
import io.hpc4j.spi.StatusSink;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts as jobs of the local backend, each of its own; a child's is an array of its one index,
 * so that whoever simulates it is told that. Owned by the turns but for what the backend calls.
 */
final class LocalRuns implements StatusSink {
  private static final Logger LOG = LoggerFactory.getLogger(LocalRuns.class);
  private static final String NEVER =
      "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU)"
          + " is higher than that can be met by the CE(s) attached to the job queue.";

  private final LocalBackend backend;
  private final Turns turns;
  private final LogFolder logs;
  private final boolean virtual;
  private final Map<String, Run> runs = new HashMap<>();
  private volatile boolean closed;
  private Listener listener = (job, attempt, status) -> {};

  private record Run(BatchJob job, JobAttempt attempt) {}

  /** Hears what attempts do. */
  @FunctionalInterface
  interface Listener {
    void changed(BatchJob job, JobAttempt attempt, JobStatus status);
  }

  /**
   * What became of a start.
   *
   * @param attempt the attempt; null if there is none
   * @param blocked why it has to wait for other environments
   * @param failure why it can never be
   */
  record Started(
      @Nullable JobAttempt attempt, @Nullable String blocked, @Nullable String failure) {}

  LocalRuns(LocalBackend backend, Turns turns, LogFolder logs) {
    this.backend = backend;
    this.turns = turns;
    this.logs = logs;
    virtual = backend.time() instanceof VirtualTime;
    boolean unused = backend.pushTo(this);
  }

  void tell(Listener hearer) {
    listener = hearer;
  }

  @Override
  public boolean wantsElements(JobId array) {
    return true;
  }

  @Override
  public void update(JobStatus status) {
    turns.tell(() -> take(status));
  }

  private void take(JobStatus status) {
    Run run = runs.get(status.id().token());
    if (closed || run == null || !run.attempt().localId.equals(status.id())) {
      return; // of an array as a whole, or of a job that others have submitted
    }
    if (status.state().isEnded()) {
      runs.remove(status.id().token());
    }
    listener.changed(run.job(), run.attempt(), status);
  }

  /** Takes in no more: what ends with the backend is not to be repeated. */
  void close() {
    closed = true;
  }

  /** Submits the next attempt of a job. */
  Started start(BatchJob job) {
    JobId id = JobId.create(backend.name(), backend.scope());
    JobId localId = job.index < 0 ? id : id.element(job.index);
    JobAttempt attempt = new JobAttempt(localId, UUID.randomUUID().toString().replace("-", ""));
    runs.put(id.token(), new Run(job, attempt));
    try {
      backend.submit(new Submission(id, request(job), accepted -> {}));
      return new Started(attempt, null, null);
    } catch (InvalidJobException e) {
      runs.remove(id.token());
      boolean never = e.problems().stream().allMatch(p -> p.field().equals("resources"));
      return new Started(null, never ? NEVER : null, never ? null : e.getMessage());
    } catch (HpcException e) {
      runs.remove(id.token());
      return new Started(null, null, e.getMessage());
    }
  }

  void cancel(JobAttempt attempt, String reason) {
    try {
      backend.cancel(attempt.localId, reason);
    } catch (NotFoundException e) {
      LOG.debug("attempt {} is not known any more", attempt.localId);
    }
  }

  /** What an attempt has written; none when the backend has forgotten it. */
  Logs logs(JobAttempt attempt) {
    try {
      return backend.logs(attempt.localId);
    } catch (NotFoundException e) {
      return Logs.NONE;
    }
  }

  private JobRequest request(BatchJob job) {
    JobRequest.Builder request = JobRequest.builder(definition(job)).queue(job.queue().localName);
    if (job.index >= 0) {
      request.array(IndexSet.of(job.index));
    }
    if (job.queue().isFairShare()) {
      request.share(job.share()).priority(job.submitted.priority());
    }
    return request.build();
  }

  private JobDefinition definition(BatchJob job) {
    BatchJob.Submitted submitted = job.submitted;
    JsonNode main = submitted.main();
    JobDefinition.Builder definition =
        JobDefinition.builder(submitted.name())
            .image(Json.text(main, "image", "none"))
            .resources(resources(submitted.containers()))
            .environment(environment(job, main));
    List<String> command = Containers.command(main, submitted.parameters());
    if (job.isMultiNode()) {
      definition.launch(Launch.PER_NODE);
      command = virtual ? command : NodeCommands.of(submitted);
    }
    // without a command the image's own would run
    definition.command(command.isEmpty() ? new String[] {"true"} : command.toArray(String[]::new));
    int seconds = Json.integer(submitted.either("timeout"), "attemptDurationSeconds", 0);
    if (seconds > 0) {
      definition.timeout(Duration.ofSeconds(seconds));
    }
    if (!virtual) {
      definition.stdout(logs.pattern());
    }
    return definition.build();
  }

  private Map<String, String> environment(BatchJob job, JsonNode main) {
    Map<String, String> environment = new TreeMap<>(Json.pairs(main, "environment"));
    if (!virtual) {
      environment.putIfAbsent("TMPDIR", logs.folder());
    }
    environment.put("AWS_BATCH_JOB_ID", job.id);
    environment.put("AWS_BATCH_JOB_ATTEMPT", String.valueOf(job.attempts.size() + 1));
    environment.put("AWS_BATCH_JQ_NAME", job.queue().name);
    BatchJob parent = job.parent;
    if (parent != null) {
      environment.put("AWS_BATCH_JOB_ARRAY_SIZE", String.valueOf(parent.children.size()));
    }
    if (job.isMultiNode()) {
      environment.put("AWS_BATCH_JOB_NUM_NODES", String.valueOf(job.submitted.containers().size()));
      environment.put("AWS_BATCH_JOB_MAIN_NODE_INDEX", String.valueOf(job.submitted.mainNode()));
    }
    return environment;
  }

  /** The scheduler knows one size for all nodes of a job: the largest. */
  private static Resources resources(List<JsonNode> containers) {
    int cpus = 1;
    long memory = 4;
    int gpus = 0;
    for (JsonNode container : Set.copyOf(containers)) {
      cpus = Math.max(cpus, number(container, "VCPU", "vcpus"));
      memory = Math.max(memory, number(container, "MEMORY", "memory"));
      gpus = Math.max(gpus, number(container, "GPU", ""));
    }
    Resources one =
        containers.size() == 1 ? Resources.cpus(cpus) : Resources.nodes(containers.size());
    Resources each = one.cpusPerTask(cpus).memory(Memory.ofMiB(memory));
    return gpus == 0 ? each : each.gpus(gpus);
  }

  private static int number(JsonNode container, String kind, String older) {
    String value = Containers.requirement(container, kind, older);
    return value.isEmpty() ? 0 : new BigDecimal(value).setScale(0, RoundingMode.CEILING).intValue();
  }

  /** An instance's id, the same for the same node. */
  static String instanceId(String node) {
    String hash = UUID.nameUUIDFromBytes(node.getBytes(StandardCharsets.UTF_8)).toString();
    return "i-" + hash.replace("-", "").substring(0, 17);
  }
}
