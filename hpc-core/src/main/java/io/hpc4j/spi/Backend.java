package io.hpc4j.spi;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Node;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.WaitReason;
import io.hpc4j.time.TimeSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where jobs run: the local scheduler, a Slurm cluster, AWS Batch.
 *
 * <p>Implementations are thread-safe. Construction does no I/O. Every call may block on I/O unless
 * it says otherwise, and throws {@link BackendException} when the backend could not be asked, and
 * {@link IllegalStateException} after {@link #close()}. A backend never calls the client.
 */
public interface Backend extends AutoCloseable {
  /** The kind of backend, the first part of each {@link JobId}. Does no I/O. */
  String name();

  /** The cluster, account or scheduler, the second part of each {@link JobId}. Does no I/O. */
  String scope();

  /** The time that this backend lives in. Does no I/O. */
  TimeSource time();

  /** What this backend can do. */
  Capabilities capabilities();

  /** How often it may be asked; read before each poll. Does no I/O. */
  default PollPolicy pollPolicy() {
    return PollPolicy.DEFAULT;
  }

  /** Finds out whether the backend can be reached, and learns what it says of itself. */
  default void probe() {}

  /**
   * Finds what is wrong with a request here and now, beyond what {@link JobRequest#problems()} and
   * {@link Capabilities#problems} find: unknown queues and jobs, resources that no node has.
   * Changes nothing.
   */
  List<Problem> check(JobRequest request);

  /** Tells what {@link #submit} would send; changes nothing. The request has passed all checks. */
  Plan plan(JobRequest request);

  /**
   * Submits a request in which {@link JobRequest#problems()} and {@link Capabilities#problems} find
   * nothing wrong. A normal return means that the backend owns the job; an exception means that
   * nothing was submitted, unless it says that the outcome is unknown.
   *
   * @throws InvalidJobException with all that {@link #check} would find now, which the caller need
   *     not have asked
   * @throws BackendException if the backend did not take it, or may not have
   */
  void submit(Submission submission);

  /**
   * Looks for a submission whose outcome is unknown, by its token. Absent is answered only when it
   * can no longer appear.
   */
  Lookup find(Submission submission);

  /**
   * Takes up again a job that an earlier program of the same {@link io.hpc4j.JobStore} has
   * submitted. Default: nothing, for a backend that needs nobody to remember its jobs.
   *
   * @param submission as it was made; it is told of what is accepted from now on
   * @param parts what was accepted for it before, in that order; none if {@link #find} has said
   *     that it will never be known whether anything was: then it is lost
   */
  default void adopt(Submission submission, List<Accepted> parts) {}

  /**
   * Learns how a job has ended that jobs depend on which are going to be adopted; the backend may
   * have forgotten it. Default: nothing.
   */
  default void remember(Ended job) {}

  /**
   * Tells the present status of jobs, arrays and elements, in one question where possible. An id
   * that is missing from the answer is not known; that is not an ending.
   */
  Map<JobId, JobStatus> describe(Collection<JobId> ids);

  /**
   * Tells which elements of an array are in one of these states.
   *
   * @throws NotFoundException if the array is not known
   */
  IndexSet indices(JobId array, Set<JobState> states);

  /**
   * Tells the attempts of a job or an element, first to last; none for an array, which has none.
   *
   * @throws NotFoundException if the job is not known
   */
  List<Attempt> attempts(JobId id);

  /**
   * Lists jobs and arrays with their names and queues, in the order of submission.
   *
   * @throws NotFoundException if the filter names a queue that does not exist
   */
  List<JobStatus> list(JobFilter filter);

  /**
   * Tells why a job has not started or stands still; empty if it does not wait.
   *
   * @throws NotFoundException if the job is not known
   */
  Optional<WaitReason> explain(JobId id);

  /**
   * Cancels a job, array or element, whatever it is doing. One that has ended stays as it is.
   *
   * @throws NotFoundException if the job is not known
   */
  void cancel(JobId id, String reason);

  /**
   * Learns how a person has decided that a lost job counts, or the lost elements of an array, or
   * one of them; what waits for it goes on by that. Any other stays as it is. Default: nothing, for
   * a backend that loses none.
   *
   * @param state a final state
   */
  default void settle(JobId id, JobState state) {}

  /**
   * Keeps a job or array from starting anything until it is released; what runs goes on.
   *
   * @throws NotFoundException if the job is not known
   */
  void hold(JobId id);

  /**
   * Ends a hold.
   *
   * @throws NotFoundException if the job is not known
   */
  void release(JobId id);

  /**
   * Tells what a job or an element has written.
   *
   * @throws NotFoundException if the job is not known
   */
  Logs logs(JobId id);

  /** The value that a Java task returned; empty while there is none. */
  default Optional<Object> result(JobId id) {
    return Optional.empty();
  }

  /**
   * Offers a receiver of every status from now on, without holding a lock, in order for each job.
   *
   * @return whether this backend pushes; one that does not is polled
   */
  default boolean pushTo(StatusSink sink) {
    return false;
  }

  /** The queues. */
  List<JobQueue> queues();

  /** The default queue's name, if there is one. */
  Optional<String> defaultQueue();

  /**
   * How the shares of a queue stand now, in the order in which they go; empty where the queue knows
   * no shares.
   */
  default List<ShareStatus> shares(String queue) {
    return List.of();
  }

  /** The compute environments. */
  List<ComputeEnvironment> environments();

  /** The nodes, as they are now. */
  List<Node> nodes();

  /** Creates or updates a queue, and the environments it names; returns when it can be used. */
  void apply(JobQueue queue);

  /**
   * Ends the use of the backend; bounded, idempotent, never throws. What becomes of the jobs is a
   * setting of the backend.
   */
  @Override
  void close();
}
