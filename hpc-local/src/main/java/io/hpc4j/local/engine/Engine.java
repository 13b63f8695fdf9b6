package io.hpc4j.local.engine;

import io.hpc4j.local.process.Execution;
import io.hpc4j.local.process.JobFiles;
import io.hpc4j.local.process.Launcher;
import io.hpc4j.local.schedule.Demand;
import io.hpc4j.local.schedule.EnvironmentState;
import io.hpc4j.local.schedule.Forecast;
import io.hpc4j.local.schedule.Nanos;
import io.hpc4j.local.schedule.NodeState;
import io.hpc4j.local.schedule.PastUse;
import io.hpc4j.local.schedule.QueueState;
import io.hpc4j.local.schedule.SchedulingPass;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.ComputeEnvironment;
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
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.StoreException;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.StatusSink;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The scheduler behind the local backend: takes calls from any thread and turns them to events. */
public final class Engine {
  private final TimeSource time;
  private final Books books;
  private final Views views;
  private final EngineOptions options;
  private final Ledger ledger = new Ledger();
  private final Outbox outbox;
  private final Loop loop;
  private final Lifecycle lifecycle;
  private final Runs runs;
  private final JobFiles files;
  private final RequestCheck check;
  private final Retention retention;
  private static final Duration STORE_RETRY = Duration.ofSeconds(1);

  private boolean opened; // guarded by this
  private long lastNumber;
  private final List<CompletableFuture<?>> idleWaiters = new ArrayList<>();

  /** Creates one that has nothing to do yet. Does no I/O and starts no thread. */
  public Engine(EngineOptions options) {
    this.options = options;
    time = options.time();
    books = new Books(options.queues(), options.anyQueue());
    views = new Views(books.cluster);
    outbox = new Outbox(time, views);
    boolean virtual = time instanceof VirtualTime;
    loop =
        virtual
            ? new VirtualLoop(time, this::pass, this::settle, ledger::commit)
            : new ThreadLoop(
                options.name(), lends(options), this::pass, this::settle, ledger::commit);
    outbox.tellBy(loop);
    lifecycle = new Lifecycle(time, loop, outbox, ledger, options.grace());
    files = new JobFiles(options.directory(), options.leaveDaemons(), options.store());
    runs = new Runs(lifecycle, loop, options, virtual, files, books.cluster);
    lifecycle.runBy(runs);
    retention = new Retention(books, options.keepEnded(), options.keepEndedFor());
    lifecycle.tellEnds(retention::ended);
    check = new RequestCheck(books, files, time, virtual, options.rule() != null);
  }

  /**
   * Interruption would close the file of a store, and a rule is code that may wait for anything.
   */
  private static boolean lends(EngineOptions options) {
    return options.store().isEmpty() && options.rule() == null;
  }

  /** For tests that check the books after every step. */
  Books books() {
    return books;
  }

  /** For tests of what telling costs. */
  Outbox outbox() {
    return outbox;
  }

  /**
   * Opens the store, if there is one and it is not open yet, and goes on with its jobs.
   *
   * @throws StoreException if it cannot be used
   */
  public synchronized void open() {
    if (!opened && options.store().isPresent()) {
      Path folder = options.store().get();
      boolean unused =
          loop.call(
              () -> {
                recover(folder);
                return true;
              });
    }
    opened = true;
  }

  private void recover(Path folder) {
    FactReader reader = new FactReader(options.backend(), options.scope(), books);
    try {
      ledger.open(folder, reader);
    } catch (StoreException e) {
      books.clear();
      throw e;
    }
    lastNumber = reader.lastNumber;
    List<JobRecord> all = List.copyOf(books.jobs());
    all.forEach(lifecycle::restoreEnd);
    retention.restore(all, lastNumber);
    List<JobRecord> open = all.stream().filter(job -> !job.hasEnded()).toList();
    books.queues().forEach(queue -> queue.used(pastUses(queue, all)));
    runs.recover(open.stream().map(job -> job.id.token()).collect(Collectors.toSet()));
    open.forEach(job -> lifecycle.resume(job, books::job));
    loop.requestPass();
  }

