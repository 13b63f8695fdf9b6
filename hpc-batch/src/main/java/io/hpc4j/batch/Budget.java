package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.OptionalInt;

/** What becomes of an array's other elements when some have failed. Pure. */
final class Budget {
  private Budget() {}

  private static OptionalInt of(JobRequest request) {
    return request.failFast() && request.maxFailures().isEmpty()
        ? OptionalInt.of(0)
        : request.maxFailures();
  }

  /** Whether more have failed than may. */
  static boolean isSpent(BatchJob job) {
    JobRequest request = job.request;
    if (request == null || of(request).isEmpty()) {
      return false;
    }
    int[] failed = {0};
    job.forEach((index, task) -> failed[0] += isFailure(task) ? 1 : 0);
    return failed[0] > of(request).getAsInt();
  }

  private static boolean isFailure(Task task) {
    return task.isEnded()
        && task.state() == JobState.FAILED
        && task.told().flatMap(Seen::reason).filter(Reason.DEPENDENCY_FAILED::equals).isEmpty();
  }

  /** What is said of an element that was ended because others have failed. */
  static Sentence skipped(JobRequest request) {
    return Sentence.cancelled(
        "more elements have failed than the budget of " + of(request).orElse(0) + " allows");
  }
}
