package io.hpc4j.testkit;

import io.hpc4j.spi.Backend;
import java.nio.file.Path;
import java.time.Duration;

/** The contract on the local backend, with real processes in real time. */
class LocalRealContractTest extends ProcessContract {
  @Override
  protected BackendFixture fixture() {
    return new BackendFixture() {
      @Override
      public Backend open(Path directory) {
        return LocalCluster.builder(directory).grace(Duration.ofMillis(500)).build();
      }
    };
  }
}
