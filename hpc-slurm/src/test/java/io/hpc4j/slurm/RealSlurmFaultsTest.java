package io.hpc4j.slurm;

/** The faults of a cluster that keeps accounts. */
class RealSlurmFaultsTest extends SlurmFaults {
  @Override
  Cluster.Kind kind() {
    return Cluster.Kind.ACCT;
  }
}
