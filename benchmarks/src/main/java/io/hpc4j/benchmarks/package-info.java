/** Measures the library against what does the same work without it. */
@NullMarked
package io.hpc4j.benchmarks;

import org.jspecify.annotations.NullMarked;
