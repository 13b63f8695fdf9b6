/** Runs jobs on a Slurm cluster, by its commands. */
module io.hpc4j.slurm {
  requires transitive io.hpc4j.core;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.hpc4j.slurm;

  provides io.hpc4j.spi.OptionsCodec with
      io.hpc4j.slurm.SlurmOptionsCodec;
}