  /** What jobs of a queue with shares used before, as far as it may still count. */
  private List<PastUse> pastUses(QueueState<JobRecord> queue, List<JobRecord> all) {
    if (!queue.definition().policy().isFairShare()) {
      return List.of();
    }
    Instant now = time.instant();
    Instant oldest = now.minus(queue.definition().policy().decayWindow());
    List<PastUse> uses = new ArrayList<>();
    for (JobRecord job : all) {
      if (job.queue == queue && (job.endedAt == null || job.endedAt.isAfter(oldest))) {
        addPastUses(job, oldest, now, uses);
      }
    }
    return uses;
  }

  private void addPastUses(JobRecord job, Instant oldest, Instant now, List<PastUse> uses) {
    Demand demand = Demand.of(job.definition.resources(), job.memory());
    for (int rank = 0; rank < job.elements.size(); rank++) {
      for (Attempt attempt : views.attempts(job, rank)) {
        Optional<Instant> start = attempt.startedAt();
        Instant end = attempt.endedAt().orElse(now);
        if (start.isPresent() && end.isAfter(oldest)) {
          long cpus = books.cluster.cpusOf(demand, attempt.nodes());
          uses.add(new PastUse(job.share(), cpus, Nanos.of(start.get()), Nanos.of(end)));
        }
      }
    }
  }

  private void pass() {
    if (ledger.hasRoom(lifecycle.running())) {
      SchedulingPass.run(books.queues(), Nanos.of(time.instant()), lifecycle::start);
      lifecycle.runConsequences();
    } else {
      Cancellable unused =
          lifecycle.at(TimeSource.plus(time.instant(), STORE_RETRY), Phase.PASS, loop::requestPass);
    }
  }

  private void settle() {
    outbox.settle();
    retention.forget(time.instant());
    ledger.compactIfLarge(this::writeAll);
    if (!idleWaiters.isEmpty() && isIdle()) {
      idleWaiters.forEach(waiter -> waiter.complete(null));
      idleWaiters.clear();
    }
  }

  private void writeAll(FactWriter facts) {
    facts.lastNumber(lastNumber);
    books.jobs().forEach(job -> facts.all(job, views, time.instant()));
  }

  /** Compacts the store now; for tests. */
  public void compact() {
    boolean unused =
        loop.call(
            () -> {
              ledger.compact(this::writeAll);
              return true;
            });
  }

  private boolean isIdle() {
    return lifecycle.open() == 0 && nodeStates().stream().allMatch(node -> node.allocations() == 0);
  }

  /** Sets who is told what changes. */
  public void tell(StatusSink sink) {
    outbox.tell(sink);
  }

  /** Finds what is wrong with a request here and now. */
  public List<Problem> check(JobRequest request) {
    return loop.call(() -> check.check(request));
  }

  /**
   * Takes in a job; one of the same token is taken in once.
   *
   * @throws InvalidJobException if it cannot be run here
   */
  public void submit(Submission submission) {
    long number = loop.call(() -> accept(submission));
    ledger.check();
    submission.accepted(
        String.valueOf(number), submission.request().array().orElse(IndexSet.empty()));
  }

  private long accept(Submission submission) {
    Optional<JobRecord> known = books.find(submission.id());
    if (known.isPresent()) {
      return known.get().number;
    }
    JobRequest request = submission.request();
    List<Problem> problems = check.check(request);
    if (!problems.isEmpty()) {
      throw new InvalidJobException(problems);
    }
    lastNumber++;
    JobRecord job =
        new JobRecord(
            submission.id(),
            lastNumber,
            request,
            books.queueToUse(request.queue()),
            time.instant());
    ledger.require(lifecycle.running(), facts -> facts.accepted(job));
    books.add(job);
    retention.accepted(job);
    lifecycle.accept(job, books::job);
    return job.number;
  }

  /** Finds a submission; it is known to be absent only as long as no job has been forgotten. */
  public Lookup find(JobId id) {
    return loop.call(
        () ->
            books
                .find(id)
                .<Lookup>map(job -> new Lookup.Found(String.valueOf(job.number)))
                .orElseGet(
                    () ->
                        retention.hasForgotten()
                            ? new Lookup.Unknown("jobs that ended long ago have been forgotten")
                            : new Lookup.Absent()));
  }

