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
import io.hpc4j.model.ShareStatus;
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
 * Its jobs have ids of its own, with the tokens that the inner backend knows them by.
 *
 * <pre>{@code
 * ScriptedBackend backend = ScriptedBackend.over(LocalBackend.create());
 * backend.faults().loseReplies(1).lateVisibility(Duration.ofSeconds(7));
 * try (JobClient hpc = JobClient.on(backend)) {
 *   hpc.submit(job).await().orThrow(); // is there once, whatever was lost
 * }
 * }</pre>
 */
public final class ScriptedBackend implements Backend {
  private static final String NAME = "scripted";

  private final Backend inner;
  private final Faults faults;
  private final boolean closesInner;
  private volatile PollPolicy pollPolicy;
  private volatile boolean closed;

  private ScriptedBackend(
      Backend inner, Faults faults, boolean closesInner, PollPolicy pollPolicy) {
    this.inner = inner;
    this.faults = faults;
    this.closesInner = closesInner;
    this.pollPolicy = pollPolicy;
  }

  /** Returns one over an inner backend, which it closes when it is closed. */
  public static ScriptedBackend over(Backend inner) {
    PollPolicy policy =
        inner.time() instanceof VirtualTime
            ? PollPolicy.DEFAULT
            : new PollPolicy(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(30));
    return new ScriptedBackend(inner, new Faults(inner.time()), true, policy);
  }

  /**
   * Returns another connection to the same jobs, with the same faults and counts. Its close leaves
   * the jobs, and this connection, alone.
   */
  public ScriptedBackend reconnect() {
    return new ScriptedBackend(inner, faults, false, pollPolicy);
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
    return open().check(innerRequest(request));
  }

  @Override
  public Plan plan(JobRequest request) {
    Plan plan = open().plan(innerRequest(request));
    return new Plan(NAME, plan.artifacts(), plan.notes());
  }

  @Override
  public void submit(Submission submission) {
    Backend target = open();
    faults.beforeSubmit(submission.id());
    target.submit(
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
                open()
                    .find(
                        new Submission(
                            innerId(submission.id()), submission.request(), submission::accepted)));
  }

  @Override
  public Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    Backend source = open();
    faults.beforeDescribe(ids);
    Map<JobId, JobStatus> truth = new LinkedHashMap<>();
    source
        .describe(ids.stream().map(this::innerId).toList())
        .values()
        .forEach(status -> truth.put(outerId(status.id()), outer(status)));
    return faults.answer(truth);
  }

  @Override
  public IndexSet indices(JobId array, Set<JobState> states) {
    return open().indices(innerId(array), states);
  }

  @Override
  public List<Attempt> attempts(JobId id) {
    return open().attempts(innerId(id));
  }

  @Override
  public List<JobStatus> list(JobFilter filter) {
    return faults.list(open().list(filter).stream().map(this::outer).toList());
  }

  @Override
  public Optional<WaitReason> explain(JobId id) {
    return open()
        .explain(innerId(id))
        .map(why -> why.about(why.jobs().stream().map(this::outerId).toList()));
  }

  @Override
  public void cancel(JobId id, String reason) {
    open().cancel(innerId(id), reason);
  }

  @Override
  public void hold(JobId id) {
    open().hold(innerId(id));
  }

  @Override
  public void release(JobId id) {
    open().release(innerId(id));
  }

  @Override
  public Logs logs(JobId id) {
    return open().logs(innerId(id));
  }

  @Override
  public Optional<Object> result(JobId id) {
    return open().result(innerId(id));
  }

  @Override
  public List<JobQueue> queues() {
    return open().queues();
  }

  @Override
  public Optional<String> defaultQueue() {
    return open().defaultQueue();
  }

  @Override
  public List<ShareStatus> shares(String queue) {
    return open().shares(queue);
  }

  @Override
  public List<ComputeEnvironment> environments() {
    return open().environments();
  }

  @Override
  public List<Node> nodes() {
    return open().nodes();
  }

  @Override
  public void apply(JobQueue queue) {
    open().apply(queue);
  }

  @Override
  public void close() {
    closed = true;
    if (closesInner) {
      inner.close();
    }
  }

  private Backend open() {
    if (closed) {
      throw new IllegalStateException("the scripted backend is closed");
    }
    return inner;
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
