package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Cluster;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Usage;
import io.hpc4j.model.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns records into what anybody may know of them. Reads, and changes nothing. */
final class Views {
  private static final Ending DONE = Ending.of(Reason.SUCCESS, "");
  private static final Ending EXITED_WITH_ZERO =
      new Ending(Reason.SUCCESS, Optional.of(Exit.code(0)), "");

  private final Cluster cluster;

  Views(Cluster cluster) {
    this.cluster = cluster;
  }

  JobStatus job(JobRecord job, Instant now) {
    return job.isArray() ? array(job, now) : element(job, 0, now);
  }

  private static JobStatus.Builder base(JobRecord job, JobStatus.Builder b) {
    return b.source("engine")
        .submittedAt(job.submittedAt)
        .name(job.definition.name())
        .queue(job.queue.definition().name());
  }

  private static JobStatus array(JobRecord job, Instant now) {
    Ending ending = job.ending;
    JobStatus.Builder b =
        base(job, JobStatus.builder(job.id, job.state(), now))
            .nativeId(String.valueOf(job.number))
            .startedAt(job.firstStart)
            .endedAt(job.endedAt)
            .counts(counts(job));
    if (ending != null) {
      b.reason(ending.reason()).message(ending.message());
    }
    return b.build();
  }

  private static Map<JobState, Integer> counts(JobRecord job) {
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    counts.putAll(job.elements.counts());
    int ready = job.readyCount();
    add(counts, JobState.RUNNABLE, ready);
    add(counts, JobState.PENDING, job.elements.untouched() - ready);
    return counts;
  }

  private static void add(Map<JobState, Integer> counts, JobState state, int more) {
    if (more > 0) {
      counts.merge(state, more, Integer::sum);
    }
  }

  JobStatus element(JobRecord job, int rank, Instant now) {
    JobState state = job.state(rank);
    Live live = job.live.get(rank);
    JobStatus.Builder b =
        base(job, JobStatus.builder(job.elementId(rank), state, now))
            .nativeId(job.nativeId(rank))
            .attempt(attempt(job, rank))
            .nodes(nodes(job, rank))
            .endedAt(job.elements.endedAt(rank).orElse(null));
    if (live == null || live.isActive()) {
      b.startedAt(job.elements.startedAt(rank).orElse(null));
    }
    if (state.isEnded()) {
      Ending ending = ending(job, rank);
      b.reason(ending.reason()).exit(ending.exit().orElse(null)).message(ending.message());
    }
    return b.build();
  }

  private static int attempt(JobRecord job, int rank) {
    Live live = job.live.get(rank);
    if (live != null) {
      return live.attempt;
    }
    Elements.Detail detail = job.elements.detail(rank);
    return detail == null ? 1 : Math.max(1, detail.attempts.size());
  }

  private List<String> nodes(JobRecord job, int rank) {
    Live live = job.live.get(rank);
    if (live != null) {
      return live.isActive() ? live.nodeNames() : List.of();
    }
    Elements.Detail detail = job.elements.detail(rank);
    if (detail != null && !detail.nodes.isEmpty()) {
      return detail.nodes;
    }
    int node = job.elements.node(rank);
    return node == Elements.NO_NODE ? List.of() : List.of(cluster.nameOf(node));
  }

  /** How an element has ended; without anything unusual it has ended well. */
  static Ending ending(JobRecord job, int rank) {
    Elements.Detail detail = job.elements.detail(rank);
    if (detail != null && detail.ending != null) {
      return detail.ending;
    }
    return job.elements.restEnding(rank).orElseGet(() -> plainSuccess(job));
  }

  /** The ending that need not be kept: success, with exit code 0 where there is a process. */
  static Ending plainSuccess(JobRecord job) {
    return job.definition.work().orElse(null) instanceof Work.Java ? DONE : EXITED_WITH_ZERO;
  }

  List<Attempt> attempts(JobRecord job, int rank) {
    List<Attempt> attempts = endedAttempts(job, rank);
    Live live = job.live.get(rank);
    if (live != null && live.isActive()) {
      attempts.add(running(live, nodes(job, rank)));
    }
    return attempts;
  }

  List<Attempt> endedAttempts(JobRecord job, int rank) {
    Elements.Detail detail = job.elements.detail(rank);
    Live live = job.live.get(rank);
    List<Attempt> attempts = new ArrayList<>(detail == null ? List.of() : detail.attempts);
    if (live == null && attempts.isEmpty() && job.elements.startedAt(rank).isPresent()) {
      attempts.add(
          ended(
              1,
              plainSuccess(job),
              nodes(job, rank),
              job.elements.startedAt(rank).orElse(null),
              job.elements.endedAt(rank).orElseThrow(),
              job.elements.cpuTime(rank),
              job.elements.peakMemory(rank)));
    }
    return attempts;
  }

  private static Attempt running(Live live, List<String> nodes) {
    return new Attempt(
        live.attempt,
        live.state,
        Optional.empty(),
        Optional.empty(),
        nodes,
        Optional.ofNullable(live.startedAt),
        Optional.empty(),
        "",
        new Usage(Optional.empty(), live.cpuTime(), live.peakMemory()));
  }

  /** What is written of an element that ended without an attempt. */
  static Attempt noAttempt(Instant end) {
    return new Attempt(
        0,
        JobState.CANCELLED,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.of(end),
        "",
        Usage.UNKNOWN);
  }

  static Attempt ended(Live live, Ending ending, Instant end) {
    return ended(
        live.attempt,
        ending,
        live.nodeNames(),
        live.startedAt,
        end,
        live.cpuTime(),
        live.peakMemory());
  }

  static Attempt ended(
      int number,
      Ending ending,
      List<String> nodes,
      @Nullable Instant start,
      Instant end,
      Optional<Duration> cpuTime,
      Optional<Memory> peakMemory) {
    return new Attempt(
        number,
        ending.state(),
        Optional.of(ending.reason()),
        ending.exit(),
        nodes,
        Optional.ofNullable(start),
        Optional.of(end),
        ending.message(),
        new Usage(
            Optional.ofNullable(start).map(since -> Duration.between(since, end)),
            cpuTime,
            peakMemory));
  }
}
