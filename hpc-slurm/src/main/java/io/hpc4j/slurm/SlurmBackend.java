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
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final String NAME = "slurm";
  private static final Logger LOG = LoggerFactory.getLogger(SlurmBackend.class);

  /** How long ago an earlier program may have sent what is looked for. */
  private static final Duration LONGEST_ABSENCE = Duration.ofDays(30);

  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);

  private final Builder settings;
  private final TimeSource time;
  private final Commands commands;
  private final Site site;
  private final ExitRecords records;
  private final Search search;
  private final Sender sender;
  private final Observer observer;
  private final Dependents dependents;
  private final Steward steward;
  private final Catalogue catalogue;
  private final Checks checks;
  private final Locator locator;
  private final Map<String, SlurmJob> jobs = new ConcurrentHashMap<>();
  private final Map<String, Instant> lookedForSince = new ConcurrentHashMap<>();
  private final ReentrantLock observing = new ReentrantLock();
  private volatile boolean closed;

  private SlurmBackend(Builder settings) {
    this.settings = settings;
    time = settings.time;
    commands = new Commands(settings.runner, settings.environment, COMMAND_LIMIT);
    site = new Site(commands, time);
    records = new ExitRecords(settings.records);
    search = new Search(commands, site);
    sender = new Sender(commands, records, search, settings.nice);
    observer = new Observer(commands, site, records);
    dependents = new Dependents(id -> Optional.ofNullable(jobs.get(id.token())));
    steward = new Steward(commands, sender, site, dependents);
    catalogue = new Catalogue(commands, site);
    checks = new Checks(site, catalogue, this::known);
    locator = new Locator(commands, site, settings.scope);
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
    return settings.scope;
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public Capabilities capabilities() {
    return SlurmCapabilities.of(settings.nice);
  }

  @Override
  public PollPolicy pollPolicy() {
    return settings.pollPolicy;
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
    return checks.check(request, time.instant());
  }

  @Override
  public Plan plan(JobRequest request) {
    open();
    String queue = queueOf(request);
    SlurmJob job = newJob(JobId.of(NAME, settings.scope, "token"), request, queue);
    NativeJob first = Sender.windows(job, site.maxArraySize()).get(0);
    List<String> command = sender.arguments(job, first, request.hold());
    return SlurmPlan.of(
        request,
        queue,
        capabilities(),
        command,
        sender.shown(job, first),
        Sender.windows(job, site.maxArraySize()).size());
  }

  @Override
  public void submit(Submission submission) {
    JobRequest request = submission.request();
    List<Problem> problems = check(request);
    if (!problems.isEmpty()) {
      throw new InvalidJobException(problems);
    }
    SlurmJob job = newJob(submission.id(), request, queueOf(request));
    job.told = submission::accepted;
    Instant now = time.instant();
    synchronized (job) {
      job.held = request.hold();
      depend(job, now);
      List<NativeJob> windows = Sender.windows(job, site.maxArraySize());
      windows.forEach(job::later);
      job.gathers = windows.size() > 1;
      sendAll(job, now);
    }
    jobs.put(job.id.token(), job);
    if (job.awaitsOthers) {
      steward.tend(job, now);
    }
  }

  /**
   * Leaves dependencies to Slurm where it can be trusted; else the job is held until they are met.
   */
  private void depend(SlurmJob job, Instant now) {
    if (!Objects.requireNonNull(job.request).dependencies().isEmpty()) {
      observe();
      Optional<List<String>> natively = dependents.natively(job, now);
      job.awaitsOthers = natively.isEmpty();
      job.dependencies = natively.orElse(List.of());
    }
  }

  /** Sends all of a job; held, when it is more than one, until Slurm has them all. */
  private void sendAll(SlurmJob job, Instant now) {
    try {
      boolean taken = true;
      while (taken && !job.unsent.isEmpty()) {
        taken = sender.sendNext(job, now);
      }
    } catch (BackendException e) {
      throw giveUp(job, e, now);
    }
    try {
      steward.gathered(job);
    } catch (BackendException e) {
      LOG.debug("job {} is released later", job.id, e); // Slurm has all of it
    }
  }

  /** Takes back what Slurm has accepted of a job that it does not accept as a whole. */
  private BackendException giveUp(SlurmJob job, BackendException cause, Instant now) {
    if (job.pieces.isEmpty()) {
      return cause;
    }
    List<String> accepted = job.pieces.stream().map(Piece::nativeId).toList();
    steward.cancelQuietly(job, now);
    return new BackendException(
        "job " + job.id + " was not accepted as a whole; cancelled again, all held: " + accepted,
        cause);
  }

  private SlurmJob newJob(JobId id, JobRequest request, String queue) {
    Path directory = settings.directory.resolve(request.effective().workingDirectory().orElse(""));
    return new SlurmJob(
        id,
        request,
        request.array().orElse(IndexSet.empty()),
        request.definition().name(),
        queue,
        directory.toString(),
        time.instant());
  }

  private String queueOf(JobRequest request) {
    return request
        .queue()
        .or(catalogue::defaultQueue)
        .orElseThrow(() -> new BackendException("the cluster has no default partition", null));
  }

  @Override
  public Lookup find(Submission submission) {
    open();
    SlurmJob job = newJob(submission.id(), submission.request(), queueOf(submission.request()));
    NativeJob first = Sender.windows(job, site.maxArraySize()).get(0);
    List<Piece> found = search.of(first, List.of(), job.submittedAt.minus(LONGEST_ABSENCE));
    if (!found.isEmpty()) {
      List<Accepted> parts =
          found.stream().map(piece -> piece.toAccepted(piece.acceptedAt())).toList();
      adopt(submission, parts);
      return new Lookup.Found(parts);
    }
    Instant now = time.instant();
    Instant since = lookedForSince.computeIfAbsent(submission.id().token(), token -> now);
    if (now.isBefore(since.plus(site.settling()))) {
      return new Lookup.Unknown("sbatch may still be on its way to the controller");
    }
    lookedForSince.remove(submission.id().token());
    return new Lookup.Absent();
  }

  @Override
  public void adopt(Submission submission, List<Accepted> parts) {
    open();
    if (jobs.containsKey(submission.id().token())) {
      return;
    }
    JobRequest request = submission.request();
    SlurmJob job = newJob(submission.id(), request, queueOf(request));
    synchronized (job) {
      job.held = request.hold();
      job.awaitsOthers = !request.dependencies().isEmpty();
      job.submittedAt = Piece.submittedAt(parts.get(0));
      parts.forEach(part -> job.add(Piece.of(part)));
      job.adoptedAt = time.instant();
      List<NativeJob> windows = Sender.windows(job, site.maxArraySize());
      job.gathers = windows.size() > 1;
      windows.stream().flatMap(job::missing).forEach(job::later);
      job.told = submission::accepted;
    }
    jobs.putIfAbsent(job.id.token(), job);
  }

  // ---- asking

  @Override
  public Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    open();
    Map<JobId, SlurmJob> asked = new LinkedHashMap<>();
    for (JobId id : ids) {
      lookUp(id).ifPresent(job -> asked.put(id, job));
    }
    if (!asked.isEmpty()) {
      observe();
    }
    Map<JobId, JobStatus> answer = new LinkedHashMap<>();
    Instant now = time.instant();
    asked.forEach(
        (id, job) -> {
          synchronized (job) {
            if (isKnown(job, id)) {
              answer.put(id, job.status(id, now));
            }
          }
        });
    return answer;
  }

  private static boolean isKnown(SlurmJob job, JobId id) {
    if (id.index().isPresent()) {
      return job.isArray() && job.task(id.index().getAsInt()).isPresent();
    }
    return job.isArray() || job.task(0).filter(task -> task.unknownSince == null).isPresent();
  }

  /** Asks Slurm where all open jobs are, and does what is to be done for them. */
  private void observe() {
    observing.lock();
    try {
      List<SlurmJob> open =
          jobs.values().stream()
              .filter(
                  job -> {
                    synchronized (job) {
                      return !job.isOver();
                    }
                  })
              .toList();
      if (open.isEmpty()) {
        return;
      }
      Instant now = time.instant();
      observer.observe(open, now, settings.pollPolicy.lostAfter());
      open.forEach(job -> steward.tend(job, now));
      for (SlurmJob job : open) {
        synchronized (job) {
          if (job.isOver()) {
            records.remove(job);
          }
        }
      }
    } finally {
      observing.unlock();
    }
  }

  /** A job that is known here, or that Slurm finds by its token. */
  private Optional<SlurmJob> lookUp(JobId id) {
    SlurmJob known = jobs.get(id.token());
    if (known != null) {
      return Optional.of(known);
    }
    Optional<SlurmJob> found = locator.find(id);
    found.ifPresent(job -> jobs.putIfAbsent(id.token(), job));
    return Optional.ofNullable(jobs.get(id.token()));
  }

  private SlurmJob known(JobId id) {
    open();
    return lookUp(id)
        .orElseThrow(() -> new NotFoundException("job " + id + " is not known to Slurm"));
  }

  @Override
  public IndexSet indices(JobId array, Set<JobState> states) {
    SlurmJob job = known(array);
    observe();
    synchronized (job) {
      return job.indices(states);
    }
  }

  @Override
  public List<Attempt> attempts(JobId id) {
    SlurmJob job = known(id);
    observe();
    synchronized (job) {
      return job.isArray() && id.index().isEmpty() ? List.of() : job.task(id).attempts();
    }
  }

  @Override
  public List<JobStatus> list(JobFilter filter) {
    open();
    if (filter.queue().isPresent() && site.partition(filter.queue().get()).isEmpty()) {
      throw new NotFoundException("there is no partition " + filter.queue().get());
    }
    locator.all(jobs.keySet()).forEach(job -> jobs.putIfAbsent(job.id.token(), job));
    observe();
    Instant now = time.instant();
    List<JobStatus> all = new ArrayList<>();
    for (SlurmJob job : jobs.values()) {
      synchronized (job) {
        all.add(job.status(now));
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
    observe();
    synchronized (job) {
      JobState state = job.status(id, time.instant()).state();
      if (state.isEnded()) {
        return Optional.empty();
      }
      if (job.isArray() && id.index().isEmpty()) {
        Optional<WaitReason>[] first = new Optional[] {Optional.empty()};
        job.forEach(
            (index, task) -> {
              if (first[0].isEmpty() && !task.isEnded()) {
                first[0] = why(job, task);
              }
            });
        return state == JobState.RUNNING ? Optional.empty() : first[0];
      }
      return why(job, job.task(id));
    }
  }

  private static Optional<WaitReason> why(SlurmJob job, Task task) {
    Optional<WaitReason> shown = task.shown().waits();
    boolean others = job.awaitsOthers && !job.held;
    if (job.request != null
        && (others || shown.filter(w -> w.kind() == WaitReason.Kind.DEPENDENCY).isPresent())) {
      List<JobId> on = job.request.dependencies().stream().map(Dependency::on).toList();
      return Optional.of(
          new WaitReason(WaitReason.Kind.DEPENDENCY, "it waits for " + on).about(on));
    }
    return shown;
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
    SlurmJob job = known(id);
    synchronized (job) {
      if (job.isArray() && id.index().isPresent()) {
        Task task = job.task(id);
        if (!task.isEnded()) {
          int index = id.index().getAsInt();
          job.sentences.putIfAbsent(index, Sentence.cancelled(reason));
          task.retry = null;
          BitSet one = new BitSet();
          one.set(index);
          steward.cancelTasks(job, one, time.instant());
        }
        return;
      }
      if (!job.isOver()) {
        if (job.cancelReason == null) {
          job.cancelReason = reason;
        }
        steward.cancelAll(job, time.instant());
      }
    }
  }

  @Override
  public void hold(JobId id) {
    hold(id, true);
  }

  @Override
  public void release(JobId id) {
    hold(id, false);
  }

  private void hold(JobId id, boolean held) {
    SlurmJob job = known(id);
    synchronized (job) {
      boolean known = job.request != null; // else another program may have held it
      if (job.isEnded() || (known && job.held == held)) {
        return;
      }
      if (held) {
        job.released.clear();
        job.pieces.forEach(piece -> commands.order("scontrol", List.of("hold"), List.of(piece.nativeId())));
      } else if (!job.awaitsOthers && !job.gathers) {
        steward.release(job);
      }
      job.held = held;
    }
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
    if (settings.cancelsOnClose) {
      for (SlurmJob job : jobs.values()) {
        synchronized (job) {
          if (!job.isOver() && job.request != null) {
            steward.cancelQuietly(job, time.instant());
          }
        }
      }
    }
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException("the Slurm backend is closed");
    }
  }

  @Override
  public String toString() {
    return NAME + ":" + settings.scope + " by " + settings.runner;
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

    /** Sets the time that it lives in, for tests. */
    Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /** Returns the backend; does no I/O. */
    public SlurmBackend build() {
      return new SlurmBackend(this);
    }
  }
}
