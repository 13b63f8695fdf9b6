package io.hpc4j.batch;

import io.hpc4j.batch.request.DefinitionCache;
import io.hpc4j.batch.status.Arn;
import io.hpc4j.model.BackendException;
import io.hpc4j.time.TimeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.BatchException;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.DescribeComputeEnvironmentsResponse;
import software.amazon.awssdk.services.batch.model.DescribeJobDefinitionsResponse;
import software.amazon.awssdk.services.batch.model.DescribeJobQueuesResponse;
import software.amazon.awssdk.services.batch.model.JobDefinition;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;
import software.amazon.awssdk.services.batch.model.JobSummary;
import software.amazon.awssdk.services.batch.model.KeyValuesPair;
import software.amazon.awssdk.services.batch.model.ListJobsRequest;
import software.amazon.awssdk.services.batch.model.ListJobsResponse;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/**
 * The calls of AWS Batch, at a rate that it allows; submissions have a rate of their own, so that
 * neither waits behind the other. Thread-safe.
 */
final class Calls implements DefinitionCache.Service {
  /** What the id of the main node ends with. */
  static final String MAIN_NODE = "#0";

  private static final int MOST_IDS = 100;
  private static final int LONGEST_REASON = 1024;
  private static final int PAGE = 100;
  private static final String ACTIVE = "ACTIVE";

  private final BatchClient client;
  private final TimeSource time;
  private final Buckets rates;
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

  Calls(BatchClient client, TimeSource time, double callsPerSecond, double submitsPerSecond) {
    this.client = client;
    this.time = time;
    rates = Buckets.of(client, callsPerSecond, submitsPerSecond);
  }

  /** AWS has refused what it was told. */
  static final class Refused extends BackendException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final boolean expired;

    private Refused(String message, SdkServiceException cause) {
      super(message, cause);
      status = cause.statusCode();
      expired =
          cause instanceof AwsServiceException aws
              && aws.awsErrorDetails() != null
              && String.valueOf(aws.awsErrorDetails().errorCode()).contains("Expired");
    }

    /** Whether the caller may not ask so, or not any more before it has signed in again. */
    boolean isForbidden() {
      return status == 403 || status == 401 || expired;
    }

