package io.hpc4j.testkit;

import io.hpc4j.spi.Backend;
import java.nio.file.Path;

/**
 * The contract on a backend that is polled and answers out of order and in strange words, in
 * virtual time.
 */
class ScriptedVirtualContractTest extends LocalVirtualContractTest {
  @Override
  protected BackendFixture fixture() {
    return new VirtualFixture() {
      @Override
      public Backend open(Path directory) {
        ScriptedBackend scripted = ScriptedBackend.over(super.open(directory));
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
