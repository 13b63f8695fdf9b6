package io.hpc4j.slurm;

/** The faults of a cluster that keeps no accounts. */
class RealSlurmWithoutAccountingFaultsTest extends SlurmFaults {
  @Override
  Cluster.Kind kind() {
    return Cluster.Kind.BARE;
  }
}
