/**
 * For tests: the contract that every backend passes, a backend that lies on command, and a JUnit
 * extension that gives a test a local cluster.
 */
@NullMarked
package io.hpc4j.testkit;

import org.jspecify.annotations.NullMarked;
