package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.PollPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Tests that each have a real cluster for themselves. */
@Tag("real-slurm")
@Timeout(400)
abstract class ClusterCases {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final List<JobClient> clients = new ArrayList<>();
  Cluster cluster;
  Path directory;
  JobClient hpc;

  abstract Cluster.Kind kind();

  @BeforeEach
  void takeCluster() {
    cluster = Cluster.take(kind());
    directory = cluster.makeFolder();
    hpc = client(CommandRunner.local());
  }

  @AfterEach
  void giveBackCluster() {
    clients.forEach(JobClient::close);
    cluster.close();
  }

  /** A client of this cluster whose commands a runner runs; closed after the test. */
  JobClient client(CommandRunner runner) {
    return remember(JobClient.on(backend(runner, "records")));
  }

  /** A client that takes a job for lost after a time of its own. */
  JobClient client(CommandRunner runner, Duration lostAfter) {
    return remember(
        JobClient.on(backend(cluster.configuration(), directory, runner, "records", lostAfter)));
  }

  /** A client that reads no records of what jobs have left, as if the nodes shared no folder. */
  JobClient clientWithoutRecords(CommandRunner runner) {
    return remember(JobClient.on(backend(runner, "no-records")));
  }

  /** A client that goes on with what another has left in a store. */
  JobClient client(JobStore store) {
    return remember(
        JobClient.builder(backend(CommandRunner.local(), "records")).store(store).build());
  }

  private SlurmBackend backend(CommandRunner runner, String records) {
    return backend(cluster.configuration(), directory, runner, records);
  }

  static SlurmBackend backend(
      Path configuration, Path directory, CommandRunner runner, String records) {
    return backend(configuration, directory, runner, records, Duration.ofMinutes(2));
  }

  private static SlurmBackend backend(
      Path configuration,
      Path directory,
      CommandRunner runner,
      String records,
      Duration lostAfter) {
    return SlurmBackend.builder()
        .runner(runner)
        .configuration(configuration)
        .scope(configuration.getName(configuration.getNameCount() - 3).toString())
        .records(directory.resolve(records))
        .workingDirectory(directory)
        .pollPolicy(new PollPolicy(Duration.ofMillis(200), Duration.ofSeconds(1), lostAfter))
        .build();
  }

  private JobClient remember(JobClient client) {
    clients.add(client);
    return client;
  }

  // ---- jobs

  static JobDefinition.Builder sh(String script) {
    return JobDefinition.builder("shell").command("sh", "-c", script);
  }

  Job submit(String script) {
    return hpc.submit(sh(script).build());
  }

  Job submit(String script, UnaryOperator<JobRequest.Builder> request) {
    return hpc.submit(sh(script).build(), request);
  }

  /** Waits for the ending and returns it. */
  static JobStatus end(Job job) {
    job.await(PATIENCE);
    assertThat(job.state().isEnded()).as("%s has ended: %s", job, job.status()).isTrue();
    return job.status();
  }

  static Job in(JobState state, Job job) {
    job.await(state, PATIENCE);
    assertThat(job.state()).as("%s", job.status()).isEqualTo(state);
    return job;
  }

  static Job running(Job job) {
    return in(JobState.RUNNING, job);
  }

  /** Slurm's own id of a job. */
  static String nativeId(Job job) {
    return job.refresh().nativeId().orElseThrow();
  }

  static void assertEnded(JobStatus status, JobState state, Reason reason) {
    assertThat(status.state()).as("%s", status).isEqualTo(state);
    assertThat(status.reason()).as("%s", status).contains(reason);
  }

  static void assertSucceeded(Job job) {
    assertEnded(end(job), JobState.SUCCEEDED, Reason.SUCCESS);
  }
}
