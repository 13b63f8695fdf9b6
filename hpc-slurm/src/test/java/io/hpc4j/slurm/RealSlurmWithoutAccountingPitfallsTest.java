package io.hpc4j.slurm;

/** The pitfalls of a cluster that keeps no accounts. */
class RealSlurmWithoutAccountingPitfallsTest extends SlurmPitfalls {
  @Override
  Cluster.Kind kind() {
    return Cluster.Kind.BARE;
  }
}
