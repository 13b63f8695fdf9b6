/** Real processes: how they are started and ended, and what environment and files they get. */
@NullMarked
package io.hpc4j.local.process;

import org.jspecify.annotations.NullMarked;
