package io.hpc4j.slurm.script;

import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.FailureBudget;
import io.hpc4j.spi.Sentence;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When an array's elements are not started for others that have failed. Pure. */
public final class Budget {
  private Budget() {}

  /** The budget of an array; that of a sequence, which Slurm does not know, is none. */
  public static Optional<FailureBudget> of(JobRequest request) {
    return request.sequential() ? Optional.of(new FailureBudget(0)) : FailureBudget.of(request);
  }

  /**
   * What is said of an element that was not started for that.
   *
   * @param request what was asked for; {@code null} of a job of another program
   */
  public static Sentence skipped(@Nullable JobRequest request) {
    if (request == null) {
      return Sentence.cancelled("more elements have failed than may");
    }
    return request.sequential()
        ? Sentence.failed(Reason.DEPENDENCY_FAILED, "an element before it in the sequence failed")
        : of(request).orElse(new FailureBudget(0)).sentence();
  }
}
