package io.hpc4j;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobListener;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.UnsupportedFeatureException;
import io.hpc4j.model.Usage;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Submits jobs to a backend and follows them. Thread-safe.
 *
 * <p>Submitting blocks until the backend has the job. A request that is wrong, or that the backend
 * cannot carry out, is refused with everything that is wrong with it before anything has happened.
 * A submission whose reply is lost is looked for by its token before it is sent again.
 *
 * <p>Clients of the same backend and scope share one tracker, and what it knows. Closing a client
 * closes the backend that it was given; after that every call throws {@link IllegalStateException}.
 */
public final class JobClient implements AutoCloseable {
  private final Backend backend;
  private final JobTracker tracker;
  private final Waiting waiting;
  private final Submitter submitter;
  private final List<JobListener> listeners = new CopyOnWriteArrayList<>();
  private final @Nullable StoreKeeper keeper;
  private volatile boolean closed;

  private JobClient(Backend backend, TrackerOptions options, @Nullable JobStore store) {
    this.backend = backend;
    tracker = JobTracker.join(backend, options);
    waiting = new Waiting(backend.time(), tracker);
    submitter = new Submitter(backend, waiting);
    keeper = store == null ? null : new StoreKeeper(store, backend, tracker);
    if (keeper != null) {
      listeners.add(keeper);
      tracker.addListener(keeper);
    }
  }

  /** Returns a client of this backend, with the defaults. Does no I/O. */
  public static JobClient on(Backend backend) {
    return builder(backend).build();
  }

  /** Returns a builder of a client of this backend. */
  public static Builder builder(Backend backend) {
    return new Builder(backend);
  }

  /** Submits a definition as one plain job. */
  public Job submit(JobDefinition definition) {
    return submit(JobRequest.of(definition));
  }

  /** Submits a definition with what the lambda adds: {@code r -> r.array(64).after(other)}. */
  public Job submit(JobDefinition definition, UnaryOperator<JobRequest.Builder> request) {
    return submit(request.apply(JobRequest.builder(definition)).build());
  }

  /**
   * Submits a request.
   *
   * @throws InvalidJobException listing everything that is wrong; nothing has happened
   * @throws UnsupportedFeatureException listing everything the backend cannot do; nothing has
   *     happened
   * @throws BackendException if it was not submitted, or {@link BackendException#outcomeUnknown()}
   */
  public Job submit(JobRequest request) {
    refuseWhatIsKnownToBeWrong(request); // the backend itself finds the rest
    JobId id = JobId.create(backend.name(), backend.scope());
    Instant now = backend.time().instant();
    if (keeper != null) {
      keeper.submitting(id, request, now);
    }
    Tracked tracked = tracker.tend(submitted(id, request, now), backend);
    tracked.submitting(true);
    try {
      submitter.submit(submission(id, request));
      tracker.submitted(tracked);
    } catch (RuntimeException e) {
      tracker.drop(id);
      if (keeper != null) {
        keeper.refused(id, e);
      }
      throw e;
    }
    return new Job(this, tracked, request);
  }

  private static JobStatus submitted(JobId id, JobRequest request, Instant at) {
    return JobStatus.builder(id, JobState.SUBMITTED, at)
        .submittedAt(at)
        .name(request.definition().name())
        .queue(request.queue().orElse(null))
        .source("client")
        .build();
  }

  private Submission submission(JobId id, JobRequest request) {
    StoreKeeper told = keeper;
    return new Submission(id, request, told == null ? part -> {} : part -> told.accepted(id, part));
  }

  /**
   * Takes up again the jobs of the {@link JobStore} that have not ended, in the order of their
   * submission: those of an earlier program, which has crashed or was closed. What it was about to
   * submit when it crashed is looked for; what never arrived is forgotten, since nobody was told of
   * it, and what may have arrived and been forgotten by the backend is {@link JobState#LOST}.
   * Blocks until that is known.
   *
   * @throws IllegalStateException if this client has no store
   * @throws BackendException if the backend cannot tell whether a job has arrived; then nothing has
   *     been taken up, and it is to be tried again
   */
  public List<Job> resume() {
    Backend unused = backend();
    if (keeper == null) {
      throw new IllegalStateException("there is no store: JobClient.builder(..).store(..)");
    }
    List<Job> jobs = new ArrayList<>();
    keeper.resume(
        submitter,
        entry -> {
          JobStatus known = submitted(entry.id(), entry.request(), entry.at());
          jobs.add(new Job(this, tracker.tend(known, backend), entry.request()));
        });
    askAgain(jobs.stream().map(Job::tracked).toList());
    return jobs;
  }

