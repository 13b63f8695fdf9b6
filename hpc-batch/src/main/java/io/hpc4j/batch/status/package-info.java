/** Reads what AWS Batch tells of its jobs. Pure. */
@NullMarked
package io.hpc4j.batch.status;

import org.jspecify.annotations.NullMarked;
