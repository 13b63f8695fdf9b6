package io.hpc4j.testkit.batch;

import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * AWS Batch's states: dependencies, attempts, arrays and the ends of jobs. Each attempt of a job
 * that is free to run is a job of the local backend. Owned by the turns.
 *
 * <p>What one end brings about for others is put off until that end is complete, so that a chain of
 * ten thousand jobs costs no stack.
 */
final class JobEngine {
  private static final String DEPENDENT = "Dependent Job failed";
  private static final String CHILD = "Array Child Job failed";

  private final InstantSource time;
  private final JobBook book;
  private final LocalRuns runs;
  private final TimeLimits limits;
  private final ConsumableResources consumables;
  private final Timers timers;
  private final Map<BatchJob, List<Edge>> notLookedAt = new HashMap<>();
  private final Deque<Runnable> consequences = new ArrayDeque<>();

  /**
   * A dependency.
   *
   * @param dependent what waits
   * @param on for what
   */
  record Edge(BatchJob dependent, BatchJob on) {}

  JobEngine(
      InstantSource time,
      JobBook book,
      LocalRuns runs,
      Timers timers,
      TimeLimits limits,
      ConsumableResources consumables) {
    this.time = time;
    this.book = book;
    this.runs = runs;
    this.timers = timers;
    this.limits = limits;
    this.consumables = consumables;
    runs.tell(this::changed);
    limits.endBy(this::endByLimit);
  }

  /** Takes in a job that has been checked; it is SUBMITTED until it is looked at. */
  void accept(BatchJob job, List<Edge> edges, Duration unseen) {
    book.add(job);
    notLookedAt.put(job, edges);
    if (unseen.isZero()) {
      lookAt(job);
    } else {
      timers.in(unseen, () -> lookAt(job));
    }
  }

  /** Looks at a job for the first time: from then on it waits or is free, and has children. */
  void lookAt(BatchJob job) {
    List<Edge> edges = notLookedAt.remove(job);
    if (edges == null || job.status.isEnded()) {
      return;
    }
    if (job.isArray()) {
      book.spawnChildren(job, time.instant());
    }
    edges.forEach(this::link);
    if (job.isArray() || !edges.isEmpty()) {
      book.move(job, Status.PENDING);
    }
    if (job.isArray()) {
      job.children.forEach(this::releaseIfFree);
    } else {
      releaseIfFree(job);
    }
    settle();
  }

  private void link(Edge edge) {
    BatchJob dependent = edge.dependent();
    if (edge.on().status == Status.SUCCEEDED) {
      return;
    }
    dependent.open++;
    if (edge.on().status == Status.FAILED) {
      consequences.add(() -> dependencyFailed(dependent));
    } else {
      edge.on().addDependent(dependent);
    }
  }

  /** Carries out what has been put off. */
  void settle() {
    for (Runnable next = consequences.poll(); next != null; next = consequences.poll()) {
      next.run();
    }
  }

  private void releaseIfFree(BatchJob job) {
    if (!job.isFree() || job.status.isEnded()) {
      return;
    }
    String stop = job.stopReason;
    if (stop != null) {
      end(job, Status.FAILED, stop);
    } else {
      makeRunnable(job);
    }
  }

  private void dependencyMet(BatchJob job) {
    job.open--;
    if (job.open == 0 && job.isArray()) {
      job.children.forEach(this::releaseIfFree);
    } else {
      releaseIfFree(job);
    }
  }

  private void dependencyFailed(BatchJob job) {
    List<BatchJob> all = job.isArray() ? job.children : List.of(job);
    for (BatchJob one : all) {
      if (!one.status.isEnded()) {
        String stop = one.stopReason;
        end(one, Status.FAILED, stop == null ? DEPENDENT : stop);
      }
    }
  }

  private void makeRunnable(BatchJob job) {
    if (!consumables.take(job)) {
      book.move(job, Status.PENDING);
      return;
    }
    job.runnableAt = time.instant();
    book.move(job, Status.RUNNABLE);
    limits.runnable(job);
    String refusal = SubmitRules.refusedLater(job.submitted);
    if (refusal != null) {
      end(job, Status.FAILED, refusal);
    } else {
      start(job);
    }
  }

  private void start(BatchJob job) {
    LocalRuns.Started started = runs.start(job);
    job.current = started.attempt();
    job.blocked = started.blocked();
    String failure = started.failure();
    if (failure != null) {
      end(job, Status.FAILED, failure);
    }
  }

