/** Runs jobs on AWS Batch: {@code BatchBackend} and its options. */
@NullMarked
package io.hpc4j.batch;

import org.jspecify.annotations.NullMarked;
