package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.model.JobId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One attempt of a job: where it ran, when, and how it ended. Owned by the turns. */
final class JobAttempt {
  final JobId localId;
  final String taskId;
  @Nullable Instant startedAt;
  @Nullable Instant stoppedAt;
  @Nullable Integer exitCode;
  @Nullable String reason;
  @Nullable String statusReason;
  String instance = "";

  JobAttempt(JobId localId, String taskId) {
    this.localId = localId;
    this.taskId = taskId;
  }

  /** Writes which task it is, and where. */
  void putTask(ObjectNode told) {
    told.put("taskArn", "arn:aws:ecs:us-east-1:123456789012:task/AWSBatch-local/" + taskId);
    if (!instance.isEmpty()) {
      told.put(
          "containerInstanceArn",
          "arn:aws:ecs:us-east-1:123456789012:container-instance/AWSBatch-local/" + instance);
    }
  }
}
