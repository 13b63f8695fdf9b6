package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.StatusSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Keeps every status in order, and fails on one that contradicts the one before. Thread-safe. */
final class RecordingSink implements StatusSink {
  private final Map<JobId, List<JobStatus>> seen = new LinkedHashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private volatile boolean elements;

  RecordingSink withElements() {
    elements = true;
    return this;
  }

  @Override
  public synchronized void update(JobStatus status) {
    List<JobStatus> before = seen.computeIfAbsent(status.id(), id -> new ArrayList<>());
    if (!before.isEmpty() && !mayFollow(before.get(before.size() - 1), status)) {
      wrong.add(before.get(before.size() - 1) + " -> " + status);
    }
    before.add(status);
    notifyAll();
  }

  private static boolean mayFollow(JobStatus before, JobStatus after) {
    if (before.state().isEnded()) {
      return before.state() == after.state()
          && before.attempt() == after.attempt()
          && before.reason().equals(after.reason());
    }
    if (after.attempt() != before.attempt()) {
      return after.attempt() == before.attempt() + 1;
    }
    boolean bothWait = before.state().isWaiting() && after.state().isWaiting();
    return bothWait || after.state().compareTo(before.state()) >= 0;
  }

  @Override
  public boolean wantsElements(JobId array) {
    return elements;
  }

  synchronized List<JobStatus> of(JobId id) {
    return List.copyOf(seen.getOrDefault(id, List.of()));
  }

  /** The states in the order in which they were told, without repetitions. */
  List<JobState> states(JobId id) {
    List<JobState> states = new ArrayList<>();
    for (JobStatus status : of(id)) {
      if (states.isEmpty() || states.get(states.size() - 1) != status.state()) {
        states.add(status.state());
      }
    }
    return states;
  }

  synchronized int count() {
    return seen.values().stream().mapToInt(List::size).sum();
  }

  /** Waits, on a condition, until a job has told a status like this. */
  synchronized JobStatus await(JobId id, Predicate<JobStatus> wanted) throws InterruptedException {
    for (int i = 0; i < 300; i++) {
      for (JobStatus status : seen.getOrDefault(id, List.of())) {
        if (wanted.test(status)) {
          return status;
        }
      }
      TimeUnit.MILLISECONDS.timedWait(this, 200);
    }
    throw new AssertionError("never told for " + id + "; told: " + seen.get(id));
  }

  JobStatus awaitEnd(JobId id) throws InterruptedException {
    return await(id, status -> status.state().isEnded());
  }

  synchronized void check() {
    assertThat(wrong).as("statuses that contradict the one before").isEmpty();
  }
}
