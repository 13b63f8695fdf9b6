package io.hpc4j.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Reason;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.Work;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An endpoint in virtual time with four nodes of four cpus, queues {@code default} and {@code
 * fair}, and commands that say what they do: {@code sleep <seconds>}, {@code exit <code>}, {@code
 * fail-until <attempt>}, {@code fail-index <index>}, {@code fail <reason>}.
 */
final class BatchEndpointLab implements AutoCloseable {
  final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  final LocalBackend backend;
  final BatchEndpoint endpoint;
  final BatchEndpointClient aws;

  /** The definitions that ran, in the order of their starts. */
  final List<JobDefinition> ran = new ArrayList<>();

  BatchEndpointLab() {
    this(builder -> builder);
  }

  BatchEndpointLab(UnaryOperator<BatchEndpoint.Builder> more) {
    ComputeEnvironment nodes =
        ComputeEnvironment.fixed("cluster", 4, Capacity.cpus(4).memoryGiB(16));
    backend =
        LocalBackend.builder()
            .time(time)
            .simulate(this::simulate)
            .queue(JobQueue.builder("default").runsOn(nodes).build())
            .queue(
                JobQueue.builder("fair")
                    .runsOn(nodes)
                    .policy(SchedulingPolicy.fairShare().share("big", 2).build())
                    .build())
            .build();
    endpoint = more.apply(BatchEndpoint.builder().over(backend)).start();
    aws = new BatchEndpointClient(endpoint.url());
    for (String seconds : List.of("10", "60", "600")) {
      aws.register("sleep" + seconds, "sleep", seconds);
    }
    aws.register("fails", "exit", "3");
  }

  private Simulated simulate(JobDefinition definition, int index, int attempt) {
    ran.add(definition);
    List<String> command = ((Work.Command) definition.work().orElseThrow()).arguments();
    String argument = command.size() > 1 ? command.get(1) : "0";
    Duration second = Duration.ofSeconds(1);
    int number = Integer.parseInt(definition.environment().get("AWS_BATCH_JOB_ATTEMPT"));
    return switch (command.get(0)) {
      case "sleep" -> Simulated.success(second.multipliedBy(Long.parseLong(argument)));
      case "exit" -> Simulated.exit(Integer.parseInt(argument), second);
      case "signal" -> Simulated.signal(Integer.parseInt(argument), second);
      case "fail-until" -> Simulated.exit(number < Integer.parseInt(argument) ? 1 : 0, second);
      case "fail-index" -> Simulated.exit(index == Integer.parseInt(argument) ? 1 : 0, second);
      case "fail" -> Simulated.fails(Reason.valueOf(argument), second);
      default -> throw new IllegalArgumentException("no such command: " + command);
    };
  }

  void runOut() {
    BatchEndpointClient.runOut(time);
  }

  void pass(long seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  /** Fills all nodes for an hour, so that what comes later has to wait. */
  String fill() {
    aws.register("hour", "sleep", "3600");
    String filler =
        aws.submit(
            "hour",
            "{'jobName':'filler','arrayProperties':{'size':4},'containerOverrides':"
                + "{'resourceRequirements':[{'type':'VCPU','value':'4'}]}}");
    pass(0);
    return filler;
  }

  /** The names of all members of a listing. */
  static List<String> texts(JsonNode list, String member) {
    List<String> texts = new ArrayList<>();
    list.forEach(entry -> texts.add(entry.path(member).asText()));
    return texts;
  }

  static ObjectNode json(String text) {
    return BatchEndpointClient.json(text);
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
