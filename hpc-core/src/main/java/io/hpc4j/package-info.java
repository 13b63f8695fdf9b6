/**
 * The client: {@link io.hpc4j.JobClient} submits and follows jobs on a backend, {@link
 * io.hpc4j.Job} is the live handle of one.
 */
@NullMarked
package io.hpc4j;

import org.jspecify.annotations.NullMarked;
