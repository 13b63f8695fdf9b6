package io.hpc4j.testkit;

import io.hpc4j.JobClient;
import io.hpc4j.Tables;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobStatus;
import io.hpc4j.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The local cluster of one test, with what can be said of it. */
final class TestCluster {
  private final LocalBackend backend;
  private final JobClient client;
  private final TimeSource time;
  private final Set<ProcessHandle> before;

  TestCluster(LocalBackend backend, JobClient client, TimeSource time) {
    this.backend = backend;
    this.client = client;
    this.time = time;
    before = ProcessHandle.current().descendants().collect(Collectors.toSet());
  }

  LocalBackend backend() {
    return backend;
  }

  JobClient client() {
    return client;
  }

  TimeSource time() {
    return time;
  }

  /** The tables of nodes and queue, and each job with what it waits for. */
  String describe() {
    if (!client.isOpen()) {
      return "the client is closed";
    }
    StringBuilder out = new StringBuilder("at ").append(time.instant()).append('\n');
    out.append(Tables.nodes(client)).append('\n').append(Tables.queue(client)).append('\n');
    client.list(JobFilter.all()).forEach(job -> out.append(describe(job)).append('\n'));
    return out.toString();
  }

  private String describe(JobStatus job) {
    String number = job.nativeId().orElse("");
    String name = job.name().orElse("");
    String counts = job.counts().isEmpty() ? "" : " " + job.counts();
    String why =
        client.isOpen()
            ? backend.explain(job.id()).map(reason -> ": " + reason.detail()).orElse("")
            : "";
    return "job " + number + " " + name + " " + job.describe() + counts + why;
  }

  /**
   * Closes the cluster; returns the jobs that had not ended, and processes that are still there.
   */
  List<String> close() {
    List<String> leftovers = new ArrayList<>();
    if (client.isOpen()) {
      client.list(JobFilter.open()).forEach(job -> leftovers.add(describe(job)));
    }
    client.close();
    ProcessHandle.current()
        .descendants()
        .filter(process -> !before.contains(process) && process.isAlive())
        .forEach(process -> leftovers.add("process " + process.pid()));
    return leftovers;
  }
}
