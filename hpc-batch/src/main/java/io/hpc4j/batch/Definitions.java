package io.hpc4j.batch;

import io.hpc4j.batch.request.DefinitionCache;
import io.hpc4j.batch.status.StatusMapper;
import io.hpc4j.model.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.batch.model.JobDefinition;

/** Removes definitions that nobody uses. */
final class Definitions {
  private final Calls calls;
  private final Site site;
  private final Settings settings;

  Definitions(Calls calls, Site site, Settings settings) {
    this.calls = calls;
    this.site = site;
    this.settings = settings;
  }

  /** Deregisters those of ours that no open job uses and that are older. */
  List<String> deleteUnused(Duration olderThan) {
    Instant latest = settings.time().instant().minus(olderThan);
    List<JobDefinition> ours =
        calls.activeDefinitions().stream()
            .filter(d -> DefinitionCache.isOurs(d.jobDefinitionName()))
            .filter(d -> DefinitionCache.registeredAt(d).isBefore(latest))
            .toList();
    List<String> queues = ours.isEmpty() ? List.of() : site.queueNames();
    List<String> deleted = new ArrayList<>();
    for (JobDefinition definition : ours) {
      String arn = definition.jobDefinitionArn();
      if (queues.stream().noneMatch(queue -> isUsed(queue, arn))) {
        Object unused =
            calls.ask(
                "DeregisterJobDefinition",
                () -> calls.client().deregisterJobDefinition(r -> r.jobDefinition(arn)));
        deleted.add(arn);
      }
    }
    return deleted;
  }

  private boolean isUsed(String queue, String arn) {
    return calls.using(queue, arn).stream()
        .anyMatch(
            job -> !StatusMapper.state(job.statusAsString()).map(JobState::isEnded).orElse(false));
  }
}
