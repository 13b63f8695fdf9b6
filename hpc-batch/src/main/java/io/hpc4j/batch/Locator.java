package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.NativeName;
import io.hpc4j.batch.request.RequestMapper;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.Memory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.JobSummary;
import software.amazon.awssdk.services.batch.model.KeyValuePair;

/** Finds jobs that another program has submitted, by what it has told AWS Batch of them. */
final class Locator {
  private static final List<String> STATUSES =
      List.of("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED");

  private final Calls calls;
  private final Sender sender;
  private final Site site;
  private final Settings settings;

  Locator(Calls calls, Sender sender, Site site, Settings settings) {
    this.calls = calls;
    this.sender = sender;
    this.site = site;
    this.settings = settings;
  }

  /** Finds jobs by their tokens: by the hints of their ids, else by name in all queues. */
  List<BatchJob> find(Collection<JobId> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    Map<String, String> queues = new LinkedHashMap<>(); // by token
    Set<String> hints = new TreeSet<>();
    ids.forEach(id -> id.nativeId().map(Locator::whole).ifPresent(hints::add));
    Set<String> tokens = new HashSet<>();
    ids.forEach(id -> tokens.add(id.token()));
    calls
        .describe(hints)
        .values()
        .forEach(
            detail ->
                NativeName.parse(detail.jobName())
                    .map(NativeName::token)
                    .filter(tokens::contains)
                    .ifPresent(token -> queues.put(token, name(detail.jobQueue()))));
    List<String> all = tokens.size() > queues.size() ? site.queueNames() : List.of();
    List<String> found = new ArrayList<>();
    for (String token : tokens) {
      Stream<String> some = queues.containsKey(token) ? Stream.of(queues.get(token)) : all.stream();
      some.flatMap(queue -> sender.find(queue, token).stream())
          .map(Sender.Found::nativeId)
          .forEach(found::add);
    }
    return jobs(found);
  }

  /** The id of an array, or of a job of several nodes, by the id of a part of it. */
  private static String whole(String nativeId) {
    return nativeId.replaceAll("[:#].*", "");
  }

  private static String name(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }

  /** Finds all jobs of some queues but those of some tokens. */
  List<BatchJob> all(List<String> queues, Set<String> but) {
    Set<String> ids = new TreeSet<>();
    for (String queue : queues) {
      for (String status : STATUSES) {
        calls.jobs(queue, status).stream()
            .filter(job -> isNew(job, but))
            .map(JobSummary::jobId)
            .forEach(ids::add);
      }
    }
    return jobs(ids);
  }

  private static boolean isNew(JobSummary job, Set<String> but) {
    return NativeName.parse(job.jobName()).filter(name -> !but.contains(name.token())).isPresent();
  }

  private List<BatchJob> jobs(Collection<String> nativeIds) {
    Map<String, List<JobDetail>> byToken = new LinkedHashMap<>();
    calls.describe(nativeIds).values().stream()
        .sorted(Comparator.comparing(JobDetail::createdAt))
        .forEach(
            detail ->
                NativeName.parse(detail.jobName())
                    .ifPresent(
                        name ->
                            byToken
                                .computeIfAbsent(name.token(), token -> new ArrayList<>())
                                .add(detail)));
    return byToken.entrySet().stream().map(e -> job(e.getKey(), e.getValue())).toList();
  }

  private BatchJob job(String token, List<JobDetail> details) {
    List<IndexSet> sets = details.stream().map(Locator::indices).toList();
    int[] all = sets.stream().flatMapToInt(IndexSet::stream).distinct().toArray();
    JobDetail first = details.get(0);
    String name = RequestMapper.name(environment(first));
    BatchJob job =
        new BatchJob(
            JobId.of(BatchOptions.BACKEND, settings.scope(), token),
            null,
            null,
            IndexSet.of(all),
            name.isEmpty() ? NativeName.parse(first.jobName()).orElseThrow().rest() : name,
            name(first.jobQueue()),
            Instant.ofEpochMilli(first.createdAt()));
    for (int i = 0; i < details.size(); i++) {
      NativeName mark = NativeName.parse(details.get(i).jobName()).orElseThrow();
      NativeJob what =
          new NativeJob(mark.part(), sets.get(i), mark.attempt(), Memory.ofBytes(0), List.of());
      job.add(new Piece(details.get(i).jobId(), what, job.submittedAt));
    }
    return job;
  }

  /** The elements that one of AWS's jobs carries. */
  static IndexSet indices(JobDetail detail) {
    return Optional.of(RequestMapper.indices(environment(detail)))
        .filter(text -> !text.isEmpty())
        .map(IndexSet::parse)
        .orElse(IndexSet.empty());
  }

  private static List<KeyValuePair> environment(JobDetail detail) {
    if (detail.container() != null) {
      return detail.container().environment();
    }
    if (detail.nodeProperties() != null) {
      return detail.nodeProperties().nodeRangeProperties().stream()
          .filter(range -> range.container() != null)
          .findFirst()
          .map(range -> range.container().environment())
          .orElse(List.of());
    }
    return List.of();
  }
}