  /**
   * Submits requests one after the other. All are checked before the first is sent.
   *
   * @return what was submitted; when the backend refuses one, what was and what was not
   * @throws InvalidJobException if any of them is wrong; nothing has happened
   */
  public Submitted submitAll(Collection<JobRequest> requests) {
    List<JobRequest> rest = new ArrayList<>(requests);
    rest.forEach(this::validate);
    List<Job> jobs = new ArrayList<>();
    while (!rest.isEmpty()) {
      try {
        jobs.add(submit(rest.get(0)));
      } catch (HpcException e) {
        return new Submitted(jobs, rest, Optional.of(e));
      }
      rest.remove(0);
    }
    return new Submitted(jobs, rest, Optional.empty());
  }

  /**
   * Submits again what has failed: the failed elements of an array, or a failed job. The new job
   * has no dependencies, since the old one's were met.
   *
   * @return the new job; empty if nothing has failed
   * @throws IllegalStateException if the job was attached by its id, so that its request is unknown
   */
  public Optional<Job> resubmitFailed(Job job) {
    JobRequest request =
        job.request()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the request of " + job.id() + " is not known here: submit it anew"));
    JobRequest.Builder again = request.toBuilder().withoutDependencies();
    if (request.isArray()) {
      IndexSet failed = job.indices(JobState.FAILED);
      return failed.isEmpty() ? Optional.empty() : Optional.of(submit(again.array(failed).build()));
    }
    return job.state() == JobState.FAILED ? Optional.of(submit(again.build())) : Optional.empty();
  }

  /**
   * Tells what submitting a request would send, and how that differs from the request. Sends
   * nothing.
   *
   * @throws InvalidJobException as {@link #submit(JobRequest)} would
   */
  public Plan plan(JobRequest request) {
    validate(request);
    return backend.plan(request);
  }

  /** Refuses with all that is wrong, if the backend need not be asked to see that anything is. */
  private void refuseWhatIsKnownToBeWrong(JobRequest request) {
    boolean known =
        !request.problems().isEmpty() || !backend().capabilities().problems(request).isEmpty();
    if (known) {
      validate(request);
    }
  }

  private void validate(JobRequest request) {
    Backend open = backend();
    List<Problem> problems = new ArrayList<>(request.problems());
    problems.addAll(open.check(request));
    List<Problem> unsupported = open.capabilities().problems(request);
    if (problems.isEmpty() && !unsupported.isEmpty()) {
      throw new UnsupportedFeatureException(backend.name(), unsupported);
    }
    problems.addAll(unsupported);
    if (!problems.isEmpty()) {
      throw new InvalidJobException(problems);
    }
  }

  /**
   * Attaches to a job, array or element by its id, submitted by this program or another.
   *
   * @throws NotFoundException if the backend does not know it
   * @throws IllegalArgumentException if the id is of another backend
   */
  public Job job(JobId id) {
    if (!id.backend().equals(backend.name())) {
      throw new IllegalArgumentException(
          "job " + id + " is not of this backend, " + backend.name());
    }
    Tracked known = tracker.find(id);
    if (known != null) {
      return new Job(this, known, null);
    }
    JobStatus status = describe(List.of(id)).get(id);
    if (status == null) {
      throw new NotFoundException("job " + id + " is not known to " + backend.name());
    }
    return new Job(this, follow(status), null);
  }

  /** Returns an element's handle, also of an array that this client submitted a moment ago. */
  Job element(Job array, int index) {
    JobId id = array.tracked().id().element(index);
    boolean ours =
        array.request().flatMap(JobRequest::array).map(a -> a.contains(index)).orElse(false);
    if (!ours || tracker.find(id) != null) {
      return job(id);
    }
    JobStatus submitted =
        JobStatus.builder(id, JobState.SUBMITTED, backend().time().instant())
            .source("client")
            .build();
    return new Job(this, follow(submitted), null);
  }

  private Tracked follow(JobStatus status) {
    Tracked tracked = tracker.follow(status, backend(status.id()));
    askAgain(List.of(tracked));
    return tracked;
  }

  /** Asks for jobs once more now that they are followed, so that nothing between is missed. */
  private void askAgain(Collection<Tracked> followed) {
    List<JobId> open =
        followed.stream().filter(job -> !job.status().state().isFinal()).map(Tracked::id).toList();
    if (!open.isEmpty()) {
      describe(open).values().forEach(tracker::update);
    }
  }

