package io.hpc4j.batch;

import io.hpc4j.batch.status.Arn;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.WaitReason;
import java.util.List;
import software.amazon.awssdk.services.batch.model.FrontOfQueueDetail;
import software.amazon.awssdk.services.batch.model.FrontOfQueueJobSummary;

/** Says where a job stands among those that wait for capacity. */
final class Waiters {
  private final Calls calls;

  Waiters(Calls calls) {
    this.calls = calls;
  }

  /** Says more of a reason where the queue tells who goes first; it need not. */
  WaitReason explain(String queue, String nativeId, WaitReason reason) {
    if (reason.kind() != WaitReason.Kind.RESOURCES || nativeId.isEmpty()) {
      return reason;
    }
    try {
      FrontOfQueueDetail front =
          calls
              .ask(
                  "GetJobQueueSnapshot",
                  () -> calls.client().getJobQueueSnapshot(r -> r.jobQueue(queue)))
              .frontOfQueue();
      int before = front == null ? 0 : ids(front).indexOf(nativeId);
      return before > 0
          ? new WaitReason(
              WaitReason.Kind.PRIORITY,
              before + " jobs go first in queue " + queue + "; " + reason.detail())
          : reason;
    } catch (BackendException e) {
      return reason;
    }
  }

  private static List<String> ids(FrontOfQueueDetail front) {
    return front.jobs().stream().map(FrontOfQueueJobSummary::jobArn).map(Arn::name).toList();
  }
}
