package io.hpc4j.local;

import com.sun.management.OperatingSystemMXBean;
import io.hpc4j.local.engine.Engine;
import io.hpc4j.local.engine.EngineOptions;
import io.hpc4j.local.engine.Outcome;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.StatusSink;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs on this machine, scheduled on declared nodes as a cluster would: in real time as
 * processes and Java tasks, or in virtual time by a rule that says what each command would do.
 * Thread-safe.
 *
 * <p>The nodes are a declaration: their processes all run on this machine. Closing cancels what has
 * not ended, or waits for it.
 */
public final class LocalBackend implements Backend {
  private static final Logger LOG = LoggerFactory.getLogger(LocalBackend.class);
  private static final AtomicLong INSTANCES = new AtomicLong();
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final TimeSource time;
  private final String scope;
  private final Engine engine;
  private final boolean virtual;
  private final boolean simulates;
  private final OnClose onClose;
  private final Duration grace;
  private final Duration watchInterval;
  private volatile boolean closed;
  private volatile @Nullable Known known;

  /** The capabilities, which change only when memory can no longer be held. */
  private record Known(boolean holdsMemory, Capabilities capabilities) {}

  /** What becomes of jobs that have not ended when the backend is closed. */
  public enum OnClose {
    /** They are cancelled. */
    CANCEL,
    /** They are waited for. */
    WAIT,
    /**
     * They stay in the store. Those that run are ended, and count as attempts that ended by {@link
     * io.hpc4j.model.Reason#NODE_FAILURE} when the store is opened again, unless processes are
     * kept.
     */
    LEAVE
  }

  /** What becomes of running processes when the program is gone. */
  public enum OnClientDeath {
    /** They are ended at once. */
    KILL,
    /**
     * They go on, and the backend that opens the store next takes them over: it learns how they
     * ended, also if that was in between. The same holds for what is left at the close.
     */
    KEEP
  }

  private LocalBackend(Builder b) {
    time = b.time == null ? TimeSource.system() : b.time;
    scope = b.store == null ? ofThisProgram() : ofStore(b.store);
    onClose = b.onClose;
    grace = b.grace;
    watchInterval = b.watchInterval;
    virtual = time instanceof VirtualTime;
    simulates = b.rule != null;
    engine =
        new Engine(
            new EngineOptions(
                "hpc4j-engine-" + scope,
                time,
                b.rule == null ? null : outcomes(b.rule),
                b.queues.isEmpty() ? List.of(thisMachine()) : b.queues,
                b.anyQueue,
                b.directory,
                b.grace,
                b.leaveDaemons,
                b.watchInterval,
                b.onlyWatchMemory,
                b.bindCpus,
                Optional.ofNullable(b.maxOutput),
                name(),
                scope,
                Optional.ofNullable(b.store),
                b.onClientDeath == OnClientDeath.KEEP,
                b.keepEnded,
                b.keepEndedFor));
  }

  /** Returns a backend with one queue, {@code default}, on this machine's cpus and memory. */
  public static LocalBackend create() {
    return builder().build();
  }

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  private static JobQueue thisMachine() {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Capacity capacity =
        Capacity.cpus(Runtime.getRuntime().availableProcessors())
            .memory(Memory.ofBytes(machine.getTotalMemorySize()));
    return JobQueue.builder("default")
        .runsOn(ComputeEnvironment.builder("local").node("localhost", capacity).build())
        .build();
  }

  private static Outcome.Rule outcomes(SimulationRule rule) {
    return (definition, index, attempt) -> {
      Simulated simulated = rule.simulate(definition, index, attempt);
      Objects.requireNonNull(simulated, "the rule returned null");
      return new Outcome(simulated.duration(), simulated.reason(), simulated.exit());
    };
  }

  private static String ofThisProgram() {
    return "p" + ProcessHandle.current().pid() + "-" + INSTANCES.incrementAndGet();
  }

  /** The same for the same folder, so that the ids of its jobs stay what they are. */
  private static String ofStore(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    return absolute.getFileName()
        + "-"
        + UUID.nameUUIDFromBytes(absolute.toString().getBytes(StandardCharsets.UTF_8))
            .toString()
            .substring(0, 8);
  }

  private Engine open() {
    if (closed) {
      throw new IllegalStateException("the local backend is closed");
    }
    engine.open();
    return engine;
  }

  @Override
  public String name() {
    return "local";
  }

