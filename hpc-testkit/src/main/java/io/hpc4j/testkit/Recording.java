package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobListener;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Keeps what a listener is told, and checks that it is a story that can be true. Thread-safe. */
final class Recording implements JobListener {
  private final List<JobEvent> events = new CopyOnWriteArrayList<>();

  @Override
  public void on(JobEvent event) {
    events.add(event);
  }

  /** The ids of all jobs that something was told of. */
  Set<JobId> ids() {
    return changes().stream().map(change -> change.status().id()).collect(Collectors.toSet());
  }

  /** The states that a job has gone through. */
  List<JobState> states(JobRef job) {
    return changes(job).stream().map(change -> change.status().state()).toList();
  }

  /** Every status of a job that was told of, those with nothing but other counts included. */
  List<JobStatus> statuses(JobRef job) {
    return events.stream()
        .map(Recording::statusOf)
        .filter(status -> status.id().equals(job.id()))
        .toList();
  }

  private List<JobEvent.StateChanged> changes(JobRef job) {
    return changes().stream().filter(c -> c.status().id().equals(job.id())).toList();
  }

  private List<JobEvent.StateChanged> changes() {
    return events.stream()
        .filter(JobEvent.StateChanged.class::isInstance)
        .map(JobEvent.StateChanged.class::cast)
        .toList();
  }

  private static JobStatus statusOf(JobEvent event) {
    if (event instanceof JobEvent.StateChanged e) {
      return e.status();
    }
    if (event instanceof JobEvent.Progress e) {
      return e.status();
    }
    throw new AssertionError("not expected of a backend that answers: " + event);
  }

  /**
   * Checks that a job went forward only, each event going on where the one before left off, and
   * that it ended exactly once and last of all.
   */
  void assertOneWayToOneEnd(JobRef job) {
    List<JobEvent.StateChanged> changes = changes(job);
    assertThat(changes).as("events of %s", job.id()).isNotEmpty();
    for (int i = 0; i < changes.size(); i++) {
      JobStatus before = changes.get(i).previous();
      JobStatus after = changes.get(i).status();
      assertThat(position(after))
          .as("%s after %s", after, before)
          .isGreaterThanOrEqualTo(position(before));
      assertThat(before.state().isEnded()).as("%s ended before %s", before, after).isFalse();
      if (i > 0) {
        assertThat(before.state()).isEqualTo(changes.get(i - 1).status().state());
      }
    }
    assertThat(states(job).stream().filter(JobState::isEnded)).as("endings").hasSize(1);
    assertThat(changes.get(changes.size() - 1).status().state().isEnded()).isTrue();
  }

  /** PENDING and RUNNABLE alternate, so they are one position. */
  private static int position(JobStatus status) {
    int rank =
        switch (status.state()) {
          case SUBMITTED -> 0;
          case PENDING, RUNNABLE -> 1;
          case STARTING -> 2;
          case RUNNING -> 3;
          default -> 4;
        };
    return status.attempt() * 10 + rank;
  }
}
