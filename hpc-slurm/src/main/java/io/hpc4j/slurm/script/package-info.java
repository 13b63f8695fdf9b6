/** What is sent to Slurm: the batch script and sbatch's arguments. Pure; nothing here does I/O. */
@NullMarked
package io.hpc4j.slurm.script;

import org.jspecify.annotations.NullMarked;
