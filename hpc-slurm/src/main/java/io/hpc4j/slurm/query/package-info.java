/** What Slurm's commands print, as values. Pure functions of text; nothing here runs a command. */
@NullMarked
package io.hpc4j.slurm.query;

import org.jspecify.annotations.NullMarked;