  List<Job> elements(JobId array, IndexSet indices) {
    List<JobId> ids = indices.stream().mapToObj(array::element).toList();
    Map<JobId, JobStatus> answer = describe(ids);
    List<Tracked> followed =
        ids.stream()
            .flatMap(id -> Optional.ofNullable(answer.get(id)).stream())
            .map(status -> tracker.follow(status, backend(status.id())))
            .toList();
    askAgain(followed);
    return followed.stream().map(element -> new Job(this, element, null)).toList();
  }

  /** Lists jobs and arrays, in the order of submission. */
  public List<JobStatus> list(JobFilter filter) {
    return backend().list(filter);
  }

  /**
   * Lists jobs and arrays that have not ended and that this program has neither submitted nor
   * attached to: an earlier program has left them, or another one follows them.
   */
  public List<JobStatus> orphans() {
    return list(JobFilter.open()).stream().filter(job -> tracker.find(job.id()) == null).toList();
  }

  /**
   * Cancels all {@link #orphans()}, those of other programs included.
   *
   * @return what was cancelled, as it was before
   */
  public List<JobStatus> cancelOrphans(String reason) {
    List<JobStatus> orphans = orphans();
    orphans.forEach(job -> backend().cancel(job.id(), reason));
    return orphans;
  }

  /**
   * Asks for the status of many jobs in one question. A job that the backend does not know is
   * missing from the answer.
   */
  public Map<JobId, JobStatus> status(Collection<? extends JobRef> jobs) {
    List<JobId> ids = jobs.stream().map(JobRef::id).toList();
    Map<JobId, JobStatus> answer = describe(ids);
    answer.keySet().retainAll(Set.copyOf(ids));
    return answer;
  }

