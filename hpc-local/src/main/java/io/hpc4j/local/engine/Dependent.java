package io.hpc4j.local.engine;

import io.hpc4j.model.Dependency;

/**
 * A job that waits for another.
 *
 * @param job the one that waits
 * @param dependency what it waits for
 * @param gateNumber the other's number in the waiting job's gate, for index by index
 */
record Dependent(JobRecord job, Dependency dependency, int gateNumber) {}
