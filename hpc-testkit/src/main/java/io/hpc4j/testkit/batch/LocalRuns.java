package io.hpc4j.testkit.batch;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Logs;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.StatusSink;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts as jobs of the local backend, each of its own; a child's is an array of its one index,
 * so that whoever simulates it is told that. Owned by the turns but for what the backend calls.
 */
final class LocalRuns implements StatusSink {
  private static final Logger LOG = LoggerFactory.getLogger(LocalRuns.class);
  private static final String NEVER =
      "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU)"
          + " is higher than that can be met by the CE(s) attached to the job queue.";

  private static final String UNMET =
      "a container that the essential container depends on has not succeeded";

  private final LocalBackend backend;
  private final Turns turns;
  private final LogFolder logs;
  private final LocalWork work;
  private final Map<String, Run> runs = new HashMap<>();
  private Listener listener = (job, attempt, status) -> {};

  private record Run(BatchJob job, JobAttempt attempt) {}

  /** Hears what attempts do. */
  @FunctionalInterface
  interface Listener {
    void changed(BatchJob job, JobAttempt attempt, JobStatus status);
  }

  /**
   * What became of a start.
   *
   * @param attempt the attempt; null if there is none
   * @param blocked why it has to wait for other environments
   * @param failure why it can never be
   */
  record Started(
      @Nullable JobAttempt attempt, @Nullable String blocked, @Nullable String failure) {}

  LocalRuns(LocalBackend backend, Turns turns, LogFolder logs) {
    this.backend = backend;
    this.turns = turns;
    this.logs = logs;
    work = new LocalWork(logs, backend.time() instanceof VirtualTime);
    boolean unused = backend.pushTo(this);
  }

  void tell(Listener hearer) {
    listener = hearer;
  }

  @Override
  public boolean wantsElements(JobId array) {
    return true;
  }

  @Override
  public void update(JobStatus status) {
    turns.tell(() -> take(status));
  }

  private void take(JobStatus status) {
    Run run = runs.get(status.id().token());
    if (run == null || !run.attempt().localId.equals(status.id())) {
      return; // of an array as a whole, or of a job that others have submitted
    }
    if (status.state().isEnded()) {
      runs.remove(status.id().token());
    }
    listener.changed(run.job(), run.attempt(), told(run, status));
  }

  /** A task of which no essential container could be started has not started. */
  private JobStatus told(Run run, JobStatus status) {
    return status.state().isEnded() && run.job().isTask() && logs.isUnmet(run.attempt())
        ? status.toBuilder().reason(Reason.LAUNCH_FAILURE).exit(null).message(UNMET).build()
        : status;
  }

  /** Submits the next attempt of a job. */
  Started start(BatchJob job) {
    JobId id = JobId.create(backend.name(), backend.scope());
    JobId localId = job.index < 0 ? id : id.element(job.index);
    JobAttempt attempt = new JobAttempt(localId, UUID.randomUUID().toString().replace("-", ""));
    runs.put(id.token(), new Run(job, attempt));
    try {
      backend.submit(new Submission(id, work.request(job, attempt), accepted -> {}));
      return new Started(attempt, null, null);
    } catch (InvalidJobException e) {
      runs.remove(id.token());
      boolean never = e.problems().stream().allMatch(p -> p.field().equals("resources"));
      return new Started(null, never ? NEVER : null, never ? null : e.getMessage());
    } catch (HpcException e) {
      runs.remove(id.token());
      return new Started(null, null, e.getMessage());
    }
  }

  void cancel(JobAttempt attempt, String reason) {
    try {
      backend.cancel(attempt.localId, reason);
    } catch (NotFoundException e) {
      LOG.debug("attempt {} is not known any more", attempt.localId);
    }
  }

  /** What a part of an attempt has written; nothing when the backend has forgotten it. */
  String output(BatchJob job, JobAttempt attempt, int part) {
    if (job.isTask()) {
      return logs.output(attempt, part);
    }
    StringBuilder text = new StringBuilder();
    try {
      for (Logs.Entry entry : backend.logs(attempt.localId).entries()) {
        if (entry.taskIndex() == job.taskOf(part)) {
          text.append(entry.read().orElse(""));
        }
      }
    } catch (NotFoundException e) {
      LOG.debug("attempt {} is not known any more", attempt.localId);
    }
    return text.toString();
  }

  /** An instance's id, the same for the same node. */
  static String instanceId(String node) {
    String hash = UUID.nameUUIDFromBytes(node.getBytes(StandardCharsets.UTF_8)).toString();
    return "i-" + hash.replace("-", "").substring(0, 17);
  }
}
