package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.ShareStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;

/**
 * GetJobQueueSnapshot: the first hundred that are RUNNABLE, in the order in which they are to
 * start. Under fair share that is one of each share in turn, as the shares stand now. Owned by the
 * turns.
 */
final class Snapshots {
  private static final int MOST = 100;

  private final LocalBackend backend;
  private final JobQueues queues;

  Snapshots(LocalBackend backend, JobQueues queues) {
    this.backend = backend;
    this.queues = queues;
  }

  ObjectNode snapshot(ObjectNode request) {
    JobQueues.Queue queue = queues.get(Json.required(request, "jobQueue"));
    ObjectNode front = Json.object();
    ArrayNode jobs = front.putArray("jobs");
    for (BatchJob job : front(queue)) {
      ObjectNode told = jobs.addObject().put("jobArn", job.arn());
      Json.putTime(told, "earliestTimeAtPosition", job.runnableAt);
    }
    front.put("lastUpdatedAt", backend.time().instant().toEpochMilli());
    ObjectNode reply = Json.object();
    reply.set("frontOfQueue", front);
    return reply;
  }

  private List<BatchJob> front(JobQueues.Queue queue) {
    Map<String, NavigableSet<BatchJob>> runnable = queue.jobs.runnable();
    List<Iterator<BatchJob>> shares = new ArrayList<>();
    if (queue.isFairShare()) {
      backend.shares(queue.localName).stream()
          .map(ShareStatus::name)
          .map(runnable::get)
          .filter(Objects::nonNull)
          .map(Collection::iterator)
          .forEach(shares::add);
    } else {
      runnable.values().stream().map(Collection::iterator).forEach(shares::add);
    }
    List<BatchJob> front = new ArrayList<>();
    while (front.size() < MOST && shares.stream().anyMatch(Iterator::hasNext)) {
      for (Iterator<BatchJob> share : shares) {
        if (share.hasNext() && front.size() < MOST) {
          front.add(share.next());
        }
      }
    }
    return front;
  }
}
