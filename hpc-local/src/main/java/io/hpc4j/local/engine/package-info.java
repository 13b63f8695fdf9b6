/**
 * The engine: one thread (in virtual time: one lock) owns the state; calls, ends and timers come as
 * events; decisions are applied, and what they change is told when the event is over.
 */
@NullMarked
package io.hpc4j.local.engine;

import org.jspecify.annotations.NullMarked;
