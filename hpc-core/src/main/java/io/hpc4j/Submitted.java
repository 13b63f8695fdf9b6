package io.hpc4j;

import io.hpc4j.model.HpcException;
import io.hpc4j.model.JobRequest;
import java.util.List;
import java.util.Optional;

/**
 * What came of submitting several requests: nothing that was submitted is forgotten when a later
 * one is refused.
 *
 * @param jobs the jobs that were submitted, in the order of the requests
 * @param rest the requests that were not, the one that failed first
 * @param failure why the first of the rest failed
 */
public record Submitted(List<Job> jobs, List<JobRequest> rest, Optional<HpcException> failure) {
  /** Copies the lists. */
  public Submitted {
    jobs = List.copyOf(jobs);
    rest = List.copyOf(rest);
  }

  /**
   * Returns the jobs if all requests were submitted.
   *
   * @throws HpcException the failure, otherwise; the jobs submitted before it live on
   */
  public List<Job> orThrow() {
    if (failure.isPresent()) {
      throw failure.get();
    }
    return jobs;
  }
}
