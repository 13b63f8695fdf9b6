package io.hpc4j.batch;

import io.hpc4j.batch.request.DefinitionCache;
import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.NativeName;
import io.hpc4j.batch.request.RequestMapper;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.RetryPolicy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.batch.model.ArrayJobDependency;
import software.amazon.awssdk.services.batch.model.ContainerOverrides;
import software.amazon.awssdk.services.batch.model.JobDependency;
import software.amazon.awssdk.services.batch.model.NodePropertyOverride;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** Hands jobs to AWS Batch. Thread-safe. */
final class Sender {
  /** What AWS takes of one job; more are gathered by jobs that do nothing else. */
  static final int MOST_DEPENDENCIES = 20;

  private final Calls calls;
  private final DefinitionCache definitions;
  private final InstantSource time;
  private volatile boolean closed;

  Sender(Calls calls, DefinitionCache definitions, InstantSource time) {
    this.calls = calls;
    this.definitions = definitions;
    this.time = time;
  }

  /** Nothing more is sent. */
  void close() {
    closed = true;
  }

  /** What would be sent of a part. */
  static SubmitJobRequest request(BatchJob job, NativeJob part, String definition) {
    return RequestMapper.submission(
        Objects.requireNonNull(job.request),
        Objects.requireNonNull(job.form),
        job.id.token(),
        part,
        job.queue,
        definition);
  }

  /** The definition of a job, without its name. */
  static RegisterJobDefinitionRequest definition(BatchJob job) {
    return RequestMapper.definition(
        Objects.requireNonNull(job.request), Objects.requireNonNull(job.form));
  }

  /**
   * Sends a part; called under the job's lock.
   *
   * @param existing the definition to use; empty: one that fits
   */
  void send(BatchJob job, NativeJob part, Optional<String> existing) {
    if (closed) {
      throw new BackendException("the backend is closed", null);
    }
    NativeJob ready = chained(job, part);
    String nativeId;
    try {
      nativeId = submit(job, ready, existing);
    } catch (Calls.Refused e) {
      if (existing.isPresent() || !isInactive(e)) {
        throw e;
      }
      definitions.forget(definition(job));
      nativeId = submit(job, ready, existing);
    }
    job.add(new Piece(nativeId, part, time.instant()));
  }

  private String submit(BatchJob job, NativeJob part, Optional<String> existing) {
    return calls.submit(request(job, gather(job, part, existing), arn(job, existing)));
  }

  private String arn(BatchJob job, Optional<String> existing) {
    return existing.orElseGet(() -> definitions.arn(definition(job)));
  }

  /** Whether somebody has deregistered the definition. */
  private static boolean isInactive(Calls.Refused e) {
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("definition")
        && Stream.of("active", "not found", "not exist", "deregistered").anyMatch(text::contains);
  }

  /** One element after the other, over all parts. */
  private static NativeJob chained(BatchJob job, NativeJob part) {
    if (!Objects.requireNonNull(job.request).sequential()) {
      return part;
    }
    List<JobDependency> on = new ArrayList<>(part.dependsOn());
    if (part.isArray()) {
      on.add(JobDependency.builder().type(ArrayJobDependency.SEQUENTIAL).build());
    }
    List<Piece> before = job.before(part);
    if (!before.isEmpty()) {
      on.add(on(before.get(before.size() - 1).nativeId));
    }
    return part.after(on);
  }

  /** A dependency on the success of one of AWS's jobs. */
  static JobDependency on(String nativeId) {
    return JobDependency.builder().jobId(nativeId).build();
  }

  /**
   * Lets jobs that do nothing wait for what is too much for one; {@link Checks} leaves them a place
   * beside those by index, which they cannot stand for.
   */
  private NativeJob gather(BatchJob job, NativeJob part, Optional<String> existing) {
    List<JobDependency> all = part.dependsOn();
    List<JobDependency> plain = all.stream().filter(on -> on.type() == null).toList();
    List<JobDependency> rest = all.stream().filter(on -> on.type() != null).toList();
    while (plain.size() + rest.size() > MOST_DEPENDENCIES) {
      List<JobDependency> fewer = new ArrayList<>();
      for (int from = 0; from < plain.size(); from += MOST_DEPENDENCIES) {
        List<JobDependency> some =
            plain.subList(from, Math.min(plain.size(), from + MOST_DEPENDENCIES));
        fewer.add(on(barrier(job, part, existing, some)));
      }
      plain = fewer;
    }
    return part.after(Stream.concat(plain.stream(), rest.stream()).toList());
  }

  /** One that waits for these, which may be there: a reply may have been lost. */
  private String barrier(
      BatchJob job, NativeJob part, Optional<String> existing, List<JobDependency> on) {
    String name = NativeName.barrier(job.id.token(), on.stream().map(d -> d.jobId()).toList());
    if (!job.barriers.containsKey(name)) {
      job.barriers.putAll(barriers(job));
    }
    String known = job.barriers.get(name);
    if (known != null) {
      return known;
    }
    String sent = calls.submit(barrier(job, part, existing, name, on));
    job.barriers.put(name, sent);
    return sent;
  }

  /** The jobs that do nothing but gather what a job waits for, by their names. */
  Map<String, String> barriers(BatchJob job) {
    Map<String, String> found = new LinkedHashMap<>();
    calls
        .named(job.queue, NativeName.barriers(job.id.token()))
        .forEach(one -> found.put(one.jobName(), one.jobId()));
    return found;
  }

  private SubmitJobRequest barrier(
      BatchJob job,
      NativeJob part,
      Optional<String> existing,
      String name,
      List<JobDependency> on) {
    SubmitJobRequest like = request(job, part, arn(job, existing));
    SubmitJobRequest.Builder b =
        SubmitJobRequest.builder()
            .jobName(name)
            .jobQueue(like.jobQueue())
            .jobDefinition(like.jobDefinition())
            .shareIdentifier(like.shareIdentifier())
            .schedulingPriorityOverride(like.schedulingPriorityOverride())
            .retryStrategy(r -> r.attempts(RetryPolicy.MAX_ATTEMPTS))
            .dependsOn(on);
    ContainerOverrides nothing =
        ContainerOverrides.builder().command("/bin/sh", "-c", "exit 0").build();
    if (like.nodeOverrides() == null) {
      return b.containerOverrides(nothing).build();
    }
    NodePropertyOverride all =
        like.nodeOverrides().nodePropertyOverrides().get(0).toBuilder()
            .containerOverrides(nothing)
            .build();
    return b.nodeOverrides(n -> n.nodePropertyOverrides(List.of(all))).build();
  }

  /** Looks for a part that AWS may have; empty if it does not show it. */
  Optional<String> find(BatchJob job, NativeJob part) {
    String name = request(job, part, "").jobName();
    return calls.named(job.queue, name).stream()
        .filter(found -> found.jobName().equals(name))
        .map(found -> found.jobId())
        .findFirst();
  }

  /** The jobs of AWS's in a queue that carry the job of a token, by their names. */
  List<Found> find(String queue, String token) {
    return calls.named(queue, NativeName.prefix(token)).stream()
        .flatMap(
            job ->
                NativeName.parse(job.jobName())
                    .filter(name -> name.token().equals(token))
                    .map(name -> new Found(job.jobId(), name))
                    .stream())
        .toList();
  }

  /** One of AWS's jobs, with its name taken apart. */
  record Found(String nativeId, NativeName name) {}
}
