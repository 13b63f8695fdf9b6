/** Who starts where: order and placement. Pure: no I/O, no clock, no threads. */
@NullMarked
package io.hpc4j.local.schedule;

import org.jspecify.annotations.NullMarked;
