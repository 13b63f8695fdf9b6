package io.hpc4j.batch;

import io.hpc4j.model.BackendException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentOrder;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;

/**
 * The queues and environments, each asked for once in a while. Works without the right to ask: then
 * nothing is known of them. Thread-safe.
 */
final class Site {
  private static final Duration KEPT = Duration.ofMinutes(5);

  private final Calls calls;
  private final Settings settings;
  private final Map<String, Queue> queues = new ConcurrentHashMap<>();
  private final Map<String, Instant> seenAt = new ConcurrentHashMap<>(); // what else there is
  private volatile Instant refusedAt = Instant.MIN;

  Site(Calls calls, Settings settings) {
    this.calls = calls;
    this.settings = settings;
  }

  /**
   * A queue, with its environments in their order.
   *
   * @param detail the queue
   * @param environments as far as they may be asked for
   * @param at when it was asked for
   */
  record Queue(JobQueueDetail detail, List<ComputeEnvironmentDetail> environments, Instant at) {
    String name() {
      return detail.jobQueueName();
    }

    boolean isEnabled() {
      return "ENABLED".equals(detail.stateAsString());
    }

    boolean isInvalid() {
      return List.of("INVALID", "DELETING", "DELETED").contains(detail.statusAsString());
    }

    boolean hasShares() {
      return detail.schedulingPolicyArn() != null;
    }

    boolean isFargate() {
      return "ECS_FARGATE".equals(detail.jobQueueTypeAsString())
          || environments.stream()
              .anyMatch(
                  e ->
                      e.computeResources() != null
                          && e.computeResources().typeAsString().startsWith("FARGATE"));
    }
  }

  /** What is known of a queue: nothing, that there is none, or how it is. */
  record Answer(boolean known, Optional<Queue> queue) {}

  /** Looks a queue up by its name or ARN. */
  Answer queue(String name) {
    Instant now = settings.time().instant();
    Queue cached = queues.get(name);
    if (cached != null && now.isBefore(cached.at().plus(KEPT)) && cached.isEnabled()) {
      return new Answer(true, Optional.of(cached));
    }
    if (now.isBefore(refusedAt.plus(KEPT))) {
      return new Answer(false, Optional.empty());
    }
    try {
      List<JobQueueDetail> found =
          calls
              .ask(
                  "DescribeJobQueues",
                  () -> calls.client().describeJobQueues(r -> r.jobQueues(name)))
              .jobQueues();
      if (found.isEmpty()) {
        queues.remove(name);
        return new Answer(true, Optional.empty());
      }
      Queue queue = queue(found.get(0), now);
      queues.put(name, queue);
      return new Answer(true, Optional.of(queue));
    } catch (Calls.Refused e) {
      if (!e.isForbidden()) {
        throw e;
      }
      refusedAt = now; // a right may be given, and a token renewed
      return new Answer(false, Optional.empty());
    }
  }

  private Queue queue(JobQueueDetail detail, Instant now) {
    List<String> names = inOrder(detail);
    return new Queue(detail, names.isEmpty() ? List.of() : environments(names), now);
  }

  /** What a queue runs on, as AWS names it, in the order in which it is tried. */
  static List<String> inOrder(JobQueueDetail detail) {
    return detail.computeEnvironmentOrder().stream()
        .sorted(Comparator.comparing(ComputeEnvironmentOrder::order))
        .map(ComputeEnvironmentOrder::computeEnvironment)
        .toList();
  }

  /** Asks anew: queues or their environments were changed. */
  void forget() {
    queues.clear();
  }

  private List<ComputeEnvironmentDetail> environments(List<String> names) {
    try {
      return calls
          .ask(
              "DescribeComputeEnvironments",
              () -> calls.client().describeComputeEnvironments(r -> r.computeEnvironments(names)))
          .computeEnvironments();
    } catch (Calls.Refused e) {
      return List.of();
    }
  }

  /** All queues. */
  List<Queue> queues() {
    Instant now = settings.time().instant();
    List<Queue> all = calls.queues().stream().map(detail -> queue(detail, now)).toList();
    all.forEach(queue -> queues.put(queue.name(), queue));
    return all;
  }

  /** All environments. */
  List<ComputeEnvironmentDetail> environments() {
    return calls.environments();
  }

  /** The names of the queues to look for jobs in; the default one where they may not be asked. */
  List<String> queueNames() {
    try {
      return queues().stream().map(Queue::name).toList();
    } catch (Calls.Refused e) {
      return settings.queue().stream().toList();
    }
  }

  /** The queue of a job that names none. */
  Optional<String> defaultQueue() {
    return settings.queue();
  }

  /** Whether there is such a consumable resource; yes if that may not be asked. */
  boolean hasConsumable(String name) {
    return isThere(
        "consumable " + name,
        () ->
            calls.ask(
                    "DescribeConsumableResource",
                    () ->
                        calls.client().describeConsumableResource(r -> r.consumableResource(name)))
                != null);
  }

  /** Whether there is such an active definition; yes if that may not be asked. */
  boolean hasDefinition(String definition) {
    return isThere("definition " + definition, () -> calls.isActive(definition));
  }

  private boolean isThere(String what, BooleanSupplier question) {
    Instant now = settings.time().instant();
    Instant seen = seenAt.get(what);
    if (seen != null && now.isBefore(seen.plus(KEPT))) {
      return true;
    }
    try {
      if (!question.getAsBoolean()) {
        return false;
      }
      seenAt.put(what, now);
      return true;
    } catch (Calls.Refused e) {
      return e.isForbidden();
    } catch (BackendException e) {
      return true;
    }
  }
}