  /** Tells the status of those of these jobs and elements that are known. */
  public Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    return loop.call(
        () -> {
          Map<JobId, JobStatus> answer = new HashMap<>();
          ids.forEach(id -> status(id).ifPresent(status -> answer.put(id, status)));
          return answer;
        });
  }

  private Optional<JobStatus> status(JobId id) {
    return books
        .find(id)
        .filter(job -> id.node().isEmpty())
        .filter(
            job ->
                id.index().isEmpty()
                    || (job.isArray() && job.indices.contains(id.index().getAsInt())))
        .map(
            job ->
                Books.rank(job, id)
                    .map(rank -> views.element(job, rank, time.instant()))
                    .orElseGet(() -> views.job(job, time.instant())));
  }

  /** Tells which elements of an array are in one of these states. */
  public IndexSet indices(JobId id, Set<JobState> states) {
    return loop.call(
        () -> {
          JobRecord job = books.job(id);
          BitSet found = new BitSet();
          IntStream.range(0, job.isArray() ? job.elements.size() : 0)
              .filter(rank -> states.contains(job.state(rank)))
              .forEach(rank -> found.set(job.indices.indexAt(rank)));
          return IndexSet.of(found);
        });
  }

  /** Tells the attempts of a job or element. */
  public List<Attempt> attempts(JobId id) {
    return loop.call(
        () -> {
          JobRecord job = books.job(id);
          Optional<Integer> rank = rankOrWhole(job, id);
          return rank.isEmpty() ? List.<Attempt>of() : views.attempts(job, rank.get());
        });
  }

  /** The element that an id names, the only one of a plain job, or empty for an array. */
  private static Optional<Integer> rankOrWhole(JobRecord job, JobId id) {
    return job.isArray() ? Books.rank(job, id) : Books.rank(job, id).or(() -> Optional.of(0));
  }

  /** Lists jobs and arrays in the order of submission. */
  public List<JobStatus> list(JobFilter filter) {
    return loop.call(
        () -> {
          filter
              .queue()
              .filter(queue -> !books.queueNames().contains(queue))
              .ifPresent(
                  queue -> {
                    throw new NotFoundException(
                        "there is no queue " + queue + "; there are " + books.queueNames());
                  });
          return books.jobs().stream()
              .map(job -> views.job(job, time.instant()))
              .filter(filter::matches)
              .toList();
        });
  }

  /** Tells why a job, array or element waits. */
  public Optional<WaitReason> explain(JobId id) {
    return loop.call(
        () -> {
          JobRecord job = books.job(id);
          Optional<Integer> rank = Books.rank(job, id);
          return rank.map(r -> Explainer.explain(job, r))
              .orElseGet(() -> Explainer.explain(job))
              .map(why -> job.isWaiting() ? expected(why, job, rank) : why);
        });
  }

  private WaitReason expected(WaitReason why, JobRecord job, Optional<Integer> rank) {
    OptionalInt ahead = rank.map(job::ahead).orElse(OptionalInt.of(0));
    if (ahead.isEmpty()) {
      return why;
    }
    OptionalLong start =
        Forecast.start(
            books.queues(), JobRecord::startable, job, ahead.getAsInt(), Nanos.of(time.instant()));
    return start.isPresent() ? why.expectedAt(Nanos.instant(start.getAsLong())) : why;
  }

  /** Cancels a job, array or element. */
  public void cancel(JobId id, String reason) {
    change(
        id,
        job ->
            Books.rank(job, id)
                .ifPresentOrElse(
                    rank -> lifecycle.cancel(job, rank, reason),
                    () -> lifecycle.cancel(job, reason)));
  }

  /** Holds a job or releases it. */
  public void hold(JobId id, boolean held) {
    change(id, job -> lifecycle.hold(job, held));
  }

  private void change(JobId id, Consumer<JobRecord> event) {
    boolean unused =
        loop.call(
            () -> {
              event.accept(books.job(id));
              lifecycle.runConsequences();
              return true;
            });
  }

  /** The result of a Java task. */
  public Optional<Object> result(JobId id) {
    return loop.call(
        () -> {
          JobRecord job = books.job(id);
          return rankOrWhole(job, id).map(job.elements::detail).map(detail -> detail.result);
        });
  }

  /** What a job or element has written. */
  public Logs logs(JobId id) {
    List<Execution> executions =
        loop.call(
            () -> {
              JobRecord job = books.job(id);
              return rankOrWhole(job, id).map(rank -> executions(job, rank)).orElse(List.of());
            });
    return files.logs(executions);
  }

  private List<Execution> executions(JobRecord job, int rank) {
    List<Execution> executions = new ArrayList<>();
    if (check.isProcess(job.definition)) {
      for (Attempt attempt : views.attempts(job, rank)) {
        for (int task = 0; task < JobFiles.tasks(job.request); task++) {
          executions.add(
              new Execution(
                  job.elementId(rank),
                  job.nativeId(rank),
                  job.request,
                  attempt.number(),
                  task,
                  Runs.nodeOf(job, task),
                  attempt.nodes(),
                  List.of(),
                  job.queue.definition().name(),
                  ""));
        }
      }
    }
    return executions;
  }

  /** The queues. */
  public List<JobQueue> queues() {
    return loop.call(() -> books.queues().stream().map(QueueState::definition).toList());
  }

  /**
   * How the shares of a queue stand.
   *
   * @throws NotFoundException if there is no such queue
   */
  public List<ShareStatus> shares(String queue) {
    return loop.call(
        () -> {
          QueueState<JobRecord> state =
              books
                  .queue(Optional.of(queue))
                  .orElseThrow(() -> new NotFoundException("there is no queue " + queue));
          Map<String, Integer> waiting = new HashMap<>();
          for (JobRecord job : books.jobs()) {
            if (job.queue == state && !job.hasEnded()) {
              waiting.merge(job.share(), job.waiting(), Integer::sum);
            }
          }
          return state.standings(Nanos.of(time.instant()), share -> waiting.getOrDefault(share, 0));
        });
  }

  /** The name of the queue that takes jobs without one. */
  public String defaultQueue() {
    return loop.call(() -> books.defaultQueue().definition().name());
  }

  /** The environments. */
  public List<ComputeEnvironment> environments() {
    return loop.call(
        () -> books.cluster.environments().stream().map(EnvironmentState::definition).toList());
  }

  /** The nodes. */
  public List<Node> nodes() {
    return loop.call(() -> nodeStates().stream().map(NodeState::view).toList());
  }

  private List<NodeState> nodeStates() {
    return books.cluster.environments().stream().flatMap(e -> e.nodes().stream()).toList();
  }

  /** Creates or changes a queue and its environments. */
  public void apply(JobQueue queue) {
    boolean unused =
        loop.call(
            () -> {
              books.apply(queue, Nanos.of(time.instant()));
              loop.requestPass();
              return true;
            });
  }

  /** Fails a node and all that runs on it. */
  public void failNode(String name) {
    onNode(
        name,
        node -> {
          node.fail();
          Ending ending = Ending.of(Reason.NODE_FAILURE, "node " + name + " failed");
          books.jobs().stream()
              .filter(job -> job.active > 0)
              .flatMap(job -> job.live.values().stream())
              .filter(live -> live.allocation != null && live.allocation.nodes().contains(node))
              .toList()
              .forEach(live -> lifecycle.kill(live, ending));
        });
  }

  /** Lets nothing new start on a node. */
  public void drainNode(String name, String reason) {
    onNode(name, node -> node.drain(reason));
  }

  /** Takes a node back into service. */
  public void restoreNode(String name) {
    onNode(name, NodeState::restore);
  }

  private void onNode(String name, Consumer<NodeState> event) {
    boolean unused =
        loop.call(
            () -> {
              event.accept(
                  books
                      .cluster
                      .node(name)
                      .orElseThrow(() -> new NotFoundException("there is no node " + name)));
              lifecycle.runConsequences();
              loop.requestPass();
              return true;
            });
  }

  /** Cancels everything that has not ended. */
  public void cancelAll(String reason) {
    boolean unused =
        loop.call(
            () -> {
              if (lifecycle.open() > 0) {
                List.copyOf(books.jobs()).forEach(job -> lifecycle.cancel(job, reason));
              }
              return true;
            });
  }

  /** Returns a future of the moment when everything has ended and given back its nodes. */
  public CompletableFuture<?> whenIdle() {
    CompletableFuture<?> idle = new CompletableFuture<>();
    boolean unused =
        loop.call(
            () -> {
              idleWaiters.add(idle);
              return true;
            });
    return idle;
  }

  /** What processes are started by; begun now if nothing was started yet. */
  public Launcher launcher() {
    return runs.launcher();
  }

  /** Lets go of threads and files. */
  public void close() {
    runs.close();
    loop.close();
    ledger.close();
  }
}
