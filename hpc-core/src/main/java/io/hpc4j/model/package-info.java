/**
 * The values of hpc4j: definitions, requests, states, endings, resources, queues and errors.
 *
 * <p>Everything here is immutable and thread-safe unless its Javadoc says otherwise; builders are
 * not thread-safe. Values hold what they were given, also when it is wrong: {@link
 * io.hpc4j.model.JobRequest#problems()} finds everything that is wrong at once. A {@code null}
 * argument is a {@link java.lang.NullPointerException} at the call.
 */
@NullMarked
package io.hpc4j.model;

import org.jspecify.annotations.NullMarked;
