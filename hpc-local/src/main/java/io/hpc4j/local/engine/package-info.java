/**
 * The engine: one thread at a time (in virtual time: under a lock) owns the state; calls, ends and
 * timers come as events; decisions are applied, and what they change is told when the event is
 * over.
 */
@NullMarked
package io.hpc4j.local.engine;

import org.jspecify.annotations.NullMarked;
