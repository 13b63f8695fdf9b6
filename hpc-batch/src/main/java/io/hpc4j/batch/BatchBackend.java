package io.hpc4j.batch;

import io.hpc4j.batch.request.DefinitionCache;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.InvalidJobException;
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
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.Ended;
import io.hpc4j.spi.JobTable;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/**
 * Runs jobs on AWS Batch, by the client that it is given and does not close. Thread-safe.
 * Construction does no I/O.
 *
 * <pre>{@code
 * Backend backend = BatchBackend.builder(BatchClient.create()).queue("spot").build();
 * }</pre>
 *
 * <p>Jobs are asked for in hundreds, arrays each as one. A submission is never sent twice unless
 * the first certainly had no effect. A job that AWS does not know any more is lost after a while,
 * never ended.
 *
 * <p>AWS Batch does not do everything that a request may ask for. Further attempts by rules that it
 * cannot tell apart, failure budgets, begin times, holds, limits, and waiting for an end or a
 * failure are the work of this program, done whenever it asks where the jobs are: {@link
 * io.hpc4j.JobClient#plan} says so.
 */
public final class BatchBackend implements Backend {
  private static final int MOST_OVER = 10_000;

  private final Settings settings;
  private final Calls calls;
  private final Site site;
  private final JobTable<BatchJob> jobs;
  private final Dependents dependents;
  private final Orders orders;
  private final Holding holding;
  private final Sender sender;
  private final Watch watch;
  private final Submissions submissions;
  private final Checks checks;
  private final Questions questions;
  private final Catalogue catalogue;
  private final Definitions definitions;
  private final Provisioning provisioning;
  private final Removal removal;
  private final boolean hasLogs;
  private volatile boolean closed;

  private BatchBackend(
      Settings settings,
      Calls calls,
      @Nullable LogReader logs,
      Provisioning.Blueprint blueprint,
      int mostOver) {
    jobs = new JobTable<>(mostOver, job -> job.id, job -> Optional.ofNullable(job.request));
    dependents = new Dependents(jobs);
    this.settings = settings;
    this.calls = calls;
    hasLogs = logs != null;
    site = new Site(calls, settings);
    sender = new Sender(calls, new DefinitionCache(calls, settings.time()), settings.time());
    Observer observer = new Observer(calls, settings.pollPolicy().lostAfter());
    orders = new Orders(calls, sender);
    holding = new Holding(calls, jobs);
    Steward steward = new Steward(calls, sender, observer, dependents, orders, holding, settings);
    Locator locator = new Locator(calls, sender, site, settings);
    watch = new Watch(settings, observer, locator, steward, jobs);
    submissions = new Submissions(settings, site, sender, orders, dependents, watch);
    questions = new Questions(settings, calls, site, jobs, watch, observer, locator, logs);
    checks = new Checks(site, questions::known, settings.time());
    catalogue = new Catalogue(calls, site);
    definitions = new Definitions(calls, site, settings);
    Account account = new Account(calls, new Patience(settings.time()));
    provisioning = new Provisioning(account, blueprint);
    removal = new Removal(account);
  }

  /** Returns a backend for the account and Region of a client. */
  public static BatchBackend create(BatchClient client) {
    return builder(client).build();
  }

  /** Returns a builder of a backend for the account and Region of a client. */
  public static Builder builder(BatchClient client) {
    return new Builder(client);
  }

  @Override
  public String name() {
    return BatchOptions.BACKEND;
  }

  @Override
  public String scope() {
    return settings.scope();
  }

  @Override
  public TimeSource time() {
    return settings.time();
  }

  @Override
  public Capabilities capabilities() {
    return BatchCapabilities.of(hasLogs);
  }

  @Override
  public PollPolicy pollPolicy() {
    return settings.pollPolicy();
  }

  @Override
  public void probe() {
    open();
    settings.queue().ifPresentOrElse(site::queue, site::queueNames);
  }

  /** How often each of AWS Batch's operations was called so far, retries by the SDK left out. */
  public Map<String, Integer> callCounts() {
    return calls.counts();
  }

  // ---- submitting

  @Override
  public List<Problem> check(JobRequest request) {
    open();
    List<Problem> problems = checks.check(submissions.completed(request), settings.image());
    boolean right = request.problems().isEmpty() && capabilities().problems(request).isEmpty();
    if (problems.isEmpty() && right) {
      problems.addAll(submissions.tooLarge(request));
    }
    return problems;
  }

  @Override
  public Plan plan(JobRequest request) {
    open();
    return submissions.plan(request, capabilities());
  }

  @Override
  public void submit(Submission submission) {
    List<Problem> problems = check(submission.request());
    if (!problems.isEmpty()) {
      throw new InvalidJobException(problems);
    }
    submissions.submit(submission);
    if (closed && settings.cancelsOnClose()) { // meanwhile
      jobs.find(submission.id()).ifPresent(job -> orders.cancelQuietly(job, now()));
    }
  }

