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

  /** Writes what a container of it tells. */
  void putContainer(ObjectNode container, @Nullable String logStream, boolean tellsExit) {
    if (tellsExit && exitCode != null) {
      container.put("exitCode", exitCode);
    }
    Json.putText(container, "reason", reason);
    container.put("taskArn", "arn:aws:ecs:us-east-1:123456789012:task/AWSBatch-local/" + taskId);
    if (!instance.isEmpty()) {
      container.put(
          "containerInstanceArn",
          "arn:aws:ecs:us-east-1:123456789012:container-instance/AWSBatch-local/" + instance);
    }
    if (startedAt != null) {
      Json.putText(container, "logStreamName", logStream);
    }
  }
}
