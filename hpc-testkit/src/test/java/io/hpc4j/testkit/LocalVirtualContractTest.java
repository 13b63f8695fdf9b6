package io.hpc4j.testkit;

import io.hpc4j.local.Simulated;
import io.hpc4j.local.SimulationRule;
import io.hpc4j.spi.Backend;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;

/** The contract on the local backend, simulated in virtual time. */
class LocalVirtualContractTest extends BackendContract {
  private static final SimulationRule RULE =
      (definition, index, attempt) -> {
        ContractWork.Outcome outcome = ContractWork.of(definition).orElseThrow().in(index, attempt);
        return Simulated.exit(outcome.exitCode(), outcome.lasting());
      };

  @Override
  protected BackendFixture fixture() {
    return new VirtualFixture();
  }

  /** The standard cluster in virtual time, where ten minutes are short. */
  static class VirtualFixture implements BackendFixture {
    @Override
    public Backend open(Path directory) {
      return LocalCluster.builder(directory)
          .time(VirtualTime.startingAt("2026-01-01T00:00:00Z"))
          .simulate(RULE)
          .build();
    }

    @Override
    public Duration unit() {
      return Duration.ofMinutes(10);
    }

    @Override
    public Duration shortestTimeout() {
      return Duration.ofMinutes(1);
    }

    @Override
    public Duration patience() {
      return Duration.ofDays(30);
    }
  }
}