  @Override
  public String scope() {
    return scope;
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public Capabilities capabilities() {
    boolean real = !virtual && !simulates;
    boolean holdsMemory = real && open().launcher().holdsMemory();
    Known last = known;
    if (last == null || last.holdsMemory() != holdsMemory) {
      Capabilities now =
          real
              ? LocalCapabilities.of(open().launcher(), watchInterval)
              : LocalCapabilities.simulated(virtual, simulates);
      last = new Known(holdsMemory, now);
      known = last;
    }
    return last.capabilities();
  }

  @Override
  public List<Problem> check(JobRequest request) {
    return open().check(request);
  }

  @Override
  public Plan plan(JobRequest request) {
    String name = request.queue().orElse(open().defaultQueue());
    Optional<Duration> limit =
        queues().stream()
            .filter(queue -> queue.name().equals(name))
            .findFirst()
            .flatMap(JobQueue::defaultTimeout);
    return LocalPlan.of(request, name, limit, capabilities());
  }

  @Override
  public void submit(Submission submission) {
    open().submit(submission);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Once a job has been forgotten, the answer for one that is not known is that it is not known:
   * it may have been here. So it is not sent again.
   */
  @Override
  public Lookup find(Submission submission) {
    return open().find(submission.id());
  }

  @Override
  public Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    return open().describe(ids);
  }

  @Override
  public IndexSet indices(JobId array, Set<JobState> states) {
    return open().indices(array, states);
  }

  @Override
  public List<Attempt> attempts(JobId id) {
    return open().attempts(id);
  }

  @Override
  public List<JobStatus> list(JobFilter filter) {
    return open().list(filter);
  }

  @Override
  public Optional<WaitReason> explain(JobId id) {
    return open().explain(id);
  }

  @Override
  public void cancel(JobId id, String reason) {
    open().cancel(id, Objects.requireNonNull(reason, "reason"));
  }

  @Override
  public void hold(JobId id) {
    open().hold(id, true);
  }

  @Override
  public void release(JobId id) {
    open().hold(id, false);
  }

  @Override
  public Logs logs(JobId id) {
    return open().logs(id);
  }

  @Override
  public Optional<Object> result(JobId id) {
    return open().result(id);
  }

  @Override
  public boolean pushTo(StatusSink sink) {
    engine.tell(sink);
    return true;
  }

  @Override
  public List<JobQueue> queues() {
    return open().queues();
  }

  @Override
  public Optional<String> defaultQueue() {
    return Optional.of(open().defaultQueue());
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

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if it would take away or change a node that jobs hold
   */
  @Override
  public void apply(JobQueue queue) {
    open().apply(queue);
  }

  /**
   * Fails a node: everything that runs on it ends with {@link io.hpc4j.model.Reason#NODE_FAILURE},
   * and nothing starts on it until it is restored.
   *
   * @throws NotFoundException if there is no such node
   */
  public void failNode(String node) {
    open().failNode(node);
  }

  /**
   * Drains a node: what runs on it goes on, and nothing starts on it until it is restored.
   *
   * @throws NotFoundException if there is no such node
   */
  public void drainNode(String node, String reason) {
    open().drainNode(node, reason);
  }

  /**
   * Takes a failed or drained node back into service.
   *
   * @throws NotFoundException if there is no such node
   */
  public void restoreNode(String node) {
    open().restoreNode(node);
  }

  /** Compacts the store now; for tests. */
  void compactStore() {
    open().compact();
  }

  @Override
  public void probe() {
    Engine unused = open();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (onClose == OnClose.WAIT) {
      await(engine.whenIdle(), null);
    }
    if (onClose != OnClose.LEAVE) {
      engine.cancelAll("the backend was closed");
      if (!await(engine.whenIdle(), grace.plus(PATIENCE))) {
        LOG.warn("some work of {} has not ended within the grace and is left to itself", scope);
      }
    }
    engine.close();
  }

  private boolean await(CompletableFuture<?> idle, @Nullable Duration atMost) {
    if (time instanceof VirtualTime virtual) {
      while (!idle.isDone() && !virtual.isDriving() && virtual.hasWork() && virtual.step()) {
        // each step brings the end nearer
      }
      return idle.isDone();
    }
    try {
      if (atMost == null) {
        idle.get();
      } else {
        idle.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
    return idle.isDone();
  }

  @Override
  public String toString() {
    return "local " + scope;
  }

  /** Builds a {@link LocalBackend}; not thread-safe. */
  public static final class Builder {
    private @Nullable TimeSource time;
    private @Nullable SimulationRule rule;
    private final List<JobQueue> queues = new ArrayList<>();
    private boolean anyQueue;
    private Path directory = Path.of("");
    private Duration grace = Duration.ofSeconds(30);
    private boolean leaveDaemons;
    private Duration watchInterval = Duration.ofSeconds(1);
    private boolean onlyWatchMemory;
    private boolean bindCpus;
    private @Nullable Memory maxOutput;
    private @Nullable Path store;
    private OnClientDeath onClientDeath = OnClientDeath.KILL;
    private OnClose onClose = OnClose.CANCEL;
    private int keepEnded = 100_000;
    private Duration keepEndedFor = Duration.ofDays(30);

    private Builder() {}

    /** Sets the time to live in; default the system's. */
    public Builder time(TimeSource value) {
      time = Objects.requireNonNull(value, "time");
      return this;
    }

    /** Simulates commands and scripts by a rule instead of running them; default: runs them. */
    public Builder simulate(SimulationRule value) {
      rule = Objects.requireNonNull(value, "rule");
      return this;
    }

    /** Adds a queue; the first is the default queue. Without any there is one on this machine. */
    public Builder queue(JobQueue queue) {
      queues.add(Objects.requireNonNull(queue, "queue"));
      return this;
    }

    /** Takes jobs for queues of any name, which run where the default queue does. */
    public Builder anyQueue() {
      anyQueue = true;
      return this;
    }

    /** Sets the working directory of jobs that name none; default that of this process. */
    public Builder workingDirectory(Path value) {
      directory = Objects.requireNonNull(value, "directory");
      return this;
    }

    /** Sets the time between SIGTERM and SIGKILL; default 30 s. */
    public Builder grace(Duration value) {
      grace = Objects.requireNonNull(value, "grace");
      return this;
    }

    /**
     * Keeps the jobs in a folder of its own, so that they outlive this program: one that ended with
     * jobs left goes on with them when it, or another, opens the folder again, which the first call
     * does. A job that was running then counts as an attempt that ended by {@link
     * io.hpc4j.model.Reason#NODE_FAILURE}; Java tasks cannot be kept and end so too. Default: jobs
     * are kept in memory only.
     *
     * <p>Calls throw {@link io.hpc4j.model.StoreException} when the folder cannot be used.
     */
    public Builder store(Path folder) {
      store = Objects.requireNonNull(folder, "folder");
      return this;
    }

    /**
     * Sets what becomes of running processes when this program is gone without having closed the
     * backend, killed by SIGKILL say; default they are ended. To keep them takes a store.
     */
    public Builder onClientDeath(OnClientDeath value) {
      onClientDeath = Objects.requireNonNull(value, "onClientDeath");
      return this;
    }

    /**
     * Lets live on what a job that ended by itself has left in the background, instead of ending it
     * before the job counts as ended.
     */
    public Builder leaveDaemons() {
      leaveDaemons = true;
      return this;
    }

    /**
     * Sets how often the memory of running processes is looked at; default one second. Where no
     * cgroup holds it to that, who holds more than was requested then is ended, with {@link
     * io.hpc4j.model.Reason#OUT_OF_MEMORY}; what comes and goes between two looks is not seen.
     */
    public Builder watchMemoryEvery(Duration interval) {
      watchInterval = Objects.requireNonNull(interval, "interval");
      return this;
    }

    /**
     * Only watches memory. Default: where this program may make cgroups, each attempt is held to
     * its memory by one of its own on each node; {@link #capabilities} says whether that is so.
     */
    public Builder onlyWatchMemory() {
      onlyWatchMemory = true;
      return this;
    }

    /**
     * Binds the processes of each attempt to as many of this machine's cpus as it asked for, the
     * lowest that are free first; while it runs no other attempt of this backend is bound to them.
     * If the nodes claim more cpus than the machine has, what starts when too few are free is not
     * bound. Default: nothing is bound.
     *
     * <p>Needs Linux and Python 3.8 or newer; without them {@link #capabilities} and submissions
     * throw {@link io.hpc4j.model.UnsupportedFeatureException}.
     */
    public Builder bindCpus() {
      bindCpus = true;
      return this;
    }

    /**
     * Sets how large each file that an attempt's standard output or errors go to may become;
     * default any size. It is looked at as often as memory is ({@link #watchMemoryEvery}): an
     * attempt with more than that in a file is ended at once as {@link
     * io.hpc4j.model.Reason#CANCELLED}, with a message that names the file. What is written until
     * then stays, files that a job writes by itself do not count, and an attempt that ends before
     * it is looked at has ended as it has.
     */
    public Builder maxOutput(Memory perFile) {
      maxOutput = Objects.requireNonNull(perFile, "perFile");
      return this;
    }

    /**
     * Sets how many ended jobs the backend keeps, and for how long; default 100,000 and 30 days. An
     * array is one job. One that others depend on is kept until those have ended. A job that is not
     * kept is not known any more, and leaves the store with its next compaction; its output stays.
     */
    public Builder keepEnded(int count, Duration duration) {
      if (count < 0 || duration.isNegative()) {
        throw new IllegalArgumentException(
            "count and duration must not be negative: " + count + ", " + duration);
      }
      keepEnded = count;
      keepEndedFor = duration;
      return this;
    }

    /** Sets what becomes of jobs at the close; default they are cancelled. */
    public Builder onClose(OnClose value) {
      onClose = Objects.requireNonNull(value, "onClose");
      return this;
    }

    /**
     * Returns the backend. Does no I/O and starts no thread.
     *
     * @throws IllegalArgumentException naming everything in which the declarations contradict each
     *     other
     */
    public LocalBackend build() {
      List<String> contradictions = Declarations.contradictions(queues);
      if (grace.isNegative()) {
        contradictions.add("the grace is negative: " + grace);
      }
      if (watchInterval.isNegative() || watchInterval.isZero()) {
        contradictions.add("the interval of the memory watch is not positive: " + watchInterval);
      }
      if (onClientDeath == OnClientDeath.KEEP && store == null) {
        contradictions.add("processes can only be kept if there is a store");
      }
      if (onClientDeath == OnClientDeath.KEEP && bindCpus) {
        contradictions.add("processes that are kept cannot be bound: who takes over knows no cpus");
      }
      if (onClose == OnClose.LEAVE && store == null) {
        contradictions.add("jobs can only be left at the close if there is a store");
      }
      if (!contradictions.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", contradictions));
      }
      return new LocalBackend(this);
    }
  }
}
