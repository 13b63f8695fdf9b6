package io.hpc4j.local.engine;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.Work;
import io.hpc4j.spi.StatusSink;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.Phase;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** An engine in virtual time whose invariants are checked after every step. */
final class Lab implements StatusSink {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final VirtualTime time = VirtualTime.startingAt(START);
  final Engine engine;
  final List<JobStatus> told = new ArrayList<>();
  final Set<JobId> listenedTo = new HashSet<>();

  Lab(JobQueue... queues) {
    this((definition, index, attempt) -> success(1), queues);
  }

  Lab(Outcome.Rule rule, JobQueue... queues) {
    engine =
        new Engine(
            new EngineOptions(
                "lab",
                time,
                rule,
                List.of(queues),
                false,
                Path.of(""),
                Duration.ofSeconds(30),
                false,
                Duration.ofSeconds(1),
                true,
                false,
                Optional.empty(),
                "local",
                "lab",
                Optional.empty(),
                false,
                Integer.MAX_VALUE,
                Duration.ofDays(1000)));
    engine.tell(this);
  }

  static JobQueue queue(int nodes, int cpusEach) {
    return JobQueue.builder("normal")
        .runsOn(ComputeEnvironment.fixed("n", nodes, Capacity.cpus(cpusEach).memoryGiB(1000)))
        .build();
  }

  static Outcome success(int seconds) {
    return exit(0, seconds);
  }

  static Outcome exit(int code, int seconds) {
    return new Outcome(
        Duration.ofSeconds(seconds),
        code == 0 ? Reason.SUCCESS : Reason.NON_ZERO_EXIT,
        Optional.of(Exit.code(code)));
  }

  static JobDefinition sleep(int seconds) {
    return sleep(seconds, Resources.cpus(1).memory(Memory.ofMiB(1)));
  }

  static JobDefinition sleep(int seconds, Resources resources) {
    return JobDefinition.builder("sleep" + seconds)
        .work(Work.simulated(Duration.ofSeconds(seconds)))
        .resources(resources)
        .build();
  }

  static JobDefinition failing(int seconds) {
    return JobDefinition.builder("fail")
        .work(Work.simulated(Duration.ofSeconds(seconds), 1))
        .build();
  }

  JobId submit(JobDefinition definition) {
    return submit(definition, r -> r);
  }

  JobId submit(JobDefinition definition, UnaryOperator<JobRequest.Builder> request) {
    JobId id = JobId.create("local", "lab");
    engine.submit(
        new Submission(
            id, request.apply(JobRequest.builder(definition)).build(), part -> {}));
    Invariants.check(engine);
    return id;
  }

  void at(int second, Runnable action) {
    time.schedule(START.plusSeconds(second), Phase.SUBMIT, action);
  }

  /** Goes on until this second, looking at everything after each step. */
  Lab runTo(int second) {
    boolean[] there = {false};
    time.schedule(START.plusSeconds(second), Phase.MONITOR, () -> there[0] = true);
    while (!there[0] && time.step()) {
      Invariants.check(engine);
    }
    return this;
  }

  /** Goes on until nothing is left to do. */
  Lab runOut() {
    while (time.step()) {
      Invariants.check(engine);
    }
    return this;
  }

  JobStatus status(JobId id) {
    JobStatus status = engine.describe(List.of(id)).get(id);
    if (status == null) {
      throw new AssertionError(id + " is not known");
    }
    return status;
  }

  JobState state(JobId id) {
    return status(id).state();
  }

  /** The states that have been told of a job, in order. */
  List<JobState> toldOf(JobId id) {
    return told.stream().filter(s -> s.id().equals(id)).map(JobStatus::state).toList();
  }

  /** When it started, in seconds since the beginning. */
  long start(JobId id) {
    return Duration.between(START, status(id).startedAt().orElseThrow()).toSeconds();
  }

  /** When it ended, in seconds since the beginning. */
  long end(JobId id) {
    return Duration.between(START, status(id).endedAt().orElseThrow()).toSeconds();
  }

  @Override
  public void update(JobStatus status) {
    told.add(status);
  }

  @Override
  public boolean wantsElements(JobId array) {
    return listenedTo.contains(array);
  }

  @Override
  public boolean wantsEachChange(JobId job) {
    return listenedTo.contains(job);
  }
}
