package io.hpc4j.batch;

/**
 * One call that is to change something.
 *
 * @param words what it does
 * @param call the call
 */
record Change(String words, Runnable call) {}
