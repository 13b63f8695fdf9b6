package io.hpc4j.testkit;

import io.hpc4j.JobClient;
import io.hpc4j.Tables;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.HpcException;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The local cluster of one test, with what can be said of it. */
final class TestCluster {
  private static final Duration LAST_CHANCE = Duration.ofSeconds(2);
  private static final int LINES = 20;

  private final Path directory;
  private final LocalBackend backend;
  private final JobClient client;
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();

  /** Opens a cluster whose jobs run in a directory of their own. */
  TestCluster(LocalBackend.Builder cluster) {
    try {
      directory = Files.createTempDirectory("hpc4j-test-").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    backend = cluster.workingDirectory(directory).build();
    client = JobClient.on(backend).onEvent(this::remember);
  }

  private void remember(JobEvent event) {
    if (event instanceof JobEvent.StateChanged change) {
      tokens.add(change.status().id().token());
    }
  }

  LocalBackend backend() {
    return backend;
  }

  JobClient client() {
    return client;
  }

  TimeSource time() {
    return backend.time();
  }

  /** The tables of nodes and queue, and each job with what it waits for or how it ended. */
  String describe() {
    if (!client.isOpen()) {
      return "the client is closed";
    }
    try {
      StringBuilder out = new StringBuilder("at ").append(time().instant()).append('\n');
      out.append(Tables.nodes(client)).append('\n').append(Tables.queue(client)).append('\n');
      client.list(JobFilter.all()).forEach(job -> out.append(describe(job)).append('\n'));
      return out.toString();
    } catch (HpcException | IllegalStateException e) {
      return "the cluster cannot be described: " + e;
    }
  }

  private String describe(JobStatus job) {
    String number = job.nativeId().orElse(job.id().token());
    String name = job.name().orElse("");
    String counts = job.counts().isEmpty() ? "" : " " + job.counts();
    String why = backend.explain(job.id()).map(reason -> ": " + reason.detail()).orElse("");
    return "job " + number + " " + name + " " + job.describe() + counts + why + output(job);
  }

  private String output(JobStatus job) {
    if (job.state() != JobState.FAILED || !job.counts().isEmpty()) {
      return "";
    }
    List<String> tail = backend.logs(job.id()).last().map(log -> log.tail(LINES)).orElse(List.of());
    return tail.isEmpty() ? "" : ", wrote last:\n    " + String.join("\n    ", tail);
  }

  /** The jobs that have not ended. */
  List<String> openJobs() {
    return client.isOpen()
        ? client.list(JobFilter.open()).stream().map(this::describe).toList()
        : List.of();
  }

  /**
   * Closes the cluster, which cancels its jobs, and removes what they wrote.
   *
   * @return processes of jobs that are there all the same; they are ended now
   */
  List<String> close() {
    if (client.isOpen()) {
      client.list(JobFilter.all()).forEach(job -> tokens.add(job.id().token()));
    }
    client.close();
    List<String> left = new ArrayList<>(Leftovers.of(tokens));
    left.removeIf(process -> handle(process).map(TestCluster::endsByItself).orElse(true));
    left.forEach(process -> handle(process).ifPresent(ProcessHandle::destroyForcibly));
    delete();
    return left.stream().map(process -> "process " + process).toList();
  }

  private static Optional<ProcessHandle> handle(String process) {
    return ProcessHandle.of(Long.parseLong(process.substring(0, process.indexOf(' '))));
  }

  /** Whether a process that has been killed a moment ago is gone soon. */
  private static boolean endsByItself(ProcessHandle process) {
    return process
        .onExit()
        .orTimeout(LAST_CHANCE.toMillis(), TimeUnit.MILLISECONDS)
        .handle((ended, timeout) -> timeout == null)
        .join();
  }

  private void delete() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove what the test's jobs wrote", e);
    }
  }
}
