package io.hpc4j.testkit;

import io.hpc4j.spi.Backend;
import java.nio.file.Path;
import java.time.Duration;

/** The contract on a backend that is polled, late and out of order, in virtual time. */
class ScriptedVirtualContractTest extends LocalVirtualContractTest {
  @Override
  protected BackendFixture fixture() {
    return new VirtualFixture() {
      @Override
      public Backend open(Path directory) {
        ScriptedBackend scripted = ScriptedBackend.over(super.open(directory));
        scripted.faults().lateVisibility(Duration.ofSeconds(3)).disorder(true).strangers(true);
        return scripted;
      }
    };
  }
}
