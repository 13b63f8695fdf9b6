/** The backend on this machine: a scheduler with declared nodes, in real or in virtual time. */
@NullMarked
package io.hpc4j.local;

import org.jspecify.annotations.NullMarked;
