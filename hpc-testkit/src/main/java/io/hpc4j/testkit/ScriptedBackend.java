package io.hpc4j.testkit;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Node;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A backend that has to be polled, and that is late, lossy and lying on command: to test what
 * clients make of it. Its jobs run on an inner backend, which knows the truth. Thread-safe.
 *
 * <p>What it does wrong is said by its {@link #faults()}; without any it tells the truth at once.
 */
public final class ScriptedBackend implements Backend {
  private static final String NAME = "scripted";

  private final Backend inner;
  private final Faults faults;
  private volatile PollPolicy pollPolicy;

  private ScriptedBackend(Backend inner) {
    this.inner = inner;
    faults = new Faults(inner.time());
    pollPolicy =
        inner.time() instanceof VirtualTime
            ? PollPolicy.DEFAULT
            : new PollPolicy(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(30));
  }

  /** Returns one over an inner backend, which it closes when it is closed. */
  public static ScriptedBackend over(Backend inner) {
    return new ScriptedBackend(inner);
  }

  /** What it does wrong, to be changed at any time, and what it was asked. */
  public Faults faults() {
    return faults;
  }

  /**
   * Sets how often it may be polled; default {@link PollPolicy#DEFAULT} in virtual time, and 20 ms
   * to 200 ms in real time.
   */
  public ScriptedBackend pollPolicy(PollPolicy policy) {
    pollPolicy = policy;
    return this;
  }

  @Override
  public PollPolicy pollPolicy() {
    return pollPolicy;
  }

  /** The id that the inner backend has for a job. */
  public JobId innerId(JobId id) {
    return translate(id, inner.name(), inner.scope());
  }

  private JobId outerId(JobId id) {
    return translate(id, NAME, scope());
  }

  private static JobId translate(JobId id, String backend, String scope) {
    JobId job = JobId.of(backend, scope, id.token());
    JobId element = id.index().isPresent() ? job.element(id.index().getAsInt()) : job;
    return id.node().isPresent() ? element.onNode(id.node().getAsInt()) : element;
  }

  private JobRequest innerRequest(JobRequest request) {
    if (request.dependencies().stream().allMatch(d -> d.on().backend().equals(inner.name()))) {
      return request;
    }
    JobRequest.Builder b = request.toBuilder().withoutDependencies();
    request.dependencies().forEach(d -> b.dependency(new Dependency(d.kind(), innerId(d.on()))));
    return b.build();
  }

  private JobStatus outer(JobStatus status) {
    return status.toBuilder().id(outerId(status.id())).source(NAME).build();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String scope() {
    return inner.scope();
  }

  @Override
  public TimeSource time() {
    return inner.time();
  }

  @Override
  public Capabilities capabilities() {
    return inner.capabilities();
  }

  @Override
  public List<Problem> check(JobRequest request) {
    return inner.check(innerRequest(request));
  }

  @Override
  public Plan plan(JobRequest request) {
    Plan plan = inner.plan(innerRequest(request));
    return new Plan(NAME, plan.artifacts(), plan.notes());
  }

  @Override
  public void submit(Submission submission) {
    faults.beforeSubmit(submission.id());
    inner.submit(
        new Submission(
            innerId(submission.id()), innerRequest(submission.request()), submission::accepted));
    faults.afterSubmit(submission.id());
  }

  @Override
  public Lookup find(Submission submission) {
    return faults
        .beforeFind(submission.id())
        .orElseGet(
            () ->
                inner.find(
                    new Submission(
                        innerId(submission.id()), submission.request(), submission::accepted)));
  }

  @Override
  public Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    faults.beforeDescribe(ids);
    Map<JobId, JobStatus> truth = new LinkedHashMap<>();
    inner
        .describe(ids.stream().map(this::innerId).toList())
        .values()
        .forEach(status -> truth.put(outerId(status.id()), outer(status)));
    return faults.answer(truth);
  }

  @Override
  public IndexSet indices(JobId array, Set<JobState> states) {
    return inner.indices(innerId(array), states);
  }

  @Override
  public List<Attempt> attempts(JobId id) {
    return inner.attempts(innerId(id));
  }

  @Override
  public List<JobStatus> list(JobFilter filter) {
    return inner.list(filter).stream().map(this::outer).toList();
  }

  @Override
  public Optional<WaitReason> explain(JobId id) {
    return inner.explain(innerId(id));
  }

  @Override
  public void cancel(JobId id, String reason) {
    inner.cancel(innerId(id), reason);
  }

  @Override
  public void hold(JobId id) {
    inner.hold(innerId(id));
  }

  @Override
  public void release(JobId id) {
    inner.release(innerId(id));
  }

  @Override
  public Logs logs(JobId id) {
    return inner.logs(innerId(id));
  }

  @Override
  public Optional<Object> result(JobId id) {
    return inner.result(innerId(id));
  }

  @Override
  public List<JobQueue> queues() {
    return inner.queues();
  }

  @Override
  public Optional<String> defaultQueue() {
    return inner.defaultQueue();
  }

  @Override
  public List<ComputeEnvironment> environments() {
    return inner.environments();
  }

  @Override
  public List<Node> nodes() {
    return inner.nodes();
  }

  @Override
  public void apply(JobQueue queue) {
    inner.apply(queue);
  }

  @Override
  public void close() {
    inner.close();
  }

  @Override
  public String toString() {
    return NAME + " over " + inner;
  }

  /** What the reply of a submission is when it does not arrive. */
  static BackendException lostReply(JobId id) {
    return BackendException.outcomeUnknown("the reply for " + id + " did not arrive", null);
  }
}
