package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeName;
import io.hpc4j.batch.status.Arn;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.batch.model.JobSummary;

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
                    .ifPresent(token -> queues.put(token, Arn.name(detail.jobQueue()))));
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
    Map<String, List<Label>> byToken = new LinkedHashMap<>();
    labels(nativeIds)
        .forEach(one -> byToken.computeIfAbsent(one.token(), t -> new ArrayList<>()).add(one));
    return byToken.values().stream().map(this::job).toList();
  }

  /** What AWS's jobs say of ours, in the order in which they were to be sent. */
  List<Label> labels(Collection<String> nativeIds) {
    return calls.describeWithMainNodes(nativeIds).values().stream()
        .flatMap(detail -> Label.of(detail).stream())
        .sorted(
            Comparator.comparing((Label one) -> one.mark().attempt())
                .thenComparing(one -> one.mark().part()))
        .toList();
  }

  private BatchJob job(List<Label> labels) {
    Label first = labels.get(0);
    int[] all = labels.stream().flatMapToInt(one -> one.indices().stream()).distinct().toArray();
    BatchJob job =
        new BatchJob(
            JobId.of(BatchOptions.BACKEND, settings.scope(), first.token()),
            null,
            null,
            IndexSet.of(all),
            first.name(),
            Arn.name(first.detail().jobQueue()),
            first.created().orElse(settings.time().instant()));
    job.size = Math.max(first.size(), all.length);
    job.elsewhere = first.further();
    job.multiNode = first.isMultiNode();
    add(job, labels);
    return job;
  }

  private void add(BatchJob job, List<Label> labels) {
    Instant now = settings.time().instant();
    for (Label one : labels) {
      Piece piece = new Piece(one.detail().jobId(), one.what(Memory.ofBytes(0)), job.submittedAt);
      job.add(piece);
      if (job.pieces.contains(piece)) {
        // before the next attempt takes its place
        Observer.see(job, piece, Map.of(piece.nativeId, one.detail()), now);
      }
    }
  }

  /** Looks for what other programs have sent since of jobs of which they may send more. */
  void complete(Collection<BatchJob> some) {
    for (BatchJob job : some) {
      synchronized (job) {
        if (job.mayGrowElsewhere()) {
          Set<String> known = job.pieces.stream().map(p -> p.nativeId).collect(Collectors.toSet());
          List<String> more =
              sender.find(job.queue, job.id.token()).stream()
                  .map(Sender.Found::nativeId)
                  .filter(id -> !known.contains(id))
                  .toList();
          add(job, labels(more));
        }
      }
    }
  }
}
