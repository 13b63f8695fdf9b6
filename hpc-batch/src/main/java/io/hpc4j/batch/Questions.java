package io.hpc4j.batch;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Logs;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.WaitReason;
import io.hpc4j.spi.JobTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers questions about jobs, of other programs too. Thread-safe. */
final class Questions {
  /** AWS's words for our states; those of failures are known without asking. */
  private static final Map<JobState, String> WORDS =
      Map.of(
          JobState.SUBMITTED, "SUBMITTED",
          JobState.PENDING, "PENDING",
          JobState.RUNNABLE, "RUNNABLE",
          JobState.STARTING, "STARTING",
          JobState.RUNNING, "RUNNING",
          JobState.SUCCEEDED, "SUCCEEDED");

  private final Settings settings;
  private final Site site;
  private final JobTable<BatchJob> jobs;
  private final Watch watch;
  private final Observer observer;
  private final Locator locator;
  private final Waiters waiters;
  private final @Nullable LogReader logs;

  Questions(
      Settings settings,
      Calls calls,
      Site site,
      JobTable<BatchJob> jobs,
      Watch watch,
      Observer observer,
      Locator locator,
      @Nullable LogReader logs) {
    this.settings = settings;
    this.site = site;
    this.jobs = jobs;
    this.watch = watch;
    this.observer = observer;
    this.locator = locator;
    this.logs = logs;
    waiters = new Waiters(calls);
  }

  private Instant now() {
    return settings.time().instant();
  }

  /** A job that is known here, or that AWS finds by its token. */
  Optional<BatchJob> lookUp(JobId id) {
    Optional<BatchJob> known = jobs.find(id);
    return known.isPresent()
        ? known
        : locator.find(List.of(id)).stream().map(jobs::found).findFirst();
  }

  /**
   * The job of an id.
   *
   * @throws NotFoundException if AWS does not know it either
   */
  BatchJob known(JobId id) {
    return lookUp(id)
        .orElseThrow(() -> new NotFoundException("job " + id + " is not known to AWS Batch"));
  }

  Map<JobId, JobStatus> describe(Collection<JobId> ids) {
    locator.find(ids.stream().filter(id -> jobs.find(id).isEmpty()).toList()).forEach(jobs::found);
    Map<JobId, BatchJob> known = new LinkedHashMap<>(); // some are forgotten once they are over
    ids.forEach(id -> jobs.find(id).ifPresent(job -> known.put(id, job)));
    if (!known.isEmpty()) {
      watch.observe(ids);
    }
    Map<JobId, JobStatus> answer = new LinkedHashMap<>();
    Instant now = now();
    known.forEach(
        (id, job) -> {
          synchronized (job) {
            if (job.has(id) && isKnown(job, id)) {
              answer.put(id, Statuses.of(job, id, now));
            }
          }
        });
    return answer;
  }

  /** Whether AWS knows it, or any part of an array, or has told how it ended. */
  private static boolean isKnown(BatchJob job, JobId id) {
    if (id.index().isPresent() || !job.isArray()) {
      Task task = job.task(id);
      return task.isEnded() || task.piece == null || task.piece.unknownSince == null;
    }
    return job.pieces.isEmpty()
        || job.pieces.stream().anyMatch(piece -> piece.over || piece.unknownSince == null);
  }

  IndexSet indices(JobId array, Set<JobState> states) {
    BatchJob job = known(array);
    watch.look(List.of(array.job()));
    Set<String> words =
        states.stream().filter(WORDS::containsKey).map(WORDS::get).collect(Collectors.toSet());
    observer.locate(job, words);
    synchronized (job) {
      return job.indices(states);
    }
  }

  List<Attempt> attempts(JobId id) {
    BatchJob job = known(id);
    watch.look(List.of(id));
    synchronized (job) {
      return job.isArray() && id.index().isEmpty() ? List.of() : job.task(id).attempts();
    }
  }

  List<JobStatus> list(JobFilter filter) {
    filter
        .queue()
        .filter(name -> site.queue(name).known() && site.queue(name).queue().isEmpty())
        .ifPresent(
            name -> {
              throw new NotFoundException("there is no queue " + name);
            });
    List<String> queues = filter.queue().map(List::of).orElseGet(site::queueNames);
    locator.all(queues, jobs.tokens()).forEach(jobs::found);
    watch.observe(jobs.open().stream().map(job -> job.id).toList());
    Instant now = now();
    List<JobStatus> all = new ArrayList<>();
    for (BatchJob job : jobs.all()) {
      synchronized (job) {
        all.add(Statuses.of(job, job.id, now));
      }
    }
    return all.stream()
        .filter(filter::matches)
        .sorted(Comparator.comparing((JobStatus s) -> s.submittedAt().orElse(Instant.MAX)))
        .toList();
  }

  Optional<WaitReason> explain(JobId id) {
    BatchJob job = known(id);
    watch.look(List.of(id));
    Optional<WaitReason> reason;
    String nativeId;
    synchronized (job) {
      boolean whole = job.isArray() && id.index().isEmpty();
      Task task = whole ? waiting(job) : job.task(id);
      if (task == null) {
        return Optional.empty();
      }
      reason = whole ? Waits.ofArray(job, task, now()) : Waits.of(job, task, now());
      nativeId = task.piece == null ? "" : task.piece.nativeId;
    }
    return reason.map(why -> waiters.explain(job.queue, nativeId, why));
  }

  /** The first element that waits, while none runs. */
  private @Nullable Task waiting(BatchJob job) {
    if (Statuses.of(job, job.id, now()).state().compareTo(JobState.RUNNING) >= 0) {
      return null;
    }
    List<Task> all = new ArrayList<>();
    job.forEach(
        (index, task) -> {
          if (all.isEmpty() && !task.isEnded()) {
            all.add(task);
          }
        });
    return all.isEmpty() ? null : all.get(0);
  }

  Logs logs(JobId id) {
    BatchJob job = known(id);
    LogReader reader = logs;
    if (reader == null) {
      return Logs.NONE;
    }
    watch.look(List.of(id));
    synchronized (job) {
      return job.isArray() && id.index().isEmpty()
          ? Logs.NONE
          : JobLogs.of(job, job.task(id), reader);
    }
  }
}
