package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import io.hpc4j.model.WaitReason;
import io.hpc4j.model.Work;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.Phase;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/** A local backend in virtual time with what is known of its jobs; checked after every step. */
final class Bench implements AutoCloseable {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final VirtualTime time = VirtualTime.startingAt(START);
  final RecordingSink sink = new RecordingSink().withElements();
  final LocalBackend backend;
  final List<Submitted> jobs = new ArrayList<>();

  record Submitted(JobId id, JobRequest request) {}

  private Bench(UnaryOperator<LocalBackend.Builder> options) {
    backend = options.apply(LocalBackend.builder().time(time)).build();
    backend.pushTo(sink);
  }

  static Bench with(UnaryOperator<LocalBackend.Builder> options) {
    return new Bench(options);
  }

  /** Equal nodes with these cpus and 4 GiB for each of them, and one queue. */
  static Bench nodes(int nodes, int cpus) {
    return with(b -> b.queue(queue("normal", environment("c", nodes, cpus))));
  }

  static ComputeEnvironment environment(String name, int nodes, int cpus) {
    return ComputeEnvironment.fixed(name, nodes, Capacity.cpus(cpus).memoryGiB(4L * cpus));
  }

  static JobQueue queue(String name, ComputeEnvironment... environments) {
    return JobQueue.builder(name).runsOn(environments).build();
  }

  /** Work of one cpu that takes this many seconds. */
  static JobDefinition.Builder work(int seconds) {
    return JobDefinition.builder("work").work(Work.simulated(Duration.ofSeconds(seconds)));
  }

  static JobDefinition.Builder failing(int seconds) {
    return JobDefinition.builder("bad").work(Work.simulated(Duration.ofSeconds(seconds), 3));
  }

  static JobDefinition.Builder cpus(int cpus, int seconds) {
    return work(seconds).resources(Resources.cpus(cpus));
  }

  JobId submit(JobDefinition.Builder definition) {
    return submit(definition, r -> r);
  }

  JobId submit(JobDefinition.Builder definition, UnaryOperator<JobRequest.Builder> options) {
    JobRequest request = options.apply(JobRequest.builder(definition.build())).build();
    JobId id = JobId.create(backend.name(), backend.scope());
    assertThat(request.problems()).isEmpty();
    assertThat(backend.check(request)).isEmpty();
    backend.submit(new Submission(id, request, part -> {}));
    jobs.add(new Submitted(id, request));
    check();
    return id;
  }

  List<Problem> problems(
      JobDefinition.Builder definition, UnaryOperator<JobRequest.Builder> options) {
    return backend.check(options.apply(JobRequest.builder(definition.build())).build());
  }

  Bench advance(int seconds) {
    AtomicBoolean there = new AtomicBoolean();
    time.schedule(Duration.ofSeconds(seconds), Phase.MONITOR, () -> there.set(true));
    while (!there.get()) {
      time.step();
      check();
    }
    SpiInvariants.checkNothingIsForgotten(this);
    return this;
  }

  void check() {
    SpiInvariants.check(this);
  }

  Bench act(Runnable action) {
    action.run();
    check();
    return this;
  }

  JobStatus status(JobId id) {
    JobStatus status = backend.describe(List.of(id)).get(id);
    assertThat(status).as("status of %s", id).isNotNull();
    return status;
  }

  JobState state(JobId id) {
    return status(id).state();
  }

  WaitReason why(JobId id) {
    return backend.explain(id).orElseThrow();
  }

  /** Seconds since the start of the bench. */
  long startedAt(JobId id) {
    return Duration.between(START, status(id).startedAt().orElseThrow()).toSeconds();
  }

  long endedAt(JobId id) {
    return Duration.between(START, status(id).endedAt().orElseThrow()).toSeconds();
  }

  static Instant at(int seconds) {
    return START.plusSeconds(seconds);
  }

  @Override
  public void close() {
    check();
    backend.close();
    sink.check();
  }
}