  /** Asks each backend once for those of the jobs that it is to be asked for. */
  Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    Map<JobId, JobStatus> answer = new LinkedHashMap<>();
    ids.stream()
        .collect(groupingBy(this::backend, LinkedHashMap::new, toList()))
        .forEach((asked, some) -> answer.putAll(asked.describe(some)));
    return answer;
  }

  /** Waits until all these jobs have ended, and drives the clock in virtual time. */
  public void awaitAll(Collection<Job> jobs) {
    jobs.forEach(Job::await);
  }

  /**
   * Waits until all these jobs have succeeded or the first of them has not; the others go on.
   *
   * @return that first one; empty if all have succeeded
   */
  public Optional<Job> awaitAllOrFirstFailure(Collection<Job> jobs) {
    CompletableFuture<Job> failed = new CompletableFuture<>();
    CompletableFuture<?>[] successes =
        jobs.stream()
            .map(
                job ->
                    job.completion()
                        .thenAccept(
                            status -> {
                              if (status.state() != JobState.SUCCEEDED) {
                                failed.complete(job);
                              }
                            }))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture<?> decided =
        CompletableFuture.anyOf(failed, CompletableFuture.allOf(successes));
    for (Job job : jobs) {
      if (!decided.isDone() && !job.state().isEnded()) {
        await(job, CompletableFuture.anyOf(decided, job.completion()));
      }
    }
    return Optional.ofNullable(failed.getNow(null));
  }

  /** Tells a listener of every job that this program follows on the backend's scope. */
  public JobClient onEvent(JobListener listener) {
    backend();
    listeners.add(Objects.requireNonNull(listener, "listener"));
    tracker.addListener(listener);
    return this;
  }

  /** What the backend can do. */
  public Capabilities capabilities() {
    return backend().capabilities();
  }

  /** The queues. */
  public List<JobQueue> queues() {
    return backend().queues();
  }

  /** The name of the queue that takes jobs without one, if there is one. */
  public Optional<String> defaultQueue() {
    return backend().defaultQueue();
  }

  /**
   * How the shares of a queue stand now, in the order in which they go; empty where the queue knows
   * no shares.
   */
  public List<ShareStatus> shares(String queue) {
    return backend().shares(queue);
  }

  /** The compute environments. */
  public List<ComputeEnvironment> environments() {
    return backend().environments();
  }

  /** The nodes, as they are now. */
  public List<Node> nodes() {
    return backend().nodes();
  }

  /** Creates or updates a queue and its environments; returns when it can be used. */
  public void apply(JobQueue queue) {
    backend().apply(queue);
  }

  /** Whether it has not been closed. */
  public boolean isOpen() {
    return !closed;
  }

  /**
   * Closes the client and its backend, in bounded time; what becomes of the jobs is a setting of
   * the backend. Whoever still waits for a job is told by an {@link IllegalStateException}.
   * Idempotent.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    tracker.release(backend);
    backend.close();
    tracker.leave(backend, listeners);
    if (keeper != null) {
      keeper.close();
    }
  }

  Backend backend() {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
    return backend;
  }

  /** The backend to ask for a job. */
  Backend backend(JobId id) {
    return tracker.backend(id, backend());
  }

  void await(Job job, CompletableFuture<?> future) {
    waiting.await(job.tracked(), future, status -> backend(status.id()).explain(status.id()));
  }

  boolean await(CompletableFuture<?> future, Duration atMost) {
    return waiting.await(future, atMost);
  }

  boolean isVirtual() {
    return backend.time() instanceof VirtualTime;
  }

  void refresh() {
    backend();
    tracker.refresh();
  }

  void listenToElements(Job array, JobListener listener) {
    tracker.listenToElements(array.tracked(), listener);
    if (!tracker.isPushed()) {
      array.elements();
    }
  }

  void settleLost(Tracked job, JobState state) {
    if (!state.isFinal()) {
      throw new IllegalArgumentException("a lost job can be settled as ended only, not " + state);
    }
    if (job.status().state() != JobState.LOST) {
      throw new IllegalStateException("job " + job.id() + " is not lost: " + job.status().state());
    }
    backend(job.id()).settle(job.id(), state);
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    job.status()
        .counts()
        .forEach((s, n) -> counts.merge(s == JobState.LOST ? state : s, n, Integer::sum));
    tracker.settle(
        job,
        job.status().toBuilder()
            .counts(counts)
            .state(state)
            .reason(state == JobState.SUCCEEDED ? Reason.SUCCESS : Reason.LOST)
            .message("lost, then settled by the user")
            .source("user")
            .build());
    tracker.refresh(); // the array of an element, and what waits for it
  }

  /** The end of a failed job's error output with its place; empty when there is none to be had. */
  String outputTail(JobStatus status) {
    try {
      return backend(status.id())
          .logs(status.id())
          .last()
          .map(
              entry -> "the end of " + entry.location() + ":\n" + String.join("\n", entry.tail(20)))
          .orElse("");
    } catch (HpcException | IllegalStateException e) {
      return "";
    }
  }

  Usage usage(JobId id, boolean array) {
    List<Attempt> attempts =
        array
            ? backend(id).indices(id, EnumSet.allOf(JobState.class)).stream()
                .mapToObj(index -> backend(id).attempts(id.element(index)))
                .flatMap(List::stream)
                .collect(toList())
            : backend(id).attempts(id);
    return sum(attempts);
  }

  private static Usage sum(List<Attempt> attempts) {
    @Nullable Duration elapsed = null;
    @Nullable Duration cpuTime = null;
    @Nullable Memory peak = null;
    for (Attempt attempt : attempts) {
      Usage usage = attempt.usage();
      elapsed = add(elapsed, usage.elapsed().orElse(null));
      cpuTime = add(cpuTime, usage.cpuTime().orElse(null));
      Memory one = usage.peakMemory().orElse(null);
      peak = one != null && (peak == null || one.compareTo(peak) > 0) ? one : peak;
    }
    return new Usage(
        Optional.ofNullable(elapsed), Optional.ofNullable(cpuTime), Optional.ofNullable(peak));
  }

  private static @Nullable Duration add(@Nullable Duration sum, @Nullable Duration more) {
    return sum == null || more == null ? (sum == null ? more : sum) : sum.plus(more);
  }

  /** Builds a {@link JobClient}; not thread-safe. */
  public static final class Builder {
    private final Backend backend;
    private TrackerOptions options = TrackerOptions.DEFAULT;
    private @Nullable JobStore store;

    private Builder(Backend backend) {
      this.backend = Objects.requireNonNull(backend, "backend");
    }

    /**
     * Sets how many ended jobs the client keeps, and for how long; default 10,000 and a day. A
     * job's own handle always keeps what it has seen.
     */
    public Builder keepEnded(int count, Duration duration) {
      if (count < 0 || duration.isNegative()) {
        throw new IllegalArgumentException(
            "count and duration must not be negative: " + count + ", " + duration);
      }
      options = new TrackerOptions(options.pollFloor(), count, duration);
      return this;
    }

    /** Sets an interval that polls never come closer to each other than; default: none. */
    public Builder pollFloor(Duration shortest) {
      if (shortest.isNegative()) {
        throw new IllegalArgumentException("the poll floor must not be negative: " + shortest);
      }
      options = new TrackerOptions(shortest, options.keepEnded(), options.keepEndedFor());
      return this;
    }

    /**
     * Sets a record of what is submitted, for {@link JobClient#resume()}; closed with the client.
     * Default: none. Java tasks cannot be submitted with one.
     */
    public Builder store(JobStore value) {
      store = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Returns the client. Does no I/O. */
    public JobClient build() {
      return new JobClient(backend, options, store);
    }
  }
}
