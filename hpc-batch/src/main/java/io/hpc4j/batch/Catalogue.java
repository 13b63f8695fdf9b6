package io.hpc4j.batch;

import io.hpc4j.batch.status.Arn;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentOrder;
import software.amazon.awssdk.services.batch.model.FairsharePolicy;
import software.amazon.awssdk.services.batch.model.SchedulingPolicyDetail;

/** The queues and environments in our words. */
final class Catalogue {
  private final Calls calls;
  private final Site site;

  Catalogue(Calls calls, Site site) {
    this.calls = calls;
    this.site = site;
  }

  List<JobQueue> queues() {
    return site.queues().stream().map(this::queue).toList();
  }

  private JobQueue queue(Site.Queue queue) {
    List<ComputeEnvironment> all = new ArrayList<>(Environments.of(queue.environments()));
    if (all.isEmpty()) { // they may not be asked for
      queue.detail().computeEnvironmentOrder().stream()
          .map(ComputeEnvironmentOrder::computeEnvironment)
          .map(Arn::name)
          .map(name -> ComputeEnvironment.fixed(name, 1, Capacity.cpus(1)))
          .forEach(all::add);
    }
    JobQueue.Builder b = JobQueue.builder(queue.name()).enabled(queue.isEnabled());
    if (queue.detail().priority() != null) {
      b.priority(queue.detail().priority());
    }
    if (queue.hasShares()) {
      b.policy(policy(queue.detail().schedulingPolicyArn()));
    }
    return b.runsOn(all.toArray(ComputeEnvironment[]::new)).build();
  }

  private SchedulingPolicy policy(String arn) {
    List<SchedulingPolicyDetail> found =
        calls
            .ask(
                "DescribeSchedulingPolicies",
                () -> calls.client().describeSchedulingPolicies(r -> r.arns(arn)))
            .schedulingPolicies();
    FairsharePolicy policy = found.isEmpty() ? null : found.get(0).fairsharePolicy();
    return policy == null ? SchedulingPolicy.fairShare().build() : FairShares.read(policy);
  }

  List<ComputeEnvironment> environments() {
    return Environments.of(site.environments());
  }
}
