/** AWS Batch's nouns, rules and wire format, over a local backend. */
@NullMarked
package io.hpc4j.testkit.batch;

import org.jspecify.annotations.NullMarked;
