package io.hpc4j.batch;

import io.hpc4j.model.JobStatus;
import java.util.List;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.batch.model.ContainerDetail;
import software.amazon.awssdk.services.batch.model.JobDetail;

/**
 * What others have met on AWS Batch, each by its number and name: none of it may happen to a user
 * of this.
 */
abstract class PitfallCases extends EndpointCases {
  /** A backend that is told so of jobs by AWS. */
  BatchBackend told(UnaryOperator<JobDetail> words) {
    return program(meeting(Altered.telling(words)));
  }

  static UnaryOperator<JobDetail> ended(UnaryOperator<JobDetail> words) {
    return job -> job.stoppedAt() == null ? job : words.apply(job);
  }

  /** Words about a job's end, and about its container's, instead of the endpoint's. */
  static UnaryOperator<JobDetail> said(
      String status, String statusReason, String reason, Integer... exitCode) {
    return ended(
        job -> {
          ContainerDetail.Builder container = job.container().toBuilder().reason(reason);
          container.exitCode(exitCode.length == 0 ? null : exitCode[0]);
          return job.toBuilder()
              .status(status)
              .statusReason(statusReason)
              .attempts(List.of())
              .container(container.build())
              .build();
        });
  }

  /** How a failing job ends that AWS tells so of. */
  JobStatus endOf(UnaryOperator<JobDetail> words) {
    return end(client(told(words)).submit(failing("told"))).status();
  }
}
