package io.hpc4j.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.Capability;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Backend;
import io.hpc4j.time.Phase;
import io.hpc4j.time.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * One group of the contract: a fresh backend with a client for each test, and the few verbs that
 * the tests are written in. Nothing here sleeps: time passes only by waiting for jobs.
 */
@Timeout(300)
abstract class Cases {
  BackendFixture fixture;
  Path directory;
  Backend backend;
  JobClient hpc;
  private final List<JobClient> others = new ArrayList<>();
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();

  abstract BackendFixture makeFixture();

  @BeforeEach
  void open() throws IOException {
    fixture = makeFixture();
    directory = fixture.directory();
    backend = fixture.open(directory);
    hpc = JobClient.on(backend);
  }

  @AfterEach
  void close() throws IOException {
    try {
      try {
        if (hpc.isOpen()) {
          endAll();
        }
      } finally { // a client that stays open would be asked for the jobs of the next test
        others.forEach(JobClient::close);
        hpc.close();
      }
      assertNoProcessOf(tokens);
      Leftovers.remember(tokens);
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } finally {
      fixture.close();
    }
  }

  /** Ends every job, so that the next test finds an idle cluster. */
  private void endAll() {
    List<Job> open = hpc.list(JobFilter.open()).stream().map(s -> hpc.job(s.id())).toList();
    open.forEach(job -> job.cancel("the test is over"));
    open.forEach(job -> job.await(fixture.patience()));
  }

  /** Checks that nothing is left of jobs; what was killed may take a moment to be gone. */
  void assertNoProcessOf(Collection<String> jobs) {
    until("nothing is left", () -> Leftovers.of(jobs), List::isEmpty);
  }

  /** A second client of the same jobs; closed after the test. */
  JobClient anotherClient() {
    return remember(JobClient.on(fixture.reconnect(backend)));
  }

  /** A client of another program of the same jobs, which it keeps in a store. */
  JobClient anotherClient(JobStore store) {
    Backend other = fixture.reconnect(backend);
    assumeTrue(other != backend, "needs a backend that more than one program can have");
    return remember(JobClient.builder(other).store(store).build());
  }

  private JobClient remember(JobClient other) {
    others.add(other);
    return other;
  }

  // ---- definitions

  JobDefinition quick(String name) {
    return fixture.work(name, ContractWork.quick()).build();
  }

  JobDefinition failing(String name) {
    return fixture.work(name, ContractWork.quick().exit(3)).build();
  }

  JobDefinition lasting(String name) {
    return fixture.work(name, ContractWork.lasting(fixture.unit())).build();
  }

  JobDefinition endless(String name) {
    return fixture.work(name, ContractWork.endless()).build();
  }

  /** The first way to launch on several nodes that the backend has. */
  Launch launch() {
    return has(Capability.LAUNCH_MAIN)
        ? Launch.MAIN
        : has(Capability.LAUNCH_PER_NODE) ? Launch.PER_NODE : Launch.PER_TASK;
  }

  // ---- jobs

  Job submit(JobDefinition definition) {
    return submit(definition, request -> request);
  }

  Job submit(JobDefinition definition, UnaryOperator<JobRequest.Builder> request) {
    return submit(hpc, definition, request);
  }

  Job submit(JobClient client, JobDefinition definition) {
    return submit(client, definition, request -> request);
  }

  Job submit(
      JobClient client, JobDefinition definition, UnaryOperator<JobRequest.Builder> request) {
    return remember(client.submit(definition, request));
  }

  private Job remember(Job job) {
    tokens.add(job.id().token());
    return job;
  }

  /** Occupies this many places of one cpu in the default queue until it is cancelled. */
  Job occupy(int cpus) {
    needs(Capability.ARRAY);
    Job blocker = submit(endless("blocker"), r -> r.array(cpus));
    blocker.elements().forEach(this::running);
    return blocker;
  }

  /** Submits a job that is held, so that it stays as long as a test likes. */
  Job held(String name) {
    needs(Capability.HOLD);
    return submit(quick(name), JobRequest.Builder::hold);
  }

  /** An id that no backend has ever given. */
  JobId unknownId() {
    return JobId.create(backend.name(), backend.scope());
  }

  // ---- waiting

  /** Waits for the ending and returns it. */
  JobStatus end(Job job) {
    job.await(fixture.patience());
    assertThat(job.state().isEnded()).as("%s has ended: %s", job, explain(job)).isTrue();
    assertThat(job.completion()).as("completion of %s", job).isDone();
    return job.status();
  }

  /** Waits until it runs. */
  Job running(Job job) {
    job.await(JobState.RUNNING, fixture.patience());
    assertThat(job.state()).as("%s: %s", job, explain(job)).isEqualTo(JobState.RUNNING);
    return job;
  }

