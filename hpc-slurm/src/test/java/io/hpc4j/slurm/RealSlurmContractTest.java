package io.hpc4j.slurm;

import io.hpc4j.testkit.BackendFixture;
import io.hpc4j.testkit.ProcessContract;
import org.junit.jupiter.api.Tag;

/** The contract on a real Slurm that keeps accounts. */
@Tag("real-slurm")
class RealSlurmContractTest extends ProcessContract {
  @Override
  protected BackendFixture fixture() {
    return new SlurmFixture(Cluster.Kind.ACCT);
  }
}
