package io.hpc4j.testkit;

import io.hpc4j.spi.Backend;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The contract on a backend that is polled and answers out of order and in strange words, with real
 * processes.
 */
class ScriptedRealContractTest extends ProcessContract {
  @Override
  protected BackendFixture fixture() {
    return new BackendFixture() {
      @Override
      public Backend open(Path directory) {
        ScriptedBackend scripted =
            ScriptedBackend.over(
                LocalCluster.builder(directory).grace(Duration.ofMillis(500)).build());
        scripted.faults().disorder(true).strangers(true).strangeWords(true);
        return scripted;
      }

      @Override
      public Backend reconnect(Backend open) {
        return ((ScriptedBackend) open).reconnect();
      }
    };
  }
}
