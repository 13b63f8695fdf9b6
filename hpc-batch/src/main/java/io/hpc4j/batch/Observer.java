package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.batch.status.StatusMapper;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.JobSummary;

/**
 * Finds out where jobs are, by DescribeJobs in hundreds: jobs and arrays each as one, elements only
 * when they are asked for. Of an array that has ended, those that failed are looked at one by one,
 * once; the others have succeeded, but for those that AWS lists as out of memory.
 */
final class Observer {
  /** How long a new job may not be known yet. */
  static final Duration GRACE = Duration.ofSeconds(60);

  /** How long AWS Batch keeps a job that has ended, at least. */
  static final Duration KEPT = Duration.ofDays(7);

  /** Where only an element of an array that waits for nothing any more can be. */
  private static final Set<String> BEGUN =
      Set.of("RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED");

  /** Where what has not begun can be. */
  private static final Set<String> WAITING = Set.of("SUBMITTED", "PENDING", "RUNNABLE");

  private final Calls calls;
  private final Duration lostAfter;

  /**
   * Observes by these calls.
   *
   * @param lostAfter how long an element may be unknown to AWS before it is lost
   */
  Observer(Calls calls, Duration lostAfter) {
    this.calls = calls;
    this.lostAfter = lostAfter;
  }

  /** An element that is to be looked at. */
  private record Child(BatchJob job, Piece piece, int index) {
    String nativeId() {
      return piece.nativeId(index);
    }
  }

  /**
   * Moves jobs to where they are.
   *
   * @param elements the elements that are to be looked at one by one
   */
  void observe(Collection<BatchJob> jobs, Collection<JobId> elements, Instant now) {
    Map<String, List<JobId>> byToken =
        elements.stream()
            .filter(id -> id.index().isPresent())
            .collect(Collectors.groupingBy(JobId::token));
    Set<String> ids = new LinkedHashSet<>();
    List<Child> children = new ArrayList<>();
    for (BatchJob job : jobs) {
      synchronized (job) {
        for (Piece piece : job.pieces) {
          if (!piece.over) {
            ids.add(piece.nativeId);
            if (job.multiNode) {
              ids.add(piece.nativeId + Calls.MAIN_NODE);
            }
          }
        }
        byToken
            .getOrDefault(job.id.token(), List.of())
            .forEach(id -> child(job, id).ifPresent(children::add));
      }
    }
    children.forEach(child -> ids.add(child.nativeId()));
    Map<String, JobDetail> details = calls.describe(ids);
    for (BatchJob job : jobs) {
      synchronized (job) {
        for (Piece piece : List.copyOf(job.pieces)) {
          if (!piece.over) {
            see(job, piece, details, now);
            lose(job, piece, now);
          }
        }
      }
    }
    children.forEach(child -> see(child, details, now));
    failures(jobs, now);
    jobs.forEach(this::settleArrays);
  }

  private static Optional<Child> child(BatchJob job, JobId id) {
    int index = id.index().orElseThrow();
    if (!job.isArray()) {
      return Optional.empty();
    }
    return job.task(index)
        .filter(task -> task.piece != null && task.piece.isArray() && !isDone(task))
        .map(task -> new Child(job, Objects.requireNonNull(task.piece), index));
  }

  /** Whether AWS has told all that there is to tell of an element. */
  private static boolean isDone(Task task) {
    return task.attemptHasEnded() && task.told().isPresent();
  }

  /** Of an array the other parts go on; what is no array is lost as a whole, by its client. */
  private void lose(BatchJob job, Piece piece, Instant now) {
    Instant since = piece.unknownSince;
    if (job.isArray() && since != null && !now.isBefore(TimeSource.plus(since, lostAfter))) {
      job.forEach(piece, (index, task) -> task.lose(now));
    }
  }

  /** Moves a piece to where AWS says that it is, if it does. */
  static void see(BatchJob job, Piece piece, Map<String, JobDetail> details, Instant now) {
    JobDetail detail = details.get(piece.nativeId);
    if (detail == null) {
      if (!now.isBefore(piece.acceptedAt.plus(GRACE)) && piece.unknownSince == null) {
        piece.unknownSince = now;
      }
      return;
    }
    if (piece.unknownSince != null) {
      piece.unknownSince = null;
      job.forEach(piece, (index, task) -> task.findAgain());
    }
    JobDetail main = details.get(piece.nativeId + Calls.MAIN_NODE);
    Seen seen = StatusMapper.of(Calls.withContainer(detail, main));
    piece.seen = seen;
    if (piece == job.pieces.get(0)) {
      seen.created()
          .filter(at -> at.isBefore(job.submittedAt.plus(GRACE))) // else it was kept here before
          .ifPresent(at -> job.submittedAt = at);
    }
    if (!piece.isArray()) {
      job.forEach(piece, (index, task) -> job.see(index, task, seen, now));
      piece.over = seen.state().map(JobState::isEnded).orElse(false);
    }
  }

  private static void see(Child child, Map<String, JobDetail> details, Instant now) {
    JobDetail detail = details.get(child.nativeId());
    if (detail != null) {
      synchronized (child.job()) {
        child
            .job()
            .task(child.index())
            .filter(task -> task.piece == child.piece())
            .ifPresent(task -> child.job().see(child.index(), task, StatusMapper.of(detail), now));
      }
    }
  }

  // ---- what has failed of arrays

