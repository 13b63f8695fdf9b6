package io.hpc4j.slurm;

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
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.Ended;
import io.hpc4j.spi.JobTable;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs jobs on a Slurm cluster, by Slurm's own commands. Thread-safe. Construction does no I/O.
 *
 * <p>Where jobs are is asked by one squeue for all of them; by one sacct for those that squeue no
 * longer knows, where the cluster keeps accounts; and read from a record that each job's script
 * leaves. A job that none of them knows is {@link JobState#LOST} after a while, never ended.
 *
 * <p>Slurm does not do everything that a request may ask for. Further attempts, dependencies on
 * arrays and on jobs with further attempts, failure budgets and deadlines are the work of this
 * program, done whenever it asks where the jobs are: {@link io.hpc4j.JobClient#plan} says so.
 */
public final class SlurmBackend implements Backend {
  static final String NAME = "slurm";

  private static final int MOST_OVER = 10_000;
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(1);

  private final Settings settings;
  private final TimeSource time;
  private final Commands commands;
  private final Site site;
  private final Orders orders;
  private final Dependents dependents;
  private final Observer observer;
  private final Watch watch;
  private final Submissions submissions;
  private final Catalogue catalogue;
  private final Checks checks;
  private final Locator locator;
  private final JobTable<SlurmJob> jobs;
  private volatile boolean closed;

  private SlurmBackend(Settings settings, int mostOver) {
    this.settings = settings;
    time = settings.time();
    commands = new Commands(settings.runner(), settings.environment(), COMMAND_LIMIT);
    site = new Site(commands, time);
    jobs = new JobTable<>(mostOver, job -> job.id, job -> Optional.ofNullable(job.request));
    ExitRecords records = new ExitRecords(settings.records());
    Sender sender =
        new Sender(commands, records, new Search(commands, site, records), time, settings.nice());
    dependents = new Dependents(jobs);
    Steward steward = new Steward(commands, sender, site, dependents);
    observer = new Observer(commands, site, records);
    watch = new Watch(settings, observer, steward, records, jobs);
    orders = new Orders(commands, steward, watch, time);
    catalogue = new Catalogue(commands, site);
    submissions = new Submissions(settings, site, catalogue, sender, steward, watch);
    checks = new Checks(site, catalogue, this::known);
    locator = new Locator(commands, site, settings.scope());
  }

  /** Returns a backend for the cluster that Slurm's commands on this machine are set up for. */
  public static SlurmBackend create() {
    return builder().build();
  }

  /** Returns a builder of a backend. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String scope() {
    return settings.scope();
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public Capabilities capabilities() {
    return SlurmCapabilities.of(settings.nice());
  }

  @Override
  public PollPolicy pollPolicy() {
    PollPolicy wished = settings.pollPolicy();
    return site.longestPause()
        .filter(most -> most.compareTo(wished.longest()) < 0)
        .map(
            most ->
                new PollPolicy(
                    Collections.min(List.of(wished.shortest(), most)), most, wished.lostAfter()))
        .orElse(wished);
  }

  @Override
  public void probe() {
    open();
    site.forget();
    Object unused = site.config();
  }

  /** How often each of Slurm's commands was run so far. */
  public Map<String, Integer> commandCounts() {
    return commands.counts();
  }

  // ---- submitting

  @Override
  public List<Problem> check(JobRequest request) {
    open();
    List<Problem> problems = checks.check(request, time.instant());
    submissions.tooLarge(request).ifPresent(problems::add);
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
        .forEach(this::lookUp);
    submissions.adopt(submission, parts);
  }

  @Override
  public void remember(Ended job) {
    dependents.remember(job);
  }

  // ---- asking

  @Override
  public Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    open();
    Map<JobId, SlurmJob> asked = new LinkedHashMap<>();
    List<JobId> others = ids.stream().filter(id -> jobs.find(id).isEmpty()).toList();
    locator.find(others).forEach(jobs::found);
    for (JobId id : ids) {
      jobs.find(id).ifPresent(job -> asked.put(id, job));
    }
    if (!asked.isEmpty()) {
      watch.observe();
    }
    Map<JobId, JobStatus> answer = new LinkedHashMap<>();
    Instant now = time.instant();
    asked.forEach(
        (id, job) -> {
          synchronized (job) {
            if (isKnown(job, id)) {
              answer.put(id, Statuses.of(job, id, now));
            }
          }
        });
    return answer;
  }

  private static boolean isKnown(SlurmJob job, JobId id) {
    return id.index().isEmpty() || (job.isArray() && job.task(id.index().getAsInt()).isPresent());
  }

  /** A job that is known here, or that Slurm finds by its token. */
  private Optional<SlurmJob> lookUp(JobId id) {
    Optional<SlurmJob> known = jobs.find(id);
    return known.isPresent()
        ? known
        : locator.find(List.of(id)).stream().map(jobs::found).findFirst();
  }

  private SlurmJob known(JobId id) {
    open();
    return lookUp(id)
        .orElseThrow(() -> new NotFoundException("job " + id + " is not known to Slurm"));
  }

  @Override
  public IndexSet indices(JobId array, Set<JobState> states) {
    SlurmJob job = known(array);
    watch.observe();
    synchronized (job) {
      return job.indices(states);
    }
  }

  @Override
  public List<Attempt> attempts(JobId id) {
    SlurmJob job = known(id);
    watch.observe();
    return job.isArray() && id.index().isEmpty() ? List.of() : observer.attempts(job, id);
  }

  @Override
  public List<JobStatus> list(JobFilter filter) {
    open();
    if (filter.queue().filter(site::lacks).isPresent()) {
      throw new NotFoundException("there is no partition " + filter.queue().get());
    }
    locator.all(jobs.tokens()).forEach(jobs::found);
    watch.observe();
    Instant now = time.instant();
    List<JobStatus> all = new ArrayList<>();
    for (SlurmJob job : jobs.all()) {
      synchronized (job) {
        if (job.wasSeen()) {
          all.add(Statuses.of(job, now));
        } else { // Slurm has just forgotten what it had told of
          jobs.forget(job);
        }
      }
    }
    return all.stream()
        .filter(filter::matches)
        .sorted(
            Comparator.comparing((JobStatus s) -> s.submittedAt().orElse(Instant.MAX))
                .thenComparing(s -> Long.parseLong(s.nativeId().orElse("0"))))
        .toList();
  }

  @Override
  public Optional<WaitReason> explain(JobId id) {
    SlurmJob job = known(id);
    watch.observe();
    synchronized (job) {
      return Waits.of(job, id, time.instant());
    }
  }

  @Override
  public Logs logs(JobId id) {
    SlurmJob job = known(id);
    synchronized (job) {
      return JobLogs.of(job, id);
    }
  }

  // ---- ordering

  @Override
  public void cancel(JobId id, String reason) {
    orders.cancel(known(id), id, reason);
  }

  @Override
  public void settle(JobId id, JobState state) {
    jobs.find(id).ifPresent(job -> orders.settle(job, id, state));
  }

  @Override
  public void hold(JobId id) {
    orders.hold(known(id), true);
  }

  @Override
  public void release(JobId id) {
    orders.hold(known(id), false);
  }

  // ---- the cluster

  @Override
  public List<JobQueue> queues() {
    open();
    return catalogue.queues();
  }

  @Override
  public Optional<String> defaultQueue() {
    open();
    return catalogue.defaultQueue();
  }

  @Override
  public List<ShareStatus> shares(String queue) {
    open();
    return catalogue.shares(queue);
  }

  @Override
  public List<ComputeEnvironment> environments() {
    open();
    return catalogue.environments();
  }

  @Override
  public List<Node> nodes() {
    open();
    return catalogue.nodes();
  }

  @Override
  public void apply(JobQueue queue) {
    open();
    throw new BackendException(
        "Slurm's partitions are set up by its administrators: " + queue.name(), null);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (settings.cancelsOnClose()) {
      // where one cannot be cancelled the others would only take as long to fail
      boolean unused = jobs.open().stream().allMatch(orders::cancelOnClose);
    }
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException("the Slurm backend is closed");
    }
  }

  @Override
  public String toString() {
    return NAME + ":" + settings.scope() + " by " + settings.runner();
  }

  /** Builds a {@link SlurmBackend}. Not thread-safe. */
  public static final class Builder {
    private CommandRunner runner = CommandRunner.local();
    private String scope = "default";
    private Path directory = Path.of("").toAbsolutePath();
    private Path records = Path.of(System.getProperty("user.home", "/"), ".hpc4j", "slurm");
    private PollPolicy pollPolicy =
        new PollPolicy(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMinutes(5));
    private final Map<String, String> environment = new TreeMap<>();
    private TimeSource time = TimeSource.system();
    private boolean nice;
    private boolean cancelsOnClose;
    private int mostOver = MOST_OVER;

    private Builder() {}

    /** Sets how commands are run; default: on this machine. */
    public Builder runner(CommandRunner value) {
      runner = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Sets the name of the cluster in job ids; default: {@code default}. */
    public Builder scope(String value) {
      scope = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Sets Slurm's configuration file, {@code SLURM_CONF}; default: what the commands find. */
    public Builder configuration(Path file) {
      environment.put("SLURM_CONF", file.toString());
      return this;
    }

    /** Sets where jobs run that do not say otherwise; default: this program's own directory. */
    public Builder workingDirectory(Path value) {
      directory = value.toAbsolutePath();
      return this;
    }

    /**
     * Sets the folder of the records that jobs leave of their ends, which has to be one that the
     * nodes share; default: {@code .hpc4j/slurm} in the user's home. A job's records are removed
     * when its end is known.
     */
    public Builder records(Path folder) {
      records = folder.toAbsolutePath();
      return this;
    }

    /** Sets how often to ask; default: 2 s to 30 s, lost after 5 minutes. */
    public Builder pollPolicy(PollPolicy value) {
      pollPolicy = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Turns priorities into nice values, 9999 less the priority. Slurm lets users put their jobs
     * back only, so this puts all of them behind those of others. Default: priorities are not used.
     */
    public Builder nice() {
      nice = true;
      return this;
    }

    /** Cancels this program's jobs when the backend is closed; default: they go on. */
    public Builder cancelJobsOnClose() {
      cancelsOnClose = true;
      return this;
    }

    /** Sets how many jobs that are over are remembered, for tests; default: 10,000. */
    Builder mostOver(int value) {
      mostOver = value;
      return this;
    }

    /** Sets the time that it lives in, for tests. */
    Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /** Returns the backend; does no I/O. */
    public SlurmBackend build() {
      return new SlurmBackend(
          new Settings(
              runner,
              scope,
              directory,
              records,
              pollPolicy,
              environment,
              time,
              nice,
              cancelsOnClose),
          mostOver);
    }
  }
}
