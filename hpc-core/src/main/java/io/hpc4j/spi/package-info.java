/**
 * What a backend implements. Provisional until the Slurm and AWS Batch adapters stand on it.
 *
 * <p>Applications do not need it: they use {@link io.hpc4j.JobClient}.
 */
@NullMarked
package io.hpc4j.spi;

import org.jspecify.annotations.NullMarked;
