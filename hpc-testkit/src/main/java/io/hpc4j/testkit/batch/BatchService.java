package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The service behind the wire: all operations by name, over a local backend. Thread-safe. */
public final class BatchService implements AutoCloseable {
  private final LocalBackend backend;
  private final FaultState faults;
  private final LogFolder logFolder = new LogFolder();
  private final @Nullable ThreadPoolExecutor listener;
  private final Turns turns;
  private final JobBook book = new JobBook();
  private final LocalRuns runs;
  private final JobEngine engine;
  private final Stopping stopping;
  private final JobQueues queues;
  private final Tags tags;
  private final Shapes shapes = new Shapes();
  private final Map<String, Operation> operations = new HashMap<>();

  /** An operation: its name, and what it makes of a request. */
  record Operation(String name, UnaryOperator<ObjectNode> body) {}

  /**
   * A job as the service knows it.
   *
   * @param id its id
   * @param name its name
   * @param queue its queue's name
   * @param status its status
   */
  public record JobEntry(String id, String name, String queue, String status) {}

  /** Creates one over a backend, which it closes at its close. */
  public BatchService(LocalBackend backend, FaultState faults, Duration provisioning) {
    this.backend = backend;
    this.faults = faults;
    boolean virtual = backend.time() instanceof VirtualTime;
    listener = virtual ? null : executor();
    Executor executor = listener == null ? Runnable::run : listener;
    turns = new Turns(executor);
    runs = new LocalRuns(backend, turns, logFolder);
    ConsumableResources consumables = new ConsumableResources(backend.time());
    Timers timers = new Timers(backend.time(), turns);
    TimeLimits limits = new TimeLimits(backend, timers);
    engine = new JobEngine(backend.time(), book, runs, timers, limits, consumables);
    stopping = new Stopping(book, engine, runs);
    SchedulingPolicies policies = new SchedulingPolicies(this::queues);
    ComputeEnvironments environments = new ComputeEnvironments(backend, provisioning, this::queues);
    queues = new JobQueues(backend, provisioning, environments, policies);
    JobDefinitions definitions = new JobDefinitions();
    tags = new Tags(environments, queues, definitions, policies, consumables, book);
    addCatalogue(environments, policies, definitions);
    addConsumables(consumables);
    addJobs(definitions, consumables);
    shapes.unsupported().forEach(name -> add(name, UnaryOperator.identity())); // refused by shape
  }

  private Collection<JobQueues.Queue> queues() {
    return queues.all();
  }

