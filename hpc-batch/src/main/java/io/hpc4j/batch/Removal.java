package io.hpc4j.batch;

import io.hpc4j.model.BackendException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;
import software.amazon.awssdk.services.batch.model.SchedulingPolicyDetail;

/**
 * Deletes queues that were made here, and what was made for them: everything disabled first, and
 * nothing while it is used. Begun again it goes on where it was. Remembers nothing. Thread-safe.
 */
final class Removal {
  private final Account account;

  Removal(Account account) {
    this.account = account;
  }

  /** Deletes a queue; returns what was deleted, in that order. */
  List<String> delete(String queue) {
    if (!EnvironmentRules.isName(queue)) {
      throw new IllegalArgumentException("no queue can be named '" + queue + "'");
    }
    account.begin();
    List<String> deleted = new ArrayList<>();
    Set<String> candidates = new LinkedHashSet<>();
    Optional<JobQueueDetail> is = account.queue(queue);
    if (is.isPresent()) {
      if (!Account.isOurs(is.get().tags())) {
        throw new BackendException(
            "job queue " + queue + " was not made by apply (it has no tag " + Account.TAG + ")",
            null);
      }
      candidates.addAll(Account.environments(is.get()));
      deleteQueue(queue, is.get());
      deleted.add("job queue " + queue);
    }
    List<JobQueueDetail> others = account.queues();
    Set<String> used = new LinkedHashSet<>();
    others.forEach(other -> used.addAll(Account.environments(other)));
    for (ComputeEnvironmentDetail each : account.environments()) {
      String name = each.computeEnvironmentName();
      boolean isMeant = candidates.contains(name) || Account.isMadeFor(queue, each.tags());
      if (isMeant && Account.isOurs(each.tags()) && !used.contains(name)) {
        deleteEnvironment(name, each);
        deleted.add("compute environment " + name);
      }
    }
    account
        .policyNamed(QueuePlan.policyName(queue))
        .filter(Account::isOurs)
        .filter(policy -> others.stream().noneMatch(q -> uses(q, policy)))
        .ifPresent(
            policy -> {
              account.order(
                  "DeleteSchedulingPolicy",
                  () -> account.client().deleteSchedulingPolicy(r -> r.arn(policy.arn())));
              deleted.add("scheduling policy " + policy.name());
            });
    return deleted;
  }

  private static boolean uses(JobQueueDetail queue, SchedulingPolicyDetail policy) {
    return policy.arn().equals(queue.schedulingPolicyArn());
  }

  private void deleteQueue(String name, JobQueueDetail is) {
    String what = "job queue " + name;
    if (!Account.State.of(is).isLeaving()) {
      account.awaitSteady(what, () -> account.stateOfQueue(name));
      if (!"DISABLED".equals(is.stateAsString())) {
        account.order(
            "UpdateJobQueue",
            () -> account.client().updateJobQueue(r -> r.jobQueue(name).state("DISABLED")));
        account.awaitSteady(what, () -> account.stateOfQueue(name));
      }
      account.order("DeleteJobQueue", () -> account.client().deleteJobQueue(r -> r.jobQueue(name)));
    }
    account.awaitGone(what, () -> account.stateOfQueue(name));
  }

  private void deleteEnvironment(String name, ComputeEnvironmentDetail is) {
    String what = "compute environment " + name;
    if (!Account.State.of(is).isLeaving()) {
      account.awaitSteady(what, () -> account.stateOfEnvironment(name));
      if (!"DISABLED".equals(is.stateAsString())) {
        account.order(
            "UpdateComputeEnvironment",
            () ->
                account
                    .client()
                    .updateComputeEnvironment(r -> r.computeEnvironment(name).state("DISABLED")));
        account.awaitSteady(what, () -> account.stateOfEnvironment(name));
      }
      account.order(
          "DeleteComputeEnvironment",
          () -> account.client().deleteComputeEnvironment(r -> r.computeEnvironment(name)));
    }
    account.awaitGone(what, () -> account.stateOfEnvironment(name));
  }
}
