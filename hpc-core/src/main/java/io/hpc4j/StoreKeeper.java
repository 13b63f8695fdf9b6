package io.hpc4j;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobListener;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.Ended;
import io.hpc4j.spi.Submission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps a client's store: what is submitted, how it ends, and what an earlier program has left.
 * Thread-safe.
 */
final class StoreKeeper implements JobListener, AutoCloseable {
  private final JobStore store;
  private final Backend backend;
  private final JobTracker tracker;
  private boolean closed; // guarded by this; a store that is used again is open again

  StoreKeeper(JobStore store, Backend backend, JobTracker tracker) {
    this.store = store;
    this.backend = backend;
    this.tracker = tracker;
  }

  /** Notes a submission before it is sent, and how what it depends on has ended. */
  void submitting(JobId id, JobRequest request, Instant now) {
    List<Ended> ended = new ArrayList<>();
    request.dependencies().stream()
        .map(Dependency::on)
        .map(JobId::job)
        .distinct()
        .filter(on -> isOurs(on) && store.find(on) == null && !store.hasEnding(on))
        .flatMap(on -> ending(on).stream())
        .forEach(ended::add);
    synchronized (this) {
      refuseWhenClosed();
      store.submitting(id, request, now, ended);
    }
  }

  synchronized void accepted(JobId id, Accepted part) {
    refuseWhenClosed();
    store.accepted(id, part);
  }

  private void refuseWhenClosed() {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
  }

  /** Notes that a job was not submitted, unless that is not known. */
  synchronized void refused(JobId id, RuntimeException why) {
    boolean isKnown =
        why instanceof HpcException && !(why instanceof BackendException e && e.outcomeUnknown());
    if (isKnown && !closed) {
      store.over(id);
    }
  }

  private boolean isOurs(JobId id) {
    return id.backend().equals(backend.name()) && id.scope().equals(backend.scope());
  }

  private Optional<Ended> ending(JobId on) {
    Tracked known = tracker.find(on);
    JobStatus status =
        known != null && known.status().state().isFinal()
            ? known.status()
            : tracker.backend(on, backend).describe(List.of(on)).get(on);
    return status != null && status.state().isFinal()
        ? Optional.of(ending(status, Optional.empty()))
        : Optional.empty();
  }

  /**
   * How an array has ended, with its elements, of which the backend is asked only if they differ.
   */
  private Ended ending(JobStatus status, Optional<IndexSet> indices) {
    Map<JobState, IndexSet> elements = new EnumMap<>(JobState.class);
    Set<JobState> states = EnumSet.allOf(JobState.class);
    states.removeIf(state -> status.count(state) == 0);
    for (JobState state : states) {
      elements.put(
          state,
          indices
              .filter(all -> states.size() == 1)
              .orElseGet(
                  () -> {
                    Backend asked = tracker.backend(status.id(), backend);
                    return asked.indices(status.id(), Set.of(state));
                  }));
    }
    return new Ended(status.id(), status.state(), elements);
  }

  /** Notes that a job has ended for good. */
  @Override
  public void on(JobEvent event) {
    if (event instanceof JobEvent.StateChanged change) {
      over(change.status());
    } else if (event instanceof JobEvent.Corrected correction) {
      over(correction.status());
    }
  }

  private void over(JobStatus status) {
    JobId id = status.id();
    JobStore.Entry entry;
    boolean isNeeded;
    synchronized (this) {
      boolean counts = !closed && status.state().isFinal() && id.index().isEmpty();
      entry = counts ? store.find(id) : null;
      isNeeded = entry != null && store.isNeeded(id);
    }
    if (entry == null) {
      return;
    }
    Optional<Ended> how =
        isNeeded ? Optional.of(ending(status, entry.request().array())) : Optional.empty();
    synchronized (this) {
      if (!closed) {
        how.ifPresent(store::ended);
        store.over(id);
      }
    }
  }

  /**
   * Takes up again what an earlier program has left, in the order of its submission: all of it, or
   * nothing if the backend cannot tell of one job whether it has arrived.
   *
   * @param follow is given each job that the backend has
   */
  void resume(Submitter submitter, Consumer<JobStore.Entry> follow) {
    Map<JobStore.Entry, Submission> left = new LinkedHashMap<>();
    for (JobStore.Entry entry : store.open()) {
      JobId id = entry.id();
      if (isOurs(id) && !tracker.isTended(id)) {
        left.put(
            entry,
            new Submission(id, entry.request(), part -> accepted(id, part)).madeAt(entry.at()));
      }
    }
    left.entrySet().stream()
        .filter(one -> one.getKey().parts().isEmpty())
        .forEach(one -> submitter.beginToLook(one.getValue()));
    List<Runnable> adoptions = new ArrayList<>();
    left.forEach(
        (entry, submission) -> {
          Optional<List<Accepted>> parts =
              entry.parts().isEmpty() ? submitter.arrived(submission) : Optional.of(entry.parts());
          adoptions.add(
              parts.isEmpty()
                  ? () -> store.over(entry.id())
                  : () -> {
                    backend.adopt(submission, parts.get());
                    follow.accept(entry);
                  });
        });
    store.endings().stream().filter(job -> isOurs(job.id())).forEach(backend::remember);
    adoptions.forEach(Runnable::run);
  }

  @Override
  public synchronized void close() {
    closed = true;
    store.close();
  }
}
