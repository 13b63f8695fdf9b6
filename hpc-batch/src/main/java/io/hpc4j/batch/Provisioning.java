package io.hpc4j.batch;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;

/**
 * Makes queues, with their environments and policies, what they are asked to be. Remembers nothing.
 * Thread-safe; whoever changes the same ones at once may meet AWS's refusals.
 */
final class Provisioning {
  private final Account account;
  private final Blueprint blueprint;

  /**
   * What the backend was told for queues that it sets up.
   *
   * @param environments what AWS has to be told of environments, by name
   * @param timeLimits how long jobs may block a queue, by AWS's reason
   */
  record Blueprint(Map<String, BatchEnvironment> environments, Map<String, Duration> timeLimits) {
    /** Copies the maps. */
    Blueprint {
      environments = Map.copyOf(environments);
      timeLimits = Map.copyOf(timeLimits);
    }
  }

  /** What is to be done, the environments first. */
  private record Work(List<Change> environments, List<Change> queue) {}

  Provisioning(Account account, Blueprint blueprint) {
    this.account = account;
    this.blueprint = blueprint;
  }

  /** What {@link #apply} would do, in words. */
  List<String> changes(JobQueue queue) {
    Work work = work(queue);
    List<String> words = new ArrayList<>();
    work.environments().forEach(change -> words.add(change.words()));
    work.queue().forEach(change -> words.add(change.words()));
    return words;
  }

  private Work work(JobQueue queue) {
    List<Problem> problems = new ArrayList<>();
    QueuePlan.check(queue, blueprint.timeLimits(), problems);
    List<String> names =
        queue.environments().stream()
            .map(ComputeEnvironment::name)
            .filter(EnvironmentRules::isName)
            .toList();
    Map<String, ComputeEnvironmentDetail> there = account.environments(names);
    List<EnvironmentPlan> plans = new ArrayList<>();
    List<Change> environments = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (ComputeEnvironment each : queue.environments()) {
      EnvironmentPlan plan =
          new EnvironmentPlan(
              account,
              each,
              blueprint.environments().get(each.name()),
              there.get(each.name()),
              problems);
      environments.addAll(plan.changes(queue.name()));
      types.add(plan.type());
      plans.add(plan);
    }
    refuseMixed(types, problems);
    Optional<JobQueueDetail> is =
        EnvironmentRules.isName(queue.name()) ? account.queue(queue.name()) : Optional.empty();
    QueuePlan own =
        new QueuePlan(account, queue, is.orElse(null), blueprint.timeLimits(), problems);
    List<Change> rest = own.changes();
    if (!problems.isEmpty()) {
      throw new InvalidJobException("queue " + queue.name() + " cannot be set up", problems);
    }
    plans.forEach(EnvironmentPlan::refuseUnusable);
    own.refuseUnusable();
    return new Work(environments, rest);
  }

  private static void refuseMixed(List<String> types, List<Problem> problems) {
    List<String> known = types.stream().filter(type -> !type.isEmpty()).toList();
    if (known.stream().map(EnvironmentRules::isFargate).distinct().count() > 1) {
      problems.add(
          Problem.of("environments", types, "a queue has those of Fargate or others, not both"));
    }
  }

  /** Does all that is to be done, and waits until it can be used. */
  void apply(JobQueue queue) {
    account.begin();
    Work work = work(queue);
    work.environments().forEach(change -> run(queue, change));
    for (ComputeEnvironment each : queue.environments()) {
      account.awaitValid(
          "compute environment " + each.name(), () -> account.stateOfEnvironment(each.name()));
    }
    work.queue().forEach(change -> run(queue, change));
    account.awaitValid("job queue " + queue.name(), () -> account.stateOfQueue(queue.name()));
  }

  private static void run(JobQueue queue, Change change) {
    try {
      change.call().run();
    } catch (BackendException e) {
      throw new BackendException(
          "queue " + queue.name() + ", could not " + change.words() + ": " + e.getMessage(), e);
    }
  }
}
