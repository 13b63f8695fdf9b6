/** Runs jobs on a Slurm cluster: {@code SlurmBackend}, its options, and how commands are run. */
@NullMarked
package io.hpc4j.slurm;

import org.jspecify.annotations.NullMarked;
