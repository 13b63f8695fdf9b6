package io.hpc4j.local.engine;

import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.StatusSink;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has changed and has to be told: once for all that happened in a row, so that what a job went
 * through meanwhile is told, and what an array's elements did, only when somebody wants to hear.
 * Owned by the loop.
 */
final class Outbox {
  private final InstantSource time;
  private final Views views;
  private final List<JobRecord> changed = new ArrayList<>();
  private @Nullable Loop loop;
  private volatile @Nullable StatusSink sink;
  private long elementsTold;

  Outbox(InstantSource time, Views views) {
    this.time = time;
    this.views = views;
  }

  void tellBy(Loop tellingLoop) {
    loop = tellingLoop;
  }

  void tell(StatusSink receiver) {
    sink = receiver;
  }

  /** A job or array as a whole has changed. */
  void changed(JobRecord job) {
    StatusSink receiver = sink;
    if (receiver == null || loop == null) {
      return;
    }
    if (!job.isArray() && receiver.wantsEachChange(job.id)) {
      send(views.job(job, time.instant()));
    } else if (!job.isToBeTold) {
      job.isToBeTold = true;
      changed.add(job);
      loop.requestSettling();
    }
  }

  /** An element has changed, and so its array. */
  void changed(JobRecord job, int rank) {
    StatusSink receiver = sink;
    if (job.isArray() && receiver != null && receiver.wantsElements(job.id)) {
      elementsTold++;
      send(views.element(job, rank, time.instant()));
    }
    changed(job);
  }

  /** Writes down what jobs and arrays have become. */
  void settle() {
    StatusSink receiver = sink;
    if (!changed.isEmpty() && receiver != null && loop != null) {
      Instant now = time.instant();
      List<JobStatus> statuses = new ArrayList<>(changed.size());
      for (JobRecord job : changed) {
        job.isToBeTold = false;
        statuses.add(views.job(job, now));
      }
      changed.clear();
      loop.later(() -> receiver.updateAll(statuses));
    }
  }

  private void send(JobStatus status) {
    StatusSink receiver = sink;
    if (receiver != null && loop != null) {
      loop.later(() -> receiver.update(status));
    }
  }

  /** How many changes of single elements of arrays have been told; for tests of what it costs. */
  long elementsTold() {
    return elementsTold;
  }
}
