/** Time as a parameter: the system's, or a virtual one that tests drive. */
@NullMarked
package io.hpc4j.time;

import org.jspecify.annotations.NullMarked;
