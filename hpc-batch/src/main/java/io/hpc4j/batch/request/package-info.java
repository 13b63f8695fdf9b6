/** Says jobs in the words of AWS Batch: definitions, submissions, their sizes. Does no calls. */
@NullMarked
package io.hpc4j.batch.request;

import org.jspecify.annotations.NullMarked;
