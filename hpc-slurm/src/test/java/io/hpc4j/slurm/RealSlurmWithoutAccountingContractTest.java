package io.hpc4j.slurm;

import io.hpc4j.testkit.BackendFixture;
import io.hpc4j.testkit.ProcessContract;
import org.junit.jupiter.api.Tag;

/** The contract on a real Slurm that keeps no accounts. */
@Tag("real-slurm")
class RealSlurmWithoutAccountingContractTest extends ProcessContract {
  @Override
  protected BackendFixture fixture() {
    return new SlurmFixture(Cluster.Kind.BARE);
  }
}
