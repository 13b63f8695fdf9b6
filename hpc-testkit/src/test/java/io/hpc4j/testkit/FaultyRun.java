package io.hpc4j.testkit;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.Work;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** A small random program on a backend that does random things wrong, in virtual time. */
final class FaultyRun implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofDays(2);

  private final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  private final LocalBackend inner =
      LocalBackend.builder()
          .time(time)
          .queue(
              JobQueue.builder("q")
                  .runsOn(ComputeEnvironment.fixed("n", 2, Capacity.cpus(2).memoryGiB(64)))
                  .build())
          .build();
  private final ScriptedBackend backend = ScriptedBackend.over(inner);
  private final Faults faults = backend.faults();
  private final JobClient hpc = JobClient.on(backend);
  private final List<JobEvent> events = new ArrayList<>();
  private final List<Job> jobs = new ArrayList<>();
  private int arrivedUnknown;

  /** What can happen; the program does some of it, the backend's faults are the rest. */
  enum Kind {
    SUBMIT,
    SUBMIT_RETRIED,
    SUBMIT_ARRAY,
    CANCEL,
    REFRESH,
    LATE,
    REFUSE,
    DROP,
    LOSE_REPLIES,
    UNSEARCHABLE,
    FAIL_FINDS,
    FAIL_DESCRIBES,
    STALE,
    FORGET,
    OMIT_SOME,
    DISORDER,
    REGRESS,
    STRANGERS,
    REUSE_IDS,
    STRANGE_WORDS
  }

  /**
   * Something that happens.
   *
   * @param kind what
   * @param afterSeconds how long after the one before
   * @param amount how much of it, how long, or to which job
   */
  record Act(Kind kind, int afterSeconds, int amount) {}

  FaultyRun() {
    hpc.onEvent(events::add);
  }

  void act(Act act) {
    time.advance(Duration.ofSeconds(act.afterSeconds()));
    int amount = act.amount();
    switch (act.kind()) {
      case SUBMIT -> submit(JobRequest.of(lasting(amount).build()));
      case SUBMIT_RETRIED -> submit(JobRequest.of(retried(amount)));
      case SUBMIT_ARRAY ->
          submit(JobRequest.builder(lasting(amount).build()).array(1 + amount % 4).build());
      case CANCEL -> some(amount).forEach(Job::cancel);
      case REFRESH -> some(amount).forEach(Job::refresh);
      default -> fault(act.kind(), amount);
    }
  }

  private void fault(Kind kind, int amount) {
    boolean on = amount % 2 == 1;
    switch (kind) {
      case LATE -> faults.lateVisibility(Duration.ofSeconds(amount));
      case REFUSE -> faults.refuseSubmissions(amount % 2);
      case DROP -> faults.dropSubmissions(amount % 4);
      case LOSE_REPLIES -> faults.loseReplies(amount % 4);
      case UNSEARCHABLE -> faults.searchable(!on);
      case FAIL_FINDS -> faults.failFinds(amount);
      case FAIL_DESCRIBES -> faults.failDescribes(amount);
      case STALE -> faults.staleBy(amount / 4);
      case FORGET ->
          some(amount).forEach(job -> faults.forget(job.id(), Duration.ofMinutes(amount)));
      case OMIT_SOME -> faults.omit(id -> on && id.token().charAt(0) % 3 == 0);
      case DISORDER -> faults.disorder(on);
      case REGRESS -> faults.regress(on);
      case STRANGERS -> faults.strangers(on);
      case REUSE_IDS -> faults.reuseIds(on);
      case STRANGE_WORDS -> faults.strangeWords(on);
      default -> throw new AssertionError(kind);
    }
  }

  private static JobDefinition.Builder lasting(int minutes) {
    return JobDefinition.builder("job").work(Work.simulated(Duration.ofMinutes(minutes)));
  }

  private static JobDefinition retried(int minutes) {
    return lasting(minutes + 1)
        .timeout(Duration.ofSeconds(60L * minutes + 30))
        .retry(RetryPolicy.attempts(1 + minutes % 3).retryOn(Reason.TIMEOUT))
        .build();
  }

  private void submit(JobRequest request) {
    int before = faults.arrivals();
    try {
      jobs.add(hpc.submit(request));
    } catch (BackendException e) {
      arrivedUnknown += e.outcomeUnknown() ? faults.arrivals() - before : 0;
    }
  }

  private List<Job> some(int amount) {
    return jobs.isEmpty() ? List.of() : List.of(jobs.get(amount % jobs.size()));
  }

  /** Lets the backend tell the truth from now on, and all jobs end. */
  void finish() {
    faults.none();
    jobs.forEach(Job::refresh);
    Instant latest = time.instant().plus(LONGEST);
    while (time.instant().isBefore(latest) && !allEnded()) {
      time.advance(Duration.ofMinutes(10));
    }
  }

  private boolean allEnded() {
    return jobs.stream().allMatch(job -> job.state().isFinal());
  }

  List<Job> jobs() {
    return jobs;
  }

  List<JobEvent> events() {
    return events;
  }

  /** A job's ending as the client has it. */
  JobStatus told(Job job) {
    return comparable(job.status(), job.id());
  }

  /** A job's ending as the inner backend has it. */
  JobStatus truth(Job job) {
    JobId id = backend.innerId(job.id());
    return comparable(Objects.requireNonNull(inner.describe(List.of(id)).get(id)), job.id());
  }

  /** Leaves out what is about the telling. */
  private static JobStatus comparable(JobStatus status, JobId id) {
    return status.toBuilder().id(id).source("").nativeState(null).observedAt(Instant.EPOCH).build();
  }

  int arrivals() {
    return faults.arrivals();
  }

  /** How many submissions arrived whose outcome the client could not find out. */
  int arrivedUnknown() {
    return arrivedUnknown;
  }

  int jobsThatAreThere() {
    return inner.list(JobFilter.all()).size();
  }

  double shortestGapSeconds() {
    List<Instant> asked = faults.describeTimes();
    return IntStream.range(1, asked.size())
        .mapToDouble(i -> Duration.between(asked.get(i - 1), asked.get(i)).toMillis() / 1000.0)
        .min()
        .orElse(Double.MAX_VALUE);
  }

  @Override
  public void close() {
    hpc.close();
  }
}
