package io.hpc4j.benchmarks;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.batch.BatchBackend;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.testkit.BatchEndpoint;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.ResourceRequirement;
import software.amazon.awssdk.services.batch.model.SubmitJobResponse;

/**
 * Submits jobs one after the other to AWS Batch's API on loopback, against a loop of the SDK's own
 * {@code submitJob}; and to a fair-share queue in which many wait. Nothing runs: time stands still.
 */
final class BatchBenchmark implements Suite {
  private static final String OURS = "hpc4j";
  private static final String BARE = "SDK, submitJob";
  private static final String LONG = "SDK, submitJob, behind ";
  private static final String QUEUE = "fair";
  private static final int SHARES = 10;
  private static final int WARM_UPS = 4; // until the compiler has done with it
  private static final int MOST_ELEMENTS = 10_000;

  @Override
  public Report run(Options options) throws Exception {
    int jobs = options.jobs(1_000, 20);
    int waiting = jobs * 100;
    String behind = LONG + "%,d jobs".formatted(waiting);
    Rounds rounds =
        Rounds.run(
            options.quick() ? 1 : WARM_UPS,
            options.rounds(),
            List.of(
                new Contestant(OURS, () -> ours(jobs)),
                new Contestant(BARE, () -> bare(jobs, 0)),
                new Contestant(behind, () -> bare(jobs, waiting))));
    Table table = new Table("", "jobs/s", "range", "CPU of our JVM, µs/job");
    for (String name : List.of(OURS, BARE, behind)) {
      table.row(
          name,
          Numbers.of(rounds.median(name, Contestant.Sample::jobsPerSecond)),
          rounds.range(name),
          Numbers.of(rounds.median(name, Contestant.Sample::cpuMicrosPerJob)));
    }
    return new Report(
        "AWS Batch: %,d jobs submitted one after the other to the endpoint".formatted(jobs),
        table,
        List.of(
            Goal.atLeast("hpc4j to the SDK", rounds.ratio(OURS, BARE), 0.8),
            Goal.atLeast(
                behind + ", jobs/s", rounds.median(behind, Contestant.Sample::jobsPerSecond), 500)),
        List.of("The endpoint runs in the same JVM, which is charged with its CPU time too."));
  }

  private static Contestant.Sample ours(int jobs) throws Exception {
    JobDefinition nothing = JobDefinition.builder("nothing").command("true").build();
    try (BatchEndpoint endpoint = endpoint();
        BatchClient client = client(endpoint)) {
      BatchBackend backend =
          BatchBackend.builder(client)
              .scope("port-" + endpoint.url().getPort())
              .image("any")
              .queue(QUEUE)
              .share("users")
              .callsPerSecond(1_000_000, 1_000_000)
              .build();
      try (JobClient hpc = JobClient.on(backend)) {
        Job first = hpc.submit(nothing); // which registers the definition
        return Contestant.time(
            jobs,
            () -> {
              for (int i = 0; i < jobs; i++) {
                Job unused = hpc.submit(first.request().orElseThrow());
              }
            });
      }
    }
  }

  private static Contestant.Sample bare(int jobs, int waiting) throws Exception {
    try (BatchEndpoint endpoint = endpoint();
        BatchClient client = client(endpoint)) {
      String definition =
          client
              .registerJobDefinition(
                  r ->
                      r.jobDefinitionName("nothing")
                          .type("container")
                          .containerProperties(
                              c ->
                                  c.image("any")
                                      .command("true")
                                      .resourceRequirements(
                                          resource("VCPU", "1"), resource("MEMORY", "512"))))
              .jobDefinitionArn();
      for (int left = waiting, array = 0; left > 0; left -= MOST_ELEMENTS, array++) {
        int size = Math.min(left, MOST_ELEMENTS);
        String share = "share" + array % SHARES;
        SubmitJobResponse unused =
            client.submitJob(
                r ->
                    r.jobName("waits")
                        .jobQueue(QUEUE)
                        .jobDefinition(definition)
                        .shareIdentifier(share)
                        .arrayProperties(a -> a.size(size)));
      }
      return Contestant.time(
          jobs, () -> IntStream.range(0, jobs).forEach(i -> submit(client, definition, i)));
    }
  }

  private static void submit(BatchClient client, String definition, int number) {
    SubmitJobResponse unused =
        client.submitJob(
            r ->
                r.jobName("nothing-" + number)
                    .jobQueue(QUEUE)
                    .jobDefinition(definition)
                    .shareIdentifier("share" + number % SHARES));
  }

  private static ResourceRequirement resource(String type, String value) {
    return ResourceRequirement.builder().type(type).value(value).build();
  }

  private static BatchEndpoint endpoint() {
    JobQueue fair =
        JobQueue.builder(QUEUE)
            .runsOn(ComputeEnvironment.fixed("cluster", 4, Capacity.cpus(4).memoryGiB(16)))
            .policy(SchedulingPolicy.fairShare().build())
            .build();
    LocalBackend backend =
        LocalBackend.builder()
            .time(VirtualTime.startingAt("2026-01-01T00:00:00Z"))
            .simulate((definition, index, attempt) -> Simulated.success(Duration.ofHours(1)))
            .queue(fair)
            .build();
    return BatchEndpoint.builder().over(backend).start();
  }

  private static BatchClient client(BatchEndpoint endpoint) {
    return BatchClient.builder()
        .endpointOverride(endpoint.url())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
        .build();
  }
}
