package io.hpc4j.local.schedule;

/**
 * What an attempt used before the scheduler that is asked existed.
 *
 * @param share whom it is charged to
 * @param cpus how many cpus it held
 * @param start since when, in nanoseconds
 * @param end until when
 */
public record PastUse(String share, long cpus, long start, long end) {}