    /** Whether it is refused for as long as somebody wants that, not for what it asks for. */
    boolean isForNow() {
      return isForbidden() || String.valueOf(getMessage()).contains("is not ENABLED");
    }
  }

  /** How often each operation was called. */
  Map<String, Integer> counts() {
    Map<String, Integer> all = new TreeMap<>();
    counts.forEach((name, count) -> all.put(name, count.get()));
    return all;
  }

  private void count(String operation) {
    counts.computeIfAbsent(operation, name -> new AtomicInteger()).incrementAndGet();
  }

  /** Makes a call that can be repeated. */
  <T> T ask(String operation, Supplier<T> call) {
    rates.others().take(time);
    return made(operation, call);
  }

  /** Makes one that is made often, and kept to its rate when the SDK repeats it, too. */
  private <T> T askOften(String operation, Function<AwsRequestOverrideConfiguration, T> call) {
    Sends sends = new Sends(rates.others(), time);
    return made(operation, () -> call.apply(sends.override()));
  }

  private <T> T made(String operation, Supplier<T> call) {
    count(operation);
    try {
      return call.get();
    } catch (SdkServiceException e) {
      String message = operation + " failed: " + e.getMessage();
      if (e.statusCode() < 500 && !e.isThrottlingException()) {
        throw new Refused(message, e);
      }
      throw new BackendException(message, e);
    } catch (SdkException e) {
      throw new BackendException(operation + " failed: " + e.getMessage(), e);
    }
  }

  BatchClient client() {
    return client;
  }

  /**
   * Submits a job and returns AWS's id of it.
   *
   * @throws BackendException if AWS has not taken it, or may not have
   */
  String submit(SubmitJobRequest request) {
    Sends sends = new Sends(rates.submissions(), time);
    count("SubmitJob");
    try {
      String id =
          client
              .submitJob(
                  request.toBuilder()
                      .overrideConfiguration(sends.override(OnceOnly.STRATEGY))
                      .build())
              .jobId();
      if (id == null) {
        throw BackendException.outcomeUnknown(
            "SubmitJob of " + request.jobName() + " was answered without an id", null);
      }
      return id;
    } catch (SdkException e) {
      String message = "SubmitJob of " + request.jobName() + " failed: " + e.getMessage();
      boolean sent = sends.isAny() || e instanceof BatchException; // which is AWS's answer
      if (sent && !OnceOnly.isWithoutEffect(e)) {
        throw BackendException.outcomeUnknown(message, e);
      }
      if (e instanceof SdkServiceException service && !service.isThrottlingException()) {
        throw new Refused(message, service);
      }
      throw new BackendException(message, e);
    }
  }

  /** Describes jobs, a hundred at once; what AWS does not know is left out. */
  Map<String, JobDetail> describe(Collection<String> ids) {
    List<String> all = ids.stream().distinct().toList();
    Map<String, JobDetail> found = new LinkedHashMap<>();
    for (int from = 0; from < all.size(); from += MOST_IDS) {
      List<String> some = all.subList(from, Math.min(all.size(), from + MOST_IDS));
      askOften(
              "DescribeJobs",
              override -> client.describeJobs(r -> r.jobs(some).overrideConfiguration(override)))
          .jobs()
          .forEach(job -> found.put(job.jobId(), job));
    }
    return found;
  }

  /** Describes jobs; only the main node of one of several nodes tells of the container. */
  Map<String, JobDetail> describeWithMainNodes(Collection<String> ids) {
    Map<String, JobDetail> found = describe(ids);
    Map<String, JobDetail> mains =
        describe(
            found.values().stream()
                .filter(Label::isMultiNode)
                .map(job -> job.jobId() + MAIN_NODE)
                .toList());
    found.replaceAll((id, job) -> withContainer(job, mains.get(id + MAIN_NODE)));
    return found;
  }

  /** A job of several nodes with the container of its main node, where that is known. */
  static JobDetail withContainer(JobDetail job, @Nullable JobDetail main) {
    return main == null || job.container() != null
        ? job
        : job.toBuilder().container(main.container()).build();
  }

  /** The elements of an array in one of AWS's states. */
  List<JobSummary> children(String arrayJobId, String status) {
    return list(ListJobsRequest.builder().arrayJobId(arrayJobId).jobStatus(status).build());
  }

  /** The jobs of a queue in one of AWS's states. */
  List<JobSummary> jobs(String queue, String status) {
    return list(ListJobsRequest.builder().jobQueue(queue).jobStatus(status).build());
  }

  /** The jobs of a queue whose names begin so, in any state. */
  List<JobSummary> named(String queue, String prefix) {
    return filtered(queue, "JOB_NAME", prefix + "*").stream()
        .filter(job -> job.jobName().startsWith(prefix))
        .toList();
  }

  /** The jobs of a queue that use a definition, in any state. */
  List<JobSummary> using(String queue, String definition) {
    return filtered(queue, "JOB_DEFINITION", definition);
  }

  private List<JobSummary> filtered(String queue, String filter, String value) {
    KeyValuesPair only = KeyValuesPair.builder().name(filter).values(value).build();
    return list(ListJobsRequest.builder().jobQueue(queue).filters(only).maxResults(PAGE).build());
  }

  private List<JobSummary> list(ListJobsRequest request) {
    return pages(
        token ->
            askOften(
                "ListJobs",
                override ->
                    client.listJobs(
                        request.toBuilder()
                            .nextToken(token)
                            .overrideConfiguration(override)
                            .build())),
        ListJobsResponse::nextToken,
        ListJobsResponse::jobSummaryList);
  }

  /** All queues, those that are about to go included. */
  List<JobQueueDetail> queues() {
    return pages(
        "DescribeJobQueues",
        token -> client.describeJobQueues(r -> r.maxResults(PAGE).nextToken(token)),
        DescribeJobQueuesResponse::nextToken,
        DescribeJobQueuesResponse::jobQueues);
  }

  /** All environments, those that are about to go included. */
  List<ComputeEnvironmentDetail> environments() {
    return pages(
        "DescribeComputeEnvironments",
        token -> client.describeComputeEnvironments(r -> r.maxResults(PAGE).nextToken(token)),
        DescribeComputeEnvironmentsResponse::nextToken,
        DescribeComputeEnvironmentsResponse::computeEnvironments);
  }

  /**
   * Everything in a listing; each page of it is a call, which waits for its turn.
   *
   * @param page makes the call for a token, which is absent at first
   */
  <R, T> List<T> pages(
      String operation,
      Function<@Nullable String, R> page,
      Function<R, @Nullable String> next,
      Function<R, List<T>> items) {
    return pages(token -> ask(operation, () -> page.apply(token)), next, items);
  }

  private static <R, T> List<T> pages(
      Function<@Nullable String, R> page,
      Function<R, @Nullable String> next,
      Function<R, List<T>> items) {
    List<T> all = new ArrayList<>();
    String token = null;
    do {
      R some = page.apply(token);
      all.addAll(items.apply(some));
      token = next.apply(some);
    } while (token != null);
    return all;
  }

  /** Ends a job, whatever it is doing. */
  void terminate(String id, String reason) {
    String said = reason.isBlank() ? "cancelled" : reason;
    String cut = said.substring(0, Math.min(said.length(), LONGEST_REASON));
    Object unused =
        askOften(
            "TerminateJob",
            override ->
                client.terminateJob(r -> r.jobId(id).reason(cut).overrideConfiguration(override)));
  }

  /** Takes a job back that waits; AWS leaves alone what runs. */
  void cancel(String id, String reason) {
    Object unused = ask("CancelJob", () -> client.cancelJob(r -> r.jobId(id).reason(reason)));
  }

  @Override
  public List<JobDefinition> active(String name) {
    return ask(
            "DescribeJobDefinitions",
            () ->
                client.describeJobDefinitions(
                    r -> r.jobDefinitionName(name).status(ACTIVE).maxResults(PAGE)))
        .jobDefinitions();
  }

  /** All active definitions, of anybody. */
  List<JobDefinition> activeDefinitions() {
    return pages(
        "DescribeJobDefinitions",
        token ->
            client.describeJobDefinitions(r -> r.status(ACTIVE).maxResults(PAGE).nextToken(token)),
        DescribeJobDefinitionsResponse::nextToken,
        DescribeJobDefinitionsResponse::jobDefinitions);
  }

  /** Whether there is such an active definition: an ARN, or a name, with a revision or without. */
  boolean isActive(String definition) {
    String name = Arn.name(definition);
    List<JobDefinition> found =
        name.contains(":")
            ? ask(
                    "DescribeJobDefinitions",
                    () -> client.describeJobDefinitions(r -> r.jobDefinitions(definition)))
                .jobDefinitions()
            : active(name);
    return found.stream().anyMatch(one -> ACTIVE.equals(one.status()));
  }

  @Override
  public String register(RegisterJobDefinitionRequest request) {
    return ask("RegisterJobDefinition", () -> client.registerJobDefinition(request))
        .jobDefinitionArn();
  }
}
