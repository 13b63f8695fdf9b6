/** Small programs to run and to read. */
@NullMarked
package io.hpc4j.examples;

import org.jspecify.annotations.NullMarked;
