package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * CancelJob and TerminateJob, of one job or of many, and instances that are taken away. Owned by
 * the turns.
 */
final class Stopping {
  private static final int LONGEST_REASON = 1024;
  private static final int MOST_JOBS = 50;
  private static final Pattern JOB_ID =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([:#]\\d+)?");

  private final JobBook book;
  private final JobEngine engine;
  private final LocalRuns runs;

  /** What is done to a job, for a reason. */
  @FunctionalInterface
  private interface Action {
    void on(BatchJob job, String reason);
  }

  Stopping(JobBook book, JobEngine engine, LocalRuns runs) {
    this.book = book;
    this.engine = engine;
    this.runs = runs;
  }

  ObjectNode cancelOne(ObjectNode request) {
    return one(request, this::cancel);
  }

  ObjectNode terminateOne(ObjectNode request) {
    return one(request, this::terminate);
  }

  ObjectNode cancelMany(ObjectNode request) {
    return many(request, this::cancel);
  }

  ObjectNode terminateMany(ObjectNode request) {
    return many(request, this::terminate);
  }

  private ObjectNode one(ObjectNode request, Action action) {
    String id = Json.required(request, "jobId");
    carryOut(id, reason(request), action);
    return Json.object();
  }

  private static String reason(ObjectNode request) {
    String reason = Json.required(request, "reason");
    if (reason.length() > LONGEST_REASON) {
      throw ApiException.client("reason must have at most 1024 characters");
    }
    return reason;
  }

  /** An id that is not known is no error; a node stands for its job. */
  private void carryOut(String idOrArn, String reason, Action action) {
    String id = Arn.name("job", idOrArn);
    BatchJob job = book.find(id.contains("#") ? id.substring(0, id.indexOf('#')) : id);
    if (job != null) {
      action.on(job, reason);
    }
  }

  /** Says of each job by itself whether its id could be one. */
  private ObjectNode many(ObjectNode request, Action action) {
    List<String> ids = Json.texts(request, "jobs");
    if (ids.isEmpty() || ids.size() > MOST_JOBS) {
      throw ApiException.client("jobs must have 1 to " + MOST_JOBS + " entries");
    }
    String reason = reason(request);
    ObjectNode reply = Json.object();
    ArrayNode successful = reply.putArray("successful");
    ArrayNode errors = reply.putArray("errors");
    for (String id : ids) {
      if (JOB_ID.matcher(Arn.name("job", id)).matches()) {
        carryOut(id, reason, action);
        successful.add(id);
      } else {
        errors
            .addObject()
            .put("job", id)
            .put("code", "ValidationException")
            .put("message", "The job identifier is not valid: " + id);
      }
    }
    return reply;
  }

  /** Cancels what has not progressed to STARTING; what has goes on. */
  private void cancel(BatchJob job, String reason) {
    if (job.isArray() && !job.status.isEnded()) {
      engine.lookAt(job);
      job.isCancelled = true;
      job.stopReason = reason;
      job.children.forEach(child -> cancel(child, reason));
    } else if (job.status.isWaiting()) {
      job.isCancelled = true;
      engine.stop(job, reason);
    }
    engine.settle();
  }

  /** Terminates what runs, and cancels what does not yet. */
  void terminate(BatchJob job, String reason) {
    if (job.status.isEnded()) {
      return;
    }
    job.isTerminated = true;
    if (job.isArray()) {
      engine.lookAt(job);
      job.stopReason = reason;
      job.children.forEach(child -> terminate(child, reason));
    } else {
      engine.stop(job, reason);
    }
    engine.settle();
  }

  /** Takes the instance away on which a job runs. */
  void reclaim(BatchJob job) {
    JobAttempt attempt = job.current;
    if (attempt == null || job.status != Status.RUNNING) {
      throw new IllegalStateException("job " + job.id + " does not run, it is " + job.status);
    }
    job.isReclaimed = true;
    runs.cancel(attempt, "reclaimed");
  }
}
