/**
 * Workload traces: reading and writing the Standard Workload Format, what a scheduler needs of it,
 * and the figures by which schedules are compared.
 */
@NullMarked
package io.hpc4j.local.trace;

import org.jspecify.annotations.NullMarked;
