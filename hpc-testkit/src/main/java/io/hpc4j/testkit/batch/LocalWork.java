package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What an attempt is to the local backend. In virtual time the main container stands for all. */
final class LocalWork {
  private final LogFolder logs;
  private final boolean virtual;

  LocalWork(LogFolder logs, boolean virtual) {
    this.logs = logs;
    this.virtual = virtual;
  }

  JobRequest request(BatchJob job, JobAttempt attempt) {
    JobRequest.Builder request =
        JobRequest.builder(definition(job, attempt)).queue(job.queue().localName);
    if (job.index >= 0) {
      request.array(IndexSet.of(job.index));
    }
    if (job.queue().isFairShare()) {
      request.share(job.share()).priority(job.submitted.priority());
    }
    return request.build();
  }

  private JobDefinition definition(BatchJob job, JobAttempt attempt) {
    BatchJob.Submitted submitted = job.submitted;
    JsonNode main = submitted.main();
    JobDefinition.Builder definition =
        JobDefinition.builder(submitted.name())
            .image(Json.text(main, "image", "none"))
            .resources(job.isTask() ? together(submitted) : onEachNode(submitted))
            .environment(environment(job, main));
    List<String> command = Containers.command(main, submitted.parameters());
    if (job.isMultiNode()) {
      definition.launch(Launch.PER_NODE);
      command = virtual ? command : NodeCommands.of(submitted, logs.files(attempt));
    } else if (job.isTask() && !virtual) {
      command = TaskScript.of(submitted, logs.files(attempt));
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
    Map<String, String> environment = new TreeMap<>();
    if (virtual || !job.isTask()) { // the containers of a task have their own
      environment.putAll(Json.pairs(main, "environment"));
    }
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
      environment.put("AWS_BATCH_JOB_MAIN_NODE_INDEX", String.valueOf(job.submitted.mainPart()));
    }
    return environment;
  }

  /** The scheduler knows one size for all nodes of a job: the largest. */
  private static Resources onEachNode(BatchJob.Submitted submitted) {
    int cpus = 0;
    int memory = 0;
    int gpus = 0;
    for (JsonNode container : Set.copyOf(submitted.containers())) {
      cpus = Math.max(cpus, number(Containers.requirement(container, "VCPU", "vcpus")));
      memory = Math.max(memory, number(Containers.requirement(container, "MEMORY", "memory")));
      gpus = Math.max(gpus, number(Containers.requirement(container, "GPU", "")));
    }
    return resources(submitted.containers().size(), cpus, memory, gpus);
  }

  /** The containers of a task are on one node. */
  private static Resources together(BatchJob.Submitted submitted) {
    List<JsonNode> all = submitted.containers();
    return resources(
        1,
        number(EcsTasks.sum(all, "VCPU")),
        number(EcsTasks.sum(all, "MEMORY")),
        number(EcsTasks.sum(all, "GPU")));
  }

  private static Resources resources(int nodes, int cpus, int memory, int gpus) {
    Resources one = nodes == 1 ? Resources.cpus(1) : Resources.nodes(nodes);
    Resources each = one.cpusPerTask(Math.max(1, cpus)).memory(Memory.ofMiB(Math.max(4, memory)));
    return gpus == 0 ? each : each.gpus(gpus);
  }

  private static int number(String value) {
    return value.isEmpty() ? 0 : new BigDecimal(value).setScale(0, RoundingMode.CEILING).intValue();
  }
}
