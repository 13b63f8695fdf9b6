package io.hpc4j.slurm;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.Memory;
import io.hpc4j.slurm.query.NameRow;
import io.hpc4j.slurm.query.TaskSet;
import io.hpc4j.slurm.script.NativeJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Finds jobs that another program has submitted, by the names that it has given them. */
final class Locator {
  private final Commands commands;
  private final Site site;
  private final String scope;

  Locator(Commands commands, Site site, String scope) {
    this.commands = commands;
    this.site = site;
    this.scope = scope;
  }

  /** Some tasks of a native job, or a native job, under a name of ours. */
  private record Found(TaskSet id, NativeJob.Name name) {}

  /** Finds a job by its token: with Slurm's controller, else in the accounts, by the id's hints. */
  Optional<SlurmJob> find(JobId id) {
    List<Found> found = named(id.token());
    if (found.isEmpty() && site.config().accounting() && id.nativeId().isPresent()) {
      found = accounted(id);
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(job(id.token(), found));
  }

  /** Finds all jobs but those of some tokens. */
  List<SlurmJob> all(Set<String> but) {
    Map<String, List<Found>> byToken = new LinkedHashMap<>();
    for (NameRow row : commands.names()) {
      NativeJob.parse(row.name())
          .filter(name -> !but.contains(name.token()))
          .ifPresent(
              name ->
                  byToken
                      .computeIfAbsent(name.token(), token -> new ArrayList<>())
                      .add(new Found(row.id(), name)));
    }
    List<SlurmJob> jobs = new ArrayList<>();
    byToken.forEach((token, found) -> jobs.add(job(token, found)));
    return jobs;
  }

  private List<Found> named(String token) {
    List<Found> found = new ArrayList<>();
    for (NameRow row : commands.names()) {
      NativeJob.parse(row.name())
          .filter(name -> name.token().equals(token))
          .ifPresent(name -> found.add(new Found(row.id(), name)));
    }
    return found;
  }

  private List<Found> accounted(JobId id) {
    List<Found> found = new ArrayList<>();
    String nativeId = id.nativeId().orElseThrow();
    for (NameRow row :
        commands.accountedNames(TaskSet.parse(nativeId).map(TaskSet::jobId).orElse(nativeId))) {
      NativeJob.parse(row.name())
          .filter(name -> name.token().equals(id.token()))
          .ifPresent(name -> found.add(new Found(row.id(), name)));
    }
    return found;
  }

  private SlurmJob job(String token, List<Found> found) {
    Map<String, List<Found>> byNativeId = new TreeMap<>(Comparator.comparing(Long::parseLong));
    boolean array = found.stream().anyMatch(one -> !one.id().isPlain());
    for (Found one : found) {
      byNativeId.computeIfAbsent(one.id().jobId(), id -> new ArrayList<>()).add(one);
    }
    BitSet all = new BitSet();
    found.forEach(one -> one.id().tasks().forEach(i -> all.set(i + one.name().offset())));
    SlurmJob job =
        new SlurmJob(
            JobId.of("slurm", scope, token),
            null,
            array ? IndexSet.of(all) : IndexSet.empty(),
            found.get(0).name().rest(),
            "",
            "",
            Instant.EPOCH);
    byNativeId.forEach(
        (nativeId, some) -> {
          BitSet bits = new BitSet();
          NativeJob.Name name = some.get(0).name();
          some.forEach(one -> one.id().tasks().forEach(i -> bits.set(i + name.offset())));
          job.add(
              new Piece(
                  nativeId,
                  array ? IndexSet.of(bits) : IndexSet.empty(),
                  name.offset(),
                  name.attempt(),
                  Memory.ofBytes(0),
                  Instant.EPOCH));
        });
    return job;
  }
}