  /** Tries again what nothing could run before; the environments have changed. */
  void retryBlocked(JobQueues.Queue queue) {
    for (BatchJob job : queue.jobs.open()) {
      List<BatchJob> all = job.isArray() ? job.children : List.of(job);
      for (BatchJob one : all) {
        if (one.blocked != null && one.status == Status.RUNNABLE) {
          start(one);
        }
      }
    }
    settle();
  }

  private void giveBackConsumables(BatchJob job) {
    tryAgain(consumables.giveBack(job));
  }

  /** Lets those go on that have waited for a resource. */
  void resourcesAdded(List<BatchJob> jobs) {
    tryAgain(jobs);
    settle();
  }

  private void tryAgain(List<BatchJob> jobs) {
    jobs.forEach(job -> consequences.add(() -> releaseIfFree(job)));
  }

  /** The backend has news of an attempt. */
  private void changed(BatchJob job, JobAttempt attempt, JobStatus status) {
    if (!attempt.equals(job.current) || job.status.isEnded()) {
      return;
    }
    if (!status.nodes().isEmpty()) {
      attempt.instance = status.nodes().get(0);
    }
    if (status.state().isEnded()) {
      attemptEnded(job, attempt, status);
    } else if (status.state().isActive()) {
      status.startedAt().ifPresent(start -> started(job, attempt, start));
      book.move(job, attempt.startedAt == null ? Status.STARTING : Status.RUNNING);
    }
    settle();
  }

  private void started(BatchJob job, JobAttempt attempt, Instant start) {
    if (attempt.startedAt == null) {
      attempt.startedAt = start;
      job.startedAt = start;
      book.streams().started(job, attempt, start);
    }
  }

  private void attemptEnded(BatchJob job, JobAttempt attempt, JobStatus status) {
    job.current = null;
    Reason reason = status.reason().orElse(Reason.UNKNOWN);
    status.startedAt().ifPresent(start -> started(job, attempt, start));
    String stop = job.stopReason;
    if (attempt.startedAt == null && reason == Reason.CANCELLED && !job.isReclaimed) {
      end(job, Status.FAILED, stop == null ? status.message() : stop);
      return;
    }
    attempt.stoppedAt = attempt.startedAt == null ? null : status.endedAt().orElse(time.instant());
    boolean reclaimed = job.isReclaimed && reason == Reason.CANCELLED;
    AttemptEnd.describe(attempt, status, reclaimed ? Reason.SPOT_RECLAIMED : reason);
    job.isReclaimed = false;
    job.attempts.add(attempt);
    giveBackConsumables(job);
    job.stoppedAt = attempt.stoppedAt;
    if (reason == Reason.SUCCESS) {
      end(job, Status.SUCCEEDED, AttemptEnd.EXITED);
    } else if (stop != null) {
      end(job, Status.FAILED, stop);
    } else if (reason != Reason.TIMEOUT
        && Retries.retries(job.submitted.either("retryStrategy"), job.attempts.size(), attempt)) {
      job.startedAt = null;
      job.stoppedAt = null;
      makeRunnable(job);
    } else {
      end(job, Status.FAILED, attempt.statusReason == null ? "" : attempt.statusReason);
    }
  }

  private void end(BatchJob job, Status status, String reason) {
    job.statusReason = reason;
    job.endedAt = time.instant();
    job.current = null;
    job.blocked = null;
    book.move(job, status);
    book.ended(job);
    limits.ended(job);
    giveBackConsumables(job);
    for (BatchJob dependent : job.dependents) {
      consequences.add(
          status == Status.SUCCEEDED
              ? () -> dependencyMet(dependent)
              : () -> dependencyFailed(dependent));
    }
    job.dependents = List.of();
    BatchJob parent = job.parent;
    if (parent != null) {
      consequences.add(() -> endParentIfAllEnded(parent));
    }
  }

  private void endParentIfAllEnded(BatchJob parent) {
    int succeeded = parent.childrenIn(Status.SUCCEEDED);
    int failed = parent.childrenIn(Status.FAILED);
    if (succeeded + failed < parent.children.size() || parent.status.isEnded()) {
      return;
    }
    String stop = parent.stopReason;
    if (failed == 0) {
      end(parent, Status.SUCCEEDED, "");
    } else {
      end(parent, Status.FAILED, stop == null ? CHILD : stop);
    }
  }

  /** A job that waits for others ends when these have ended. */
  void stop(BatchJob job, String reason) {
    if (job.stopReason == null) {
      job.stopReason = reason;
    }
    JobAttempt attempt = job.current;
    if (attempt != null) {
      runs.cancel(attempt, reason);
    } else if (job.status != Status.PENDING || job.isFree()) {
      end(job, Status.FAILED, reason);
    }
  }

  private void endByLimit(BatchJob job, String reason) {
    stop(job, reason);
    settle();
  }
}