  /** Waits until it is seen waiting in this state. */
  Job waiting(Job job, JobState state) {
    job.await(state, fixture.patience());
    assertThat(job.state()).as("%s: %s", job, explain(job)).isEqualTo(state);
    return job;
  }

  private String explain(Job job) {
    return job.explain().map(Object::toString).orElse("does not wait");
  }

  /** Lets time pass. */
  void pass(Duration duration) {
    if (backend.time() instanceof VirtualTime virtual) {
      virtual.advance(duration);
    } else {
      CompletableFuture<Void> over = new CompletableFuture<>();
      backend.time().schedule(duration, Phase.MONITOR, () -> over.complete(null));
      over.join();
    }
  }

  /** Lets time pass until something is so that no job's state tells. */
  void until(String what, BooleanSupplier condition) {
    until(what, condition::getAsBoolean, so -> so);
  }

  private <T> void until(String what, Supplier<T> look, Predicate<T> condition) {
    Instant latest = backend.time().instant().plus(fixture.patience());
    for (T seen = look.get(); !condition.test(seen); seen = look.get()) {
      assertThat(backend.time().instant()).as("until %s: %s", what, seen).isBefore(latest);
      pass(fixture.unit().dividedBy(8));
    }
  }

  /** Waits for a future that others complete, without driving virtual time. */
  <T> T done(CompletableFuture<T> future) {
    return Objects.requireNonNull(future.orTimeout(30, SECONDS).join());
  }

  // ---- looking

  /** Asks the backend, not the tracker. */
  JobStatus ask(JobRef job) {
    return Objects.requireNonNull(hpc.status(List.of(job)).get(job.id()), () -> "no " + job);
  }

  List<JobStatus> askElements(Job array) {
    return array.elements().stream().map(this::ask).toList();
  }

  static Instant started(JobStatus status) {
    return status.startedAt().orElseThrow(() -> new AssertionError("never started: " + status));
  }

  static Instant ended(JobStatus status) {
    return status.endedAt().orElseThrow(() -> new AssertionError("not ended: " + status));
  }

  /** Checks that one instant is not before another, as far as the backend's stamps can tell. */
  void assertNotBefore(Instant later, Instant earlier) {
    assertThat(later.plus(fixture.resolution())).isAfterOrEqualTo(earlier);
  }

  /** How many of these overlapped at most; one that starts as another ends does not overlap. */
  static int mostAtOnce(List<JobStatus> statuses) {
    List<Instant> starts = statuses.stream().map(Cases::started).sorted().toList();
    List<Instant> ends = new ArrayList<>(statuses.stream().map(Cases::ended).sorted().toList());
    int most = 0;
    for (int i = 0; i < starts.size(); i++) {
      Instant start = starts.get(i);
      int over = (int) ends.stream().filter(end -> !end.isAfter(start)).count();
      most = Math.max(most, i + 1 - over);
    }
    return most;
  }

  int cpusInUse() {
    return hpc.nodes().stream().mapToInt(node -> node.cpusInUse()).sum();
  }

  static void assertEnded(JobStatus status, JobState state, Reason reason) {
    assertThat(status.state()).as("%s", status).isEqualTo(state);
    assertThat(status.reason()).as("%s", status).contains(reason);
  }

  static void assertSucceeded(JobStatus status) {
    assertEnded(status, JobState.SUCCEEDED, Reason.SUCCESS);
  }

  // ---- refusals

  boolean has(Capability capability) {
    return backend.capabilities().has(capability);
  }

  /** Skips the test, by the names of what is missing. */
  void needs(Capability... capabilities) {
    for (Capability capability : capabilities) {
      assumeTrue(has(capability), () -> "needs " + capability);
    }
  }

  /** Submits what must be refused; checks that nothing has come of it, and returns the problems. */
  List<Problem> refused(JobRequest request) {
    List<Object> before = traces();
    List<Problem> problems = new ArrayList<>();
    assertThatThrownBy(() -> hpc.submit(request))
        .isInstanceOfSatisfying(
            InvalidJobException.class, refusal -> problems.addAll(refusal.problems()));
    assertThat(traces()).as("jobs and files after the refusal").isEqualTo(before);
    assertThat(problems).isNotEmpty().allSatisfy(p -> assertThat(p.rule()).isNotBlank());
    return problems;
  }

  /** Every job that the backend has, and every file. */
  List<Object> traces() {
    List<Object> traces =
        new ArrayList<>(hpc.list(JobFilter.all()).stream().map(JobStatus::id).toList());
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted().forEach(traces::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return traces;
  }
}