  @Override
  public Lookup find(Submission submission) {
    open();
    return submissions.find(submission);
  }

  @Override
  public void adopt(Submission submission, List<Accepted> parts) {
    open();
    submission.request().dependencies().stream()
        .map(Dependency::on)
        .filter(on -> !dependents.remembers(on))
        .forEach(questions::lookUp);
    submissions.adopt(submission, parts);
  }

  @Override
  public void remember(Ended job) {
    dependents.remember(job);
  }

  /**
   * Deregisters the definitions of this library that no open job uses and that were registered
   * longer ago than this. A program that still wants one registers it again.
   *
   * @return the ARNs of those that were deregistered
   */
  public List<String> deleteUnusedDefinitions(Duration olderThan) {
    open();
    return definitions.deleteUnused(olderThan);
  }

  // ---- asking

  @Override
  public Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    open();
    return questions.describe(ids);
  }

  @Override
  public IndexSet indices(JobId array, Set<JobState> states) {
    open();
    return questions.indices(array, states);
  }

  @Override
  public List<Attempt> attempts(JobId id) {
    open();
    return questions.attempts(id);
  }

  @Override
  public List<JobStatus> list(JobFilter filter) {
    open();
    return questions.list(filter);
  }

  @Override
  public Optional<WaitReason> explain(JobId id) {
    open();
    return questions.explain(id);
  }

  @Override
  public Logs logs(JobId id) {
    open();
    return questions.logs(id);
  }

  // ---- ordering

  @Override
  public void cancel(JobId id, String reason) {
    open();
    BatchJob job = questions.known(id);
    synchronized (job) {
      if (job.isBetweenAttemptsElsewhere(id)) {
        throw new BackendException(
            "AWS Batch has nothing of job "
                + id
                + " to end: only the program that has submitted it can cancel it now",
            null);
      }
    }
    if (id.index().isPresent()) {
      orders.cancel(job, id.index().getAsInt(), reason, now());
    } else {
      orders.cancel(job, reason, now());
    }
  }

  @Override
  public void settle(JobId id, JobState state) {
    jobs.find(id).ifPresent(job -> orders.settle(job, id, state, now()));
  }

  /**
   * Holds a job of this program. What waits on AWS Batch is taken back and sent again when it is
   * released; what runs goes on.
   *
   * @throws BackendException if AWS has it and it cannot be taken back: another program has
   *     submitted it, its elements go one after the other, or AWS lets other jobs wait for it
   */
  @Override
  public void hold(JobId id) {
    open();
    BatchJob job = questions.known(id);
    watch.look(job);
    holding.hold(job);
  }

  @Override
  public void release(JobId id) {
    open();
    BatchJob job = questions.known(id);
    if (holding.release(job)) {
      watch.look(job);
    }
  }

  private Instant now() {
    return settings.time().instant();
  }

  // ---- the account

  @Override
  public List<JobQueue> queues() {
    open();
    return catalogue.queues();
  }

  @Override
  public Optional<String> defaultQueue() {
    return settings.queue();
  }

  @Override
  public List<ComputeEnvironment> environments() {
    open();
    return catalogue.environments();
  }

  /** None: AWS Batch does not tell its instances. */
  @Override
  public List<Node> nodes() {
    open();
    return List.of();
  }

  /**
   * Creates or updates a queue, its scheduling policy and those of its environments that the
   * backend was given a {@link BatchEnvironment} of; returns when all of them are VALID. What is
   * right already is not touched, so that a second time changes nothing. In virtual time it lets
   * time pass. An environment that the backend knows nothing of is used as it is.
   *
   * <p>What is created is tagged {@code hpc4j}. A weight becomes one over it. A disabled queue
   * takes no jobs on AWS Batch.
   *
   * @throws io.hpc4j.model.InvalidJobException listing everything that is wrong; nothing has
   *     changed
   * @throws BackendException if AWS refuses a change, in its words, or something becomes INVALID,
   *     with AWS's reason; changes before it have been made, and applying again goes on
   */
  @Override
  public void apply(JobQueue queue) {
    open();
    try {
      provisioning.apply(queue);
    } finally {
      site.forget();
    }
  }

  /**
   * Says what {@link #apply} would change, and changes nothing.
   *
   * @return each change in words, in order; empty if there is none
   * @throws io.hpc4j.model.InvalidJobException as apply would
   */
  public List<String> changes(JobQueue queue) {
    open();
    return provisioning.changes(queue);
  }

  /**
   * Deletes a queue that {@link #apply} has created, then those of its environments and policies
   * that it has created and no other queue uses; returns when they are gone. AWS Batch ends the
   * jobs in it. What is gone already is no error.
   *
   * @return what was deleted, in words
   * @throws BackendException if the queue was made by others, or AWS refuses; deleting again goes
   *     on
   */
  public List<String> delete(String queue) {
    open();
    try {
      return removal.delete(queue);
    } finally {
      site.forget();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    watch.close();
    sender.close();
    if (settings.cancelsOnClose()) {
      boolean unused =
          jobs.open().stream()
              .filter(job -> job.request != null)
              .allMatch(job -> orders.cancelQuietly(job, now()));
    }
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException("the AWS Batch backend is closed");
    }
  }

  @Override
  public String toString() {
    return name() + ":" + scope();
  }

  /** Builds a {@link BatchBackend}. Not thread-safe. */
  public static final class Builder {
    private final BatchClient client;
    private String scope = "default";
    private String image = "";
    private @Nullable String queue;
    private @Nullable String share;
    private @Nullable LogReader logs;
    private double callsPerSecond = 20;
    private double submitsPerSecond = 40;
    private PollPolicy pollPolicy =
        new PollPolicy(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMinutes(5));
    private boolean cancelsOnClose;
    private final Map<String, BatchEnvironment> environments = new LinkedHashMap<>();
    private final Map<String, Duration> timeLimits = new LinkedHashMap<>();
    private TimeSource time = TimeSource.system();
    private int mostOver = MOST_OVER;

    private Builder(BatchClient client) {
      this.client = Objects.requireNonNull(client, "client");
    }

    /** Sets the name of the account and Region in job ids; default: {@code default}. */
    public Builder scope(String value) {
      scope = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Sets the image of jobs that name none; default: such jobs are refused. */
    public Builder image(String value) {
      image = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Sets the queue of jobs that name none; default: such jobs are refused. */
    public Builder queue(String value) {
      queue = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Sets the share of jobs that name none, in queues with a scheduling policy; default: such jobs
     * are refused there.
     */
    public Builder share(String value) {
      share = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Sets where logs are read; default: they are not. */
    public Builder logs(CloudWatchLogsClient value) {
      logs = new CloudWatchReader(Objects.requireNonNull(value, "value"));
      return this;
    }

    /** Sets where logs are read, for tests. */
    Builder logs(LogReader value) {
      logs = value;
      return this;
    }

    /**
     * Sets how many calls are made in a second at most, by all backends of this client together; of
     * several the lowest counts. AWS allows an account 50 submissions. Default: 40 submissions and
     * 20 others.
     */
    public Builder callsPerSecond(double submissions, double others) {
      if (!(submissions > 0) || !(others > 0)) {
        throw new IllegalArgumentException(
            "calls per second must be more than zero: " + submissions + ", " + others);
      }
      submitsPerSecond = submissions;
      callsPerSecond = others;
      return this;
    }

    /** Sets how often to ask; default: 5 s to 60 s, lost after 5 minutes. */
    public Builder pollPolicy(PollPolicy value) {
      pollPolicy = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Cancels this program's jobs when the backend is closed; default: they go on. */
    public Builder cancelJobsOnClose() {
      cancelsOnClose = true;
      return this;
    }

    /**
     * Says what AWS has to know of a compute environment so that queues can be applied that name
     * it; default: environments have to be there.
     *
     * @throws IllegalArgumentException if there is one of this name
     */
    public Builder environment(BatchEnvironment value) {
      if (environments.putIfAbsent(value.name(), value) != null) {
        throw new IllegalArgumentException("two environments of one name: " + value.name());
      }
      return this;
    }

    /**
     * Lets queues that are applied cancel a job that has blocked them for too long, so that it ends
     * as UNSCHEDULABLE; can be said of several reasons. Default: such jobs wait without end.
     *
     * @param reason what AWS says of the job: {@code MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT}
     * @param limit 600 s to a day
     */
    public Builder jobStateTimeLimit(String reason, Duration limit) {
      timeLimits.put(
          Objects.requireNonNull(reason, "reason"), Objects.requireNonNull(limit, "limit"));
      return this;
    }

    /** Sets the time that it lives in, for tests. */
    Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /** Sets how many jobs that are over are kept in memory, for tests. */
    Builder mostOver(int value) {
      mostOver = value;
      return this;
    }

    /** Returns the backend; does no I/O. */
    public BatchBackend build() {
      return new BatchBackend(
          new Settings(
              scope,
              image,
              Optional.ofNullable(queue),
              Optional.ofNullable(share),
              pollPolicy,
              cancelsOnClose,
              time),
          new Calls(client, time, callsPerSecond, submitsPerSecond),
          logs,
          new Provisioning.Blueprint(environments, timeLimits),
          mostOver);
    }
  }
}
