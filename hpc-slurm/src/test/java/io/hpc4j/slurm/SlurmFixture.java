package io.hpc4j.slurm;

import io.hpc4j.spi.Backend;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.testkit.BackendFixture;
import java.nio.file.Path;
import java.time.Duration;

/** The contract's standard cluster on a real Slurm. */
final class SlurmFixture implements BackendFixture {
  private final Cluster cluster;
  private final Path records;

  /** Takes a cluster for itself. */
  SlurmFixture(Cluster.Kind kind) {
    cluster = Cluster.take(kind);
    records = cluster.makeFolder();
  }

  private SlurmBackend.Builder backend(Path directory) {
    return SlurmBackend.builder()
        .configuration(cluster.configuration())
        .scope(cluster.name())
        .records(records)
        .workingDirectory(directory)
        .nice()
        .pollPolicy(
            new PollPolicy(Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofSeconds(60)));
  }

  @Override
  public Backend open(Path directory) {
    return backend(directory).cancelJobsOnClose().build();
  }

  @Override
  public Backend reconnect(Backend open) {
    return backend(records).build();
  }

  @Override
  public Duration unit() {
    return Duration.ofSeconds(1);
  }

  /** Slurm's limits are whole minutes. */
  @Override
  public Duration shortestTimeout() {
    return Duration.ofMinutes(1);
  }

  /**
   * Long enough for two attempts that run into the shortest timeout, each ended up to 30 s late.
   */
  @Override
  public Duration patience() {
    return Duration.ofMinutes(4);
  }

  @Override
  public Duration resolution() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void close() {
    cluster.close();
  }

  @Override
  public String toString() {
    return "real Slurm " + cluster;
  }
}
