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
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

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

  /**
   * Finds jobs by their tokens, each once: with Slurm's controller, else in the accounts, by the
   * ids' hints. That is one question for each of them, whatever the number of jobs.
   */
  List<SlurmJob> find(Collection<JobId> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    Set<String> tokens = ids.stream().map(JobId::token).collect(Collectors.toSet());
    Map<String, List<Found>> byToken = byToken(commands.names(), tokens::contains);
    if (site.config().accounting()) {
      Set<String> hints =
          ids.stream()
              .filter(id -> !byToken.containsKey(id.token()))
              .flatMap(id -> id.nativeId().flatMap(TaskSet::parse).stream()) // it may be anything
              .map(TaskSet::jobId)
              .collect(Collectors.toCollection(TreeSet::new));
      tokens.removeAll(byToken.keySet());
      byToken.putAll(byToken(commands.accountedNames(hints), tokens::contains));
    }
    return jobs(byToken);
  }

  /** Finds all jobs but those of some tokens. */
  List<SlurmJob> all(Set<String> but) {
    return jobs(byToken(commands.names(), token -> !but.contains(token)));
  }

  private static Map<String, List<Found>> byToken(List<NameRow> rows, Predicate<String> which) {
    Map<String, List<Found>> byToken = new LinkedHashMap<>();
    for (NameRow row : rows) {
      NativeJob.parse(row.name())
          .filter(name -> which.test(name.token()))
          .ifPresent(
              name ->
                  byToken
                      .computeIfAbsent(name.token(), token -> new ArrayList<>())
                      .add(new Found(row.id(), name)));
    }
    return byToken;
  }

  private List<SlurmJob> jobs(Map<String, List<Found>> byToken) {
    List<SlurmJob> jobs = new ArrayList<>();
    byToken.forEach((token, found) -> jobs.add(job(token, found)));
    return jobs;
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
                  Instant.EPOCH,
                  false));
        });
    return job;
  }
}
