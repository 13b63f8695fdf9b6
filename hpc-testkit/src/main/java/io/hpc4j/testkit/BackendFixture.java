package io.hpc4j.testkit;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the {@link BackendContract} has to know of the backend that it is run on: how to get one
 * with the standard cluster, and what is quick there. One is made for each test.
 *
 * <p>The standard cluster has a default queue and another one, over at least {@link #nodes()} nodes
 * of at least {@link #cpusPerNode()} cpus and 4 GiB each, and nobody else uses it.
 */
public interface BackendFixture {
  /**
   * Opens the backend under test; the contract closes it.
   *
   * @param directory where its jobs run and write their output when they do not say otherwise
   */
  Backend open(Path directory);

  /**
   * Opens another connection to the jobs of an open backend; the contract closes it. Default: the
   * same backend, for one whose jobs live in the object itself.
   */
  default Backend reconnect(Backend open) {
    return open;
  }

  /**
   * Returns a new empty directory that the jobs' nodes see too; the contract deletes it. Default: a
   * temporary one of this machine.
   */
  default Path directory() throws IOException {
    return Files.createTempDirectory("hpc4j-contract-").toRealPath();
  }

  /**
   * Returns a definition of work that lasts and ends as told. Default: the work's own command. A
   * backend in virtual time gives its simulation the rule {@link ContractWork#of}; one that needs
   * an image adds it here.
   */
  default JobDefinition.Builder work(String name, ContractWork work) {
    return JobDefinition.builder(name).command(work.command());
  }

  /** The name of the default queue. */
  default String queue() {
    return "normal";
  }

  /** The name of the other queue. */
  default String otherQueue() {
    return "other";
  }

  /** How many nodes each queue can use; at least 4. */
  default int nodes() {
    return 4;
  }

  /** How many cpus each node has; at least 2. */
  default int cpusPerNode() {
    return 2;
  }

  /** How many jobs of one cpu run at once in the default queue. */
  default int parallel() {
    return nodes() * cpusPerNode();
  }

  /** A short time to work, long enough for others to be seen working meanwhile. */
  default Duration unit() {
    return Duration.ofMillis(200);
  }

  /** The shortest timeout that makes sense. */
  default Duration shortestTimeout() {
    return Duration.ofMillis(300);
  }

  /** How long to wait for something that must happen before the test fails; be generous. */
  default Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** How coarse the backend's time stamps are. Default: exact. */
  default Duration resolution() {
    return Duration.ZERO;
  }

  /** Whether a job takes seconds to start; the contract then uses fewer jobs where it can. */
  default boolean isSlow() {
    return false;
  }

  /** Whether closing the backend ends the jobs that run on it. */
  default boolean endsJobsOnClose() {
    return true;
  }

  /** Gives back what it has, when the test is over. Default: nothing. */
  default void close() {}
}
