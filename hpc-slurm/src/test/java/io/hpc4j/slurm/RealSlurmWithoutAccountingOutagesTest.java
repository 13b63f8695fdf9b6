package io.hpc4j.slurm;

import org.junit.jupiter.api.parallel.Isolated;

/** The outages of a cluster that keeps no accounts. */
@Isolated
class RealSlurmWithoutAccountingOutagesTest extends SlurmOutages {
  @Override
  Cluster.Kind kind() {
    return Cluster.Kind.BARE;
  }
}
