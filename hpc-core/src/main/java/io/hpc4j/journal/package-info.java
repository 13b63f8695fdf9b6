/**
 * A file that records are added to and that survives a crash at any moment. Knows nothing of jobs.
 */
@NullMarked
package io.hpc4j.journal;

import org.jspecify.annotations.NullMarked;
