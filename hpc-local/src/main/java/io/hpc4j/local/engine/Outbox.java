package io.hpc4j.local.engine;

import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.StatusSink;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has changed and has to be told. A job tells each change; an array tells one for many, and of
 * its elements only when somebody wants to hear. Owned by the loop.
 */
final class Outbox {
  private final InstantSource time;
  private final Views views;
  private final Set<JobRecord> arrays = new LinkedHashSet<>();
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
    if (sink == null) {
      return;
    }
    if (job.isArray()) {
      arrays.add(job);
      if (loop != null) {
        loop.requestSettling();
      }
    } else {
      send(views.job(job, time.instant()));
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

  /** Writes down what arrays have become. */
  void settle() {
    if (!arrays.isEmpty()) {
      arrays.forEach(array -> send(views.job(array, time.instant())));
      arrays.clear();
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
