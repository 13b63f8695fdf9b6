package io.hpc4j.slurm;

import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.OptionalInt;

/** What becomes of an array's other elements when some have failed. Pure. */
final class Budget {
  private Budget() {}

  /** How many elements may fail; absent: any number. */
  static OptionalInt of(JobRequest request) {
    return request.sequential() || request.failFast()
        ? OptionalInt.of(0)
        : request.maxFailures();
  }

  /** Whether more have failed than may. */
  static boolean isSpent(SlurmJob job) {
    JobRequest request = job.request;
    if (request == null || of(request).isEmpty()) {
      return false;
    }
    int[] failed = {0};
    job.forEach((index, task) -> failed[0] += isFailure(task) ? 1 : 0);
    return failed[0] > of(request).getAsInt();
  }

  private static boolean isFailure(Task task) {
    Sight sight = task.shown();
    return sight.state() == JobState.FAILED
        && sight.reason().filter(Reason.DEPENDENCY_FAILED::equals).isEmpty();
  }

  /** What is said of an element that was not started because others have failed. */
  static Sentence skipped(SlurmJob job) {
    JobRequest request = job.request;
    return request != null && request.sequential()
        ? Sentence.failed(Reason.DEPENDENCY_FAILED, "an element before it in the sequence failed")
        : Sentence.cancelled(
            "more elements have failed than the budget of "
                + (request == null ? 0 : of(request).orElse(0))
                + " allows");
  }
}
