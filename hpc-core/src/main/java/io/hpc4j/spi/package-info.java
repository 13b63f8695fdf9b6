/**
 * What a backend implements, and what those that carry jobs to another scheduler share.
 *
 * <p>Applications do not need it: they use {@link io.hpc4j.JobClient}.
 */
@NullMarked
package io.hpc4j.spi;

import org.jspecify.annotations.NullMarked;