  private void failures(Collection<BatchJob> jobs, Instant now) {
    Map<String, Child> unknown = new LinkedHashMap<>();
    for (BatchJob job : jobs) {
      synchronized (job) {
        for (Piece piece : job.pieces) {
          if (piece.isArray() && !piece.over) {
            for (JobSummary one : failed(job, piece)) {
              element(piece, one)
                  .filter(index -> job.task(index).filter(Observer::isDone).isEmpty())
                  .ifPresent(index -> unknown.put(one.jobId(), new Child(job, piece, index)));
            }
          }
        }
      }
    }
    if (!unknown.isEmpty()) {
      Map<String, JobDetail> details = calls.describe(unknown.keySet());
      unknown.values().forEach(child -> see(child, details, now));
    }
  }

  private List<JobSummary> failed(BatchJob job, Piece piece) {
    List<JobSummary> all = new ArrayList<>();
    if (hasNewFailures(job, piece)) {
      all.addAll(calls.children(piece.nativeId, "FAILED"));
    }
    if (hasEnded(piece) && !piece.successesRead && piece.mayHaveSucceeded()) {
      calls.children(piece.nativeId, "SUCCEEDED").stream()
          .filter(StatusMapper::failedAllTheSame)
          .forEach(all::add);
      piece.successesRead = true;
    }
    return all;
  }

  private static boolean hasNewFailures(BatchJob job, Piece piece) {
    return piece.count("FAILED") > knownFailures(job, piece)
        || (hasEnded(piece) && !hasSucceeded(piece));
  }

  /** How many of its elements have failed; those that were sent again since have. */
  private static int knownFailures(BatchJob job, Piece piece) {
    int[] known = {piece.indices().size()};
    job.forEach(
        piece,
        (index, task) -> {
          known[0] -= isFailure(task) ? 0 : 1;
        });
    return known[0];
  }

  /** Whether AWS counts it as failed; it counts some as succeeded that were out of memory. */
  private static boolean isFailure(Task task) {
    return task.attemptHasEnded()
        && task.state() != JobState.SUCCEEDED
        && task.told().filter(seen -> seen.nativeState().startsWith("SUCCEEDED")).isEmpty();
  }

  private static boolean hasEnded(Piece piece) {
    return piece.seen != null && piece.seen.state().map(JobState::isEnded).orElse(false);
  }

  private static boolean hasSucceeded(Piece piece) {
    return piece.seen != null && piece.seen.state().equals(Optional.of(JobState.SUCCEEDED));
  }

  /** Our index of one of AWS's elements; empty if it has been sent again since. */
  private static Optional<Integer> element(Piece piece, JobSummary summary) {
    String id = summary.jobId();
    int at = id.lastIndexOf(':');
    return at < 0
        ? Optional.empty()
        : Optional.of(piece.indices().indexAt(Integer.parseInt(id.substring(at + 1))));
  }

  /** Ends arrays of which all is known. */
  private void settleArrays(BatchJob job) {
    synchronized (job) {
      for (Piece piece : job.pieces) {
        Seen seen = piece.seen;
        if (!piece.isArray() || piece.over || seen == null || !hasEnded(piece)) {
          continue;
        }
        boolean spawned =
            seen.summary().entrySet().stream()
                .anyMatch(e -> e.getValue() > 0 && !e.getKey().equals("PENDING"));
        int failed = knownFailures(job, piece);
        if (!hasSucceeded(piece)
            && !spawned
            && failed == 0
            && (seen.hasEndedThere()
                || elements(piece, BEGUN).isEmpty())) { // it never had elements that did anything
          Instant at = seen.ended().orElse(piece.acceptedAt);
          job.forEach(piece, (index, task) -> job.see(index, task, seen, at));
          piece.over = true;
        } else if (hasSucceeded(piece)
            || piece.count("SUCCEEDED") + failed >= piece.indices().size()) {
          piece.over = true;
          job.forEach(piece, (index, task) -> task.isIn(JobState.SUCCEEDED));
        }
      }
    }
  }

  // ---- where the elements are

  /** Looks where elements are that are in one of these states, without looking at each. */
  void locate(BatchJob job, Set<String> statuses) {
    synchronized (job) {
      for (Piece piece : job.pieces) {
        if (piece.isArray() && !piece.over) {
          statuses.forEach(status -> locate(job, piece, status));
        }
      }
    }
  }

  private void locate(BatchJob job, Piece piece, String status) {
    for (JobSummary one : calls.children(piece.nativeId, status)) {
      element(piece, one)
          .flatMap(job::task)
          .filter(task -> task.piece == piece)
          .ifPresent(task -> StatusMapper.state(status).ifPresent(task::isIn));
    }
  }

  /** The elements that wait, once for each change of AWS's counts, which are late. */
  IndexSet waiting(BatchJob job, Piece piece) {
    Map<String, Integer> counts = piece.seen == null ? Map.of() : piece.seen.summary();
    int[] left = {WAITING.stream().mapToInt(piece::count).sum()};
    job.forEach(
        piece,
        (index, task) -> left[0] -= !task.isEnded() && job.decisions.of(index) != null ? 1 : 0);
    if (left[0] <= 0 && counts.equals(piece.listedAt)) {
      return IndexSet.empty();
    }
    IndexSet some = elements(piece, WAITING);
    piece.listedAt = counts;
    return some;
  }

  /** The elements of a piece that are in one of AWS's states. */
  IndexSet elements(Piece piece, Set<String> statuses) {
    int[] some =
        statuses.stream()
            .flatMap(status -> calls.children(piece.nativeId, status).stream())
            .flatMap(one -> element(piece, one).stream())
            .mapToInt(Integer::intValue)
            .distinct()
            .toArray();
    return IndexSet.of(some);
  }
}
