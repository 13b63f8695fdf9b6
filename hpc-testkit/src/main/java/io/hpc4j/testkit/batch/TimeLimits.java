package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.Node;
import io.hpc4j.time.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A queue's {@code jobStateTimeLimitActions}: a job that has been RUNNABLE for that long for that
 * reason is cancelled. Owned by the turns.
 */
final class TimeLimits {
  private static final String CAPACITY = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY";
  private static final Set<String> REASONS =
      Set.of(
          CAPACITY,
          "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
          "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT");

  private final LocalBackend backend;
  private final Timers timers;
  private final Map<BatchJob, List<Cancellable>> running = new HashMap<>();
  private BiConsumer<BatchJob, String> ending = (job, reason) -> {};

  TimeLimits(LocalBackend backend, Timers timers) {
    this.backend = backend;
    this.timers = timers;
  }

  /** Refuses actions that AWS would refuse. */
  static void check(JsonNode request) {
    for (JsonNode action : request.path("jobStateTimeLimitActions")) {
      String reason = Json.required(action, "reason");
      if (!REASONS.contains(reason)) {
        throw ApiException.client("jobStateTimeLimitActions.reason is not known: " + reason);
      }
      if (!Json.required(action, "state").equals("RUNNABLE")) {
        throw ApiException.client("jobStateTimeLimitActions.state must be RUNNABLE");
      }
      if (!Json.required(action, "action").equals("CANCEL")) {
        throw ApiException.client("jobStateTimeLimitActions.action must be CANCEL");
      }
      int seconds = Json.integer(action, "maxTimeSeconds", 0);
      if (seconds < 600 || seconds > 86_400) {
        throw ApiException.client(
            "jobStateTimeLimitActions.maxTimeSeconds must be 600 to 86400: " + seconds);
      }
    }
  }

  void endBy(BiConsumer<BatchJob, String> action) {
    ending = action;
  }

  void runnable(BatchJob job) {
    ended(job);
    for (JsonNode action : job.queue().resource.members().path("jobStateTimeLimitActions")) {
      String reason = Json.text(action, "reason", "");
      Duration most = Duration.ofSeconds(Json.integer(action, "maxTimeSeconds", 0));
      running
          .computeIfAbsent(job, any -> new ArrayList<>(1))
          .add(timers.in(most, () -> expired(job, reason)));
    }
  }

  void ended(BatchJob job) {
    Objects.requireNonNullElse(running.remove(job), List.<Cancellable>of())
        .forEach(Cancellable::cancel);
  }

  private void expired(BatchJob job, String reason) {
    if (job.status == Status.RUNNABLE && isBlockedBy(job, reason)) {
      ending.accept(job, "Canceled by JobStateTimeLimit action due to reason: " + reason);
    }
  }

  private boolean isBlockedBy(BatchJob job, String reason) {
    if (job.blocked != null || !reason.equals(CAPACITY)) {
      return job.blocked != null && !reason.equals(CAPACITY);
    }
    return backend.nodes().stream()
        .filter(
            node ->
                job.queue().environments.stream().anyMatch(e -> e.name.equals(node.environment())))
        .allMatch(node -> List.of(Node.State.DOWN, Node.State.DRAINED).contains(node.state()));
  }
}
