package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.batch.status.StatusMapper;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.ArrayStatus;
import io.hpc4j.spi.Sentence;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells what is known of a job; called under its lock. Pure. */
final class Statuses {
  private static final String SOURCE = "DescribeJobs";

  /** The states in which elements are counted by AWS, the furthest first. */
  private static final List<String> ON_THE_WAY = List.of("RUNNING", "STARTING", "RUNNABLE");

  private Statuses() {}

  /** The status of a job, an array or an element. */
  static JobStatus of(BatchJob job, JobId id, Instant now) {
    return job.isArray() && id.index().isEmpty()
        ? array(job, now)
        : single(job, id, job.task(id), now);
  }

  private static JobStatus single(BatchJob job, JobId id, Task task, Instant now) {
    Optional<Seen> seen = task.present();
    Piece piece = task.piece;
    JobStatus.Builder b =
        JobStatus.builder(id, task.state(), now)
            .submittedAt(job.submittedAt)
            .name(job.name)
            .queue(job.queue)
            .attempt(task.attempt())
            .source(SOURCE)
            .waitReason(Waits.of(job, task, now).orElse(null))
            .startedAt(seen.flatMap(Seen::started).orElse(null))
            .nodes(seen.map(Seen::nodes).orElse(List.of()))
            .nativeId(piece == null ? null : piece.nativeId(id.index().orElse(0)))
            .nativeState(seen.map(Seen::nativeState).orElse(null));
    if (task.isEnded()) {
      Sentence verdict = task.verdict;
      Reason otherwise = task.state() == JobState.SUCCEEDED ? Reason.SUCCESS : Reason.UNKNOWN;
      b.endedAt(task.ended().orElse(null))
          .reason(task.reason().orElse(otherwise))
          .exit(seen.flatMap(Seen::exit).orElse(null))
          .message(verdict == null ? seen.map(Seen::message).orElse("") : verdict.message());
    }
    return b.build();
  }

  private static JobStatus array(BatchJob job, Instant now) {
    Map<JobState, Integer> counts = counts(job);
    JobStatus.Builder b =
        JobStatus.builder(job.id, state(job, counts), now)
            .submittedAt(job.submittedAt)
            .name(job.name)
            .queue(job.queue)
            .counts(counts)
            .source(SOURCE)
            .nativeId(job.pieces.isEmpty() ? null : job.pieces.get(0).nativeId);
    stamps(job, true).min(Comparator.naturalOrder()).ifPresent(b::startedAt);
    if (ArrayStatus.hasEnded(counts)) {
      stamps(job, false).max(Comparator.naturalOrder()).ifPresent(b::endedAt);
      ArrayStatus.conclude(
          b,
          counts,
          job.decisions.ofAll().orElse(null),
          end -> of(job, job.id.element(job.indices(Set.of(end)).first()), now));
    }
    return b.build();
  }

  /** When elements or the arrays of AWS's that carry them have started, or ended. */
  private static Stream<Instant> stamps(BatchJob job, boolean started) {
    Stream.Builder<Instant> all = Stream.builder();
    job.forEach((index, task) -> (started ? task.started() : task.ended()).ifPresent(all));
    job.pieces.stream()
        .flatMap(piece -> Optional.ofNullable(piece.seen).stream())
        .flatMap(seen -> (started ? seen.started() : seen.ended()).stream())
        .forEach(all);
    return all.build();
  }

  private static void add(Map<JobState, Integer> counts, JobState state, int count) {
    if (count > 0) {
      counts.merge(state, count, Integer::sum);
    }
  }

  /**
   * The elements by their states. Those that another program has not sent, or AWS does not show,
   * have not ended as far as anybody knows. What waits or runs is counted by AWS, which may be
   * late; what has ended is known one by one, but for successes, which are counted too.
   */
  static Map<JobState, Integer> counts(BatchJob job) {
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    Map<Piece, Integer> open = new HashMap<>();
    Map<Piece, Integer> succeeded = new HashMap<>();
    job.forEach(
        (index, task) -> {
          Piece piece = task.piece;
          if (task.isFollowed() || piece == null || !piece.isArray()) {
            add(counts, task.state(), 1);
          } else if (task.isEnded() && task.state() != JobState.SUCCEEDED) {
            add(counts, task.state(), 1);
          } else {
            open.merge(piece, 1, Integer::sum);
            succeeded.merge(piece, task.isEnded() ? 1 : 0, Integer::sum);
          }
        });
    add(counts, JobState.SUBMITTED, job.missing());
    open.forEach((piece, size) -> count(piece, size, succeeded.getOrDefault(piece, 0), counts));
    return counts;
  }

  private static void count(Piece piece, int size, int known, Map<JobState, Integer> counts) {
    int done = piece.over ? size : Math.min(size, Math.max(known, piece.count("SUCCEEDED")));
    add(counts, JobState.SUCCEEDED, done);
    int rest = size - done;
    for (String word : ON_THE_WAY) {
      int some = Math.min(rest, piece.count(word));
      add(counts, StatusMapper.state(word).orElseThrow(), some);
      rest -= some;
    }
    boolean pending =
        piece.seen != null && piece.seen.state().equals(Optional.of(JobState.PENDING));
    add(counts, pending ? JobState.PENDING : JobState.SUBMITTED, rest);
  }

  private static JobState state(BatchJob job, Map<JobState, Integer> counts) {
    boolean started =
        counts.containsKey(JobState.RUNNING)
            || counts.containsKey(JobState.SUCCEEDED)
            || stamps(job, true).findAny().isPresent();
    return ArrayStatus.state(counts, started, job.decisions.ofAll().isPresent());
  }
}
