package io.hpc4j;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobFailedException;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobListener;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Logs;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Usage;
import io.hpc4j.model.WaitReason;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live handle of a submitted job, array or array element. Thread-safe.
 *
 * <p>Methods that ask the backend block on its I/O and throw {@link
 * io.hpc4j.model.BackendException} when it cannot be asked. What has once been seen of a job that
 * ended stays known to its handle.
 */
public final class Job implements JobRef {
  private final JobClient client;
  private final Tracked tracked;
  private final @Nullable JobRequest request;

  Job(JobClient client, Tracked tracked, @Nullable JobRequest request) {
    this.client = client;
    this.tracked = tracked;
    this.request = request;
  }

  /** The identity, with the native id as a hint as soon as it is known. */
  @Override
  public JobId id() {
    JobId id = tracked.id();
    JobStatus status = tracked.status();
    return status.nativeId().map(nativeId -> id.withHints(nativeId, nativeName(id))).orElse(id);
  }

  private String nativeName(JobId id) {
    return id.nativeName().orElse("");
  }

  /** The request that this client submitted; absent on a job that was attached by its id. */
  public Optional<JobRequest> request() {
    return Optional.ofNullable(request);
  }

  /** What is known of it at present. Does no I/O. */
  public JobStatus status() {
    return tracked.status();
  }

  /** Where it is at present. Does no I/O. */
  public JobState state() {
    return status().state();
  }

  /** Asks the backend now instead of at the next poll; returns what it says. */
  public JobStatus refresh() {
    client.refresh();
    return status();
  }

  /**
   * Waits until it has ended, and drives the clock in virtual time.
   *
   * @return this
   * @throws HpcException when interrupted, or when virtual time has no work left and it never ends
   * @throws IllegalStateException inside a callback, or when the client is closed meanwhile
   */
  public Job await() {
    client.await(this, tracked.completion());
    return this;
  }

  /**
   * Waits until it has ended, at most this long.
   *
   * @return this; its state tells whether it has ended
   */
  public Job await(Duration atMost) {
    client.await(tracked.completion(), atMost);
    return this;
  }

  /**
   * Waits until it has reached a state, has gone past it or has ended, at most this long.
   *
   * @return this; its state tells how far it has come
   */
  public Job await(JobState state, Duration atMost) {
    CompletableFuture<JobStatus> reached =
        tracked.when(s -> s.state().isEnded() || s.state().compareTo(state) >= 0);
    try {
      client.await(reached, atMost);
    } finally {
      tracked.forget(reached);
    }
    return this;
  }

  /**
   * Returns a future of its ending, as it is first seen. It is completed on the notifier thread. It
   * does not drive virtual time; cancelling it does not cancel the job.
   */
  public CompletableFuture<JobStatus> completion() {
    return tracked.completion().copy();
  }

  /**
   * Returns this if it has succeeded.
   *
   * @throws JobFailedException if it has ended otherwise; with the end of its error output
   * @throws IllegalStateException if it has not ended
   */
  public Job orThrow() {
    JobStatus status = status();
    if (!status.state().isEnded()) {
      throw new IllegalStateException("job " + status.id() + " has not ended: " + status.state());
    }
    if (status.state() != JobState.SUCCEEDED) {
      throw new JobFailedException(status, client.outputTail(status));
    }
    return this;
  }

  /** Tells a listener of every change of this job from now on. */
  public Job onEvent(JobListener listener) {
    tracked.addListener(listener);
    return this;
  }

  /** Tells a listener of every change of each element of this array from now on. */
  public Job onElementEvent(JobListener listener) {
    client.listenToElements(this, listener);
    return this;
  }

  /** Cancels it, whatever it is doing. One that has ended stays as it is. Does not wait. */
  public void cancel() {
    cancel("cancelled by the user");
  }

  /** Cancels it for a reason that is kept. One that has ended stays as it is. Does not wait. */
  public void cancel(String reason) {
    client.backend(tracked.id()).cancel(tracked.id(), reason);
  }

  /** Keeps it, or the elements that wait, from starting until it is released. */
  public void hold() {
    client.backend(tracked.id()).hold(tracked.id());
  }

  /** Ends a hold. */
  public void release() {
    client.backend(tracked.id()).release(tracked.id());
  }

  /**
   * Returns the handle of an element of this array.
   *
   * @throws NotFoundException if there is no element of this index
   */
  public Job element(int index) {
    return client.element(this, index);
  }

  /** Returns the handles of all elements in one of these states; of all, if none is named. */
  public List<Job> elements(JobState... states) {
    IndexSet indices = indices(states);
    return client.elements(tracked.id(), indices);
  }

  /** Returns the indices of all elements in one of these states; of all, if none is named. */
  public IndexSet indices(JobState... states) {
    Set<JobState> wanted =
        states.length == 0 ? EnumSet.allOf(JobState.class) : EnumSet.copyOf(List.of(states));
    return client.backend(tracked.id()).indices(tracked.id(), wanted);
  }

  /** Its attempts, first to last; none for an array, which has none of its own. */
  public List<Attempt> attempts() {
    return client.backend(tracked.id()).attempts(tracked.id());
  }

  /** Why it has not started or stands still; empty if it does not wait. */
  public Optional<WaitReason> explain() {
    return client.backend(tracked.id()).explain(tracked.id());
  }

  /** What it has written. Never fails because of how the job ended. */
  public Logs logs() {
    return client.backend(tracked.id()).logs(tracked.id());
  }

  /**
   * Passes on each line of its output as it is written, until it has ended and all has been read.
   * Blocks the caller; in virtual time it waits for the end first.
   */
  public void follow(Consumer<String> lines) {
    new LogFollower(this, client.isVirtual(), lines).run();
  }

  /**
   * What all its attempts have used; for an array, all attempts of all elements, one question to
   * the backend for each.
   */
  public Usage usage() {
    return client.usage(tracked.id(), !status().counts().isEmpty());
  }

  /**
   * The value that its Java task returned; empty if it returned none or has not ended well.
   *
   * @throws ClassCastException if it is of another type
   */
  public <T> Optional<T> result(Class<T> type) {
    return client.backend(tracked.id()).result(tracked.id()).map(type::cast);
  }

  /**
   * Decides, as a person, how a lost job counts from now on.
   *
   * @throws IllegalArgumentException if the state is not SUCCEEDED, FAILED or CANCELLED
   * @throws IllegalStateException if it is not {@link JobState#LOST}
   */
  public void settleLost(JobState state) {
    client.settleLost(tracked, state);
  }

  Tracked tracked() {
    return tracked;
  }

  @Override
  public String toString() {
    return status().toString();
  }
}