  private static ThreadPoolExecutor executor() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "hpc4j-batch-news");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy()); // news that come after the close
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private void add(String name, UnaryOperator<ObjectNode> body) {
    operations.put(name.toLowerCase(Locale.ROOT), new Operation(name, body));
  }

  private void addCatalogue(
      ComputeEnvironments environments, SchedulingPolicies policies, JobDefinitions definitions) {
    add("CreateComputeEnvironment", environments::create);
    add("UpdateComputeEnvironment", r -> retrying(environments.update(r)));
    add("DeleteComputeEnvironment", environments::delete);
    add("DescribeComputeEnvironments", environments::describe);
    add("CreateJobQueue", queues::create);
    add("UpdateJobQueue", r -> retrying(queues.update(r)));
    add("DeleteJobQueue", r -> queues.delete(r, this::endJobs));
    add("DescribeJobQueues", queues::describe);
    add("RegisterJobDefinition", definitions::register);
    add("DeregisterJobDefinition", definitions::deregister);
    add("DescribeJobDefinitions", definitions::describe);
    add("CreateSchedulingPolicy", policies::create);
    add(
        "UpdateSchedulingPolicy",
        r -> policies.update(r, () -> queues.policyChanged(Json.text(r, "arn", ""))));
    add("DeleteSchedulingPolicy", policies::delete);
    add("DescribeSchedulingPolicies", policies::describe);
    add("ListSchedulingPolicies", policies::list);
  }

  private ObjectNode retrying(ObjectNode reply) {
    queues.all().forEach(engine::retryBlocked);
    return reply;
  }

  private void endJobs(JobQueues.Queue queue) {
    queue.jobs.open().forEach(job -> stopping.terminate(job, "The job queue was deleted"));
  }

  private void addConsumables(ConsumableResources consumables) {
    add("CreateConsumableResource", consumables::create);
    add("UpdateConsumableResource", r -> consumables.update(r, engine::resourcesAdded));
    add("DeleteConsumableResource", consumables::delete);
    add("DescribeConsumableResource", consumables::describe);
    add("ListConsumableResources", consumables::list);
  }

  private void addJobs(JobDefinitions definitions, ConsumableResources consumables) {
    Submitting submitting =
        new Submitting(backend.time(), queues, definitions, book, engine, consumables, faults);
    Parts parts = new Parts(logFolder, backend.time() instanceof VirtualTime);
    JobViews views = new JobViews(backend.time(), faults, parts);
    Listing listing = new Listing(backend.time(), queues, book, parts, views);
    add("GetJobQueueSnapshot", new Snapshots(backend, queues)::snapshot);
    add("SubmitJob", submitting::submit);
    add("DescribeJobs", listing::describe);
    add("ListJobs", listing::list);
    add("ListJobsByConsumableResource", new ConsumableJobs(book, consumables, views)::list);
    add("CancelJob", stopping::cancelOne);
    add("TerminateJob", stopping::terminateOne);
    add("CancelJobs", stopping::cancelMany);
    add("TerminateJobs", stopping::terminateMany);
    add("GetLogEvents", r -> book.streams().events(r, runs::output));
    add("DescribeLogStreams", book.streams()::describe);
  }

  /** The operation of this name in any case; null if there is none. */
  @Nullable Operation operation(String name) {
    return operations.get(name.toLowerCase(Locale.ROOT));
  }

  /** The operation on the tags of an ARN; null if the method stands for none. */
  @Nullable Operation tagOperation(String method, String arn, List<String> keys) {
    return switch (method) {
      case "GET" -> new Operation("ListTagsForResource", request -> tags.list(arn));
      case "POST" -> new Operation("TagResource", request -> tags.add(arn, request));
      case "DELETE" -> new Operation("UntagResource", request -> tags.remove(arn, keys));
      default -> null;
    };
  }

  /** Carries out an operation, in its turn. */
  byte[] carryOut(Operation operation, byte[] body) {
    ObjectNode request = shapes.read(operation.name(), Json.parse(body));
    return turns.request(
        () -> {
          book.purge(backend.time().instant());
          return Json.bytes(operation.body().apply(request));
        });
  }

  /** All jobs that are known, in the order in which they were accepted. */
  public List<JobEntry> jobs() {
    return turns.call(
        () -> {
          book.purge(backend.time().instant());
          return book.jobs().stream()
              .map(j -> new JobEntry(j.id, j.name(), j.queue().name, j.status.name()))
              .toList();
        });
  }

  /**
   * Takes the instance away on which a job runs.
   *
   * @throws IllegalArgumentException if the job is not known
   * @throws IllegalStateException if it does not run
   */
  public void reclaim(String jobId) {
    Object unused =
        turns.call(
            () -> {
              stopping.reclaim(known(jobId));
              return true;
            });
  }

  /**
   * Forgets a job as if it had ended more than seven days ago.
   *
   * @throws IllegalArgumentException if the job is not known
   */
  public void expire(String jobId) {
    Object unused =
        turns.call(
            () -> {
              book.forget(known(jobId));
              return true;
            });
  }

  private BatchJob known(String jobId) {
    BatchJob job = book.find(jobId);
    if (job == null) {
      throw new IllegalArgumentException("job " + jobId + " is not known");
    }
    return job;
  }

  /** Ends the backend, and with it what runs. */
  @Override
  public void close() {
    turns.close();
    backend.close();
    if (listener != null) {
      listener.shutdown();
    }
    logFolder.close();
  }
}
